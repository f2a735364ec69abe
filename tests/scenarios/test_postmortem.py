"""`/postmortem`: what is known of an incident, and that it may close without one."""

import html

import pytest

from bot.incident.model import State
from bot.incident.postmortem_state import PostmortemState
from tests.scenarios.reading import view_words
from tests.scenarios.story import Story, words

MAJOR = ["several_services", "data_at_risk"]


async def resolved(story: Story) -> None:
    """A critical one, led by Bob, over again."""
    await story.declare(flags=MAJOR)
    bob = story.person("bob")
    await bob.slash("/incident", "lead 1")
    await bob.slash("/incident", "note 1 Its disk is full")
    await bob.slash("/incident", "resolve 1 Restarted the database (pool_max -> *50*)")
    await story.settle()


@pytest.mark.core
async def test_what_is_known_is_shown_as_the_document_will_have_it(story: Story) -> None:
    """Facts, timeline and what waits for people; nobody's name; in the room without a number, by its old name too."""
    await resolved(story)
    bob, room = story.person("bob"), await story.room()
    for command, text, channel in (
        ("/postmortem", "", room),
        ("/postmortem", "show 1", "alerts"),
        ("/post-mortem", "INC-1", "alerts"),
    ):
        await bob.slash(command, text, channel)
        await story.settle()
        shown = view_words(bob.view)
        assert "is a draft, due" in shown
        assert "Restarted the database (pool_max -> *50*)" in html.unescape(shown).replace("\u2060", "")
        assert "Five whys: why did it fail?" in shown
        assert "Its disk is full" not in shown  # a note for members
        assert "@bob" not in shown
        await bob.close_view(everything=True)


@pytest.mark.core
async def test_an_approver_waives_it_and_then_it_closes(story: Story) -> None:
    """Not everybody, not without a reason; the room and the issue's labels follow."""
    await resolved(story)
    bob, viktor = story.person("bob"), story.person("viktor")
    issue = story.workspace.github.repository.issues[1]
    assert "postmortem-required" in issue.labels
    assert "Only an approver can do this" in (await bob.slash("/postmortem", "waive INC-1 we know it")).text
    assert "Say why nobody needs to write one" in (await viktor.slash("/postmortem", "waive 1")).text
    closing = await bob.slash("/incident", "close 1 done")
    assert "`/postmortem waive`" in closing.text
    answer = await viktor.slash("/postmortem", "waive INC-1 We wrote about the same thing last week.")
    assert "It can be closed without one." in answer.text
    await story.follow()
    assert (await story.incident()).postmortem is PostmortemState.WAIVED
    assert "postmortem-required" not in issue.labels
    assert "waived the post-mortem: We wrote about the same" in " ".join(story.said(await story.room()))
    assert "Before closing" not in words(await story.card())
    assert "waived already" in (await viktor.slash("/postmortem", "waive INC-1 again")).text
    assert "INC-1 is closed." in (await bob.slash("/incident", "close 1 done")).text
    await story.settle()
    assert (await story.incident()).state is State.CLOSED


async def test_reopened_it_is_due_again(story: Story) -> None:
    """Whoever waived it did not know that it was not over."""
    await resolved(story)
    await story.person("viktor").slash("/postmortem", "waive INC-1 small")
    await story.person("bob").slash("/incident", "reopen 1 it is back")
    await story.follow()
    assert (await story.incident()).postmortem is None
    assert "postmortem-required" in story.workspace.github.repository.issues[1].labels


async def test_what_cannot_be_shown(story: Story) -> None:
    """Without an incident it asks for one; a private one is found by its members alone; what was typed comes back."""
    await story.declare(flags=["security"])
    carla = story.person("carla")
    assert "No post-mortem is published yet" in (await carla.slash("/postmortem", "")).text
    assert "Which incident?" in (await carla.slash("/postmortem", "show")).text
    assert "Which incident?" in (await carla.slash("/postmortem", "waive because")).text
    hidden = await carla.slash("/postmortem", "show 1")
    assert hidden.text == (await carla.slash("/postmortem", "show 99")).text.replace("99", "1")
    assert "waive [INC-12] [why]" in (await carla.slash("/postmortem", "what now")).text
    lost = await carla.slash("/postmortem", "waive INC-99 my long reason")
    assert "my long reason" in str(lost.blocks)
