"""Reports of those who may not start an incident: seen at once, worked on only after somebody accepted them."""

import pytest

from bot.incident.model import State
from tests.scenarios.reading import announcements, buttons, issue, view_words
from tests.scenarios.story import Story, words

WAITS = "This report waits for a responder to accept it."


@pytest.mark.core
async def test_a_guest_s_report_waits_and_is_accepted(story: Story) -> None:
    """It is announced with *Accept* and *Decline*; the click lets everything follow, and the reporter hears of both."""
    gina, bob = story.person("gina"), story.person("bob")
    queued = await story.declare("gina")
    assert queued.state is State.QUEUED
    (announced,) = announcements(story)
    assert WAITS in words(announced)
    assert buttons(announced) == ["Accept", "Decline"]
    assert queued.places.room is None
    assert story.workspace.github.repository.issues == {}
    assert "A responder reads it first" in words(gina.dm[-1])

    await bob.click("accept.do", "alerts")
    await story.follow()
    accepted = await story.incident()
    assert accepted.state is State.TRIAGING
    assert accepted.places.room_name == "inc-1-nextcloud"
    assert issue(story).state == "open"
    assert gina.id in story.workspace.slack.channel(await story.room()).members
    (announced,) = announcements(story)
    assert WAITS not in words(announced)
    assert buttons(announced) == ["Show"]
    assert "was accepted" in words(gina.dm[-1])


async def test_a_guest_s_report_is_declined_with_what_was_checked(story: Story) -> None:
    """The reporter reads what was looked at; no room, no issue, no buttons but *Show* stay behind."""
    gina, bob = story.person("gina"), story.person("bob")
    await story.declare("gina")
    await bob.click("decline.open", "alerts")
    await story.settle()
    assert await bob.submit() == {"checked": "Please complete this required field."}
    assert await bob.submit({"checked": "The status page is green, and I can sign in."}) is None
    await story.follow()
    declined = await story.incident()
    assert declined.state is State.DECLINED
    assert declined.places.room is None
    assert story.workspace.github.repository.issues == {}
    told = words(gina.dm[-1])
    assert "I can sign in" in told
    assert "Report it again" in told
    (announced,) = announcements(story)
    assert "Declined" in words(announced)
    assert WAITS not in words(announced)
    assert buttons(announced) == []


async def test_a_guest_cannot_accept(story: Story) -> None:
    """The click is answered with who can, and changes nothing."""
    await story.declare("gina")
    gina = story.person("gina")
    await gina.click("accept.do", "alerts")
    await story.settle()
    assert "Only people who are trusted" in gina.ephemerals[-1].text
    assert (await story.incident()).state is State.QUEUED


async def test_two_accept_at_once(story: Story) -> None:
    """One lets it in, as the announcement shows; the other is told that it is in already."""
    await story.declare("gina")
    for name in ("bob", "carla"):
        await story.person(name).click("accept.do", "alerts")
    await story.follow()
    assert not story.person("bob").ephemerals
    assert "it is triaging" in story.person("carla").ephemerals[-1].text
    assert len(story.workspace.github.repository.issues) == 1


async def test_what_waits_counts_as_known(story: Story) -> None:
    """A queued report is shown to whoever is about to report the same, and is in the list."""
    await story.declare("gina")
    ana = story.person("ana")
    await ana.slash("/incident", "nextcloud 502")
    await story.settle()
    assert "INC-1" in view_words(ana.view)
    await ana.slash("/incident", "list")
    assert "Waiting for review" in words_of(story)


def words_of(story: Story) -> str:
    last = story.person("ana").ephemerals[-1]
    return last.text + str(last.blocks)


async def test_what_waits_cannot_be_worked_on_yet(story: Story) -> None:
    """Every verb but accept and decline says what has to come first."""
    await story.declare("gina")
    bob = story.person("bob")
    for text in ("lead 1", "update 1 hello", "resolve 1 hello", "status 1 mitigating", "close 1 done"):
        answer = await bob.slash("/incident", text)
        assert "INC-1 is queued" in answer.text, text
    assert (await story.incident()).state is State.QUEUED


async def test_a_guest_may_say_that_it_is_still_broken(story: Story) -> None:
    """Reporters always may, also those who may not start an incident."""
    await story.declare("gina")
    gina, bob = story.person("gina"), story.person("bob")
    await bob.click("accept.do", "alerts")
    await story.settle()
    await bob.slash("/incident", "resolve 1 restarted it")
    await story.settle()
    await gina.click("confirm.broken", "dm")
    await story.settle()
    assert await gina.submit({"words": "Still 502 here"}) is None
    assert (await story.incident()).state is State.INVESTIGATING
