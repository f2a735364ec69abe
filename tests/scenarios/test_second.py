"""Two people decide the same thing: the second is told who was first, and when, and changes nothing."""

import pytest

from bot.incident.model import EventKind
from tests.scenarios.story import Story


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("resolve restarted it", "resolved it at"),
        ("lead", "took the lead at"),
        ("ack", "took the lead at"),
        ("decline all is well", "found nothing wrong at"),
    ],
)
async def test_the_second_hears_who_and_when(story: Story, line: str, said: str) -> None:
    """By name and time, only to the one who came second."""
    await story.declare()
    room = await story.room()
    assert (await story.person("bob").slash("/incident", line, room)).error == ""
    await story.pass_time(minutes=2)
    before = await story.timeline()
    answer = await story.person("carla").slash("/incident", line.replace("it", "it again"), room)
    assert f"<@U0BOB> {said}" in answer.text
    assert "2 minutes ago." in answer.text
    assert await story.timeline() == before


async def test_the_second_click_on_accept_hears_who_let_it_in(story: Story) -> None:
    """The button is still on the screen of whoever comes second."""
    await story.declare("gina")
    bob, carla = story.person("bob"), story.person("carla")
    assert (await bob.click("accept.do", "alerts")).error == ""
    assert (await carla.click("accept.do", "alerts")).error == ""
    await story.settle()
    assert "<@U0BOB> let the report in at" in carla.ephemerals[-1].text
    assert [event.kind for event in await story.timeline()].count(EventKind.ACCEPTED) == 1
