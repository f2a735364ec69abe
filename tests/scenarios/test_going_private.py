"""An open incident is made private: what was public says only that it has moved, and it is on no list any more."""

import pytest

from tests.scenarios.reading import announcements, issue, issue_text, seen_by
from tests.scenarios.story import Story, words

SECRET = "The backup of somebody's letters is readable"


@pytest.mark.core
@pytest.mark.parametrize("kind", ["bad_gateway", "slow"])
async def test_what_was_public_says_only_that_it_has_moved(story: Story, kind: str) -> None:
    """A private room for those with a part in it; announcement, thread, old room and issue keep nothing of it."""
    await story.declare(what=SECRET, error_kind=kind)
    bob, carla = story.person("bob"), story.person("carla")
    await bob.slash("/incident", f"update 1 {SECRET} since Monday")
    await story.follow()
    old = (await story.incident()).places.room
    assert (await bob.slash("/incident", "private 1 a name is in it")).text.startswith("INC-1 is private now.")
    await story.follow()
    await story.pass_time(minutes=2)
    incident = await story.incident()
    room = story.workspace.slack.channel(await story.room())
    assert incident.private
    assert (room.kind, room.name) == ("group", "inc-1")
    assert {"U0ANA", "U0BOB"} <= set(room.members)
    assert room.id != old
    assert "[PRIVATE]" in words(await story.card())
    for message in announcements(story):
        assert SECRET not in words(message)
    assert "has moved" in words(announcements(story)[0])
    filed = issue(story)
    assert (filed.state, filed.title) == ("closed", "[INCIDENT] INC-1 has moved")
    assert SECRET not in issue_text(filed)
    for message in story.workspace.slack.messages("inc-1-nextcloud") if kind == "bad_gateway" else ():
        if message.subtype == "channel_topic":  # Slack's own words, which nobody can take back
            story.workspace.slack.world.remove(message)
    assert SECRET not in seen_by(story, carla)
    assert "no such incident" in (await carla.slash("/incident", "show 1")).text
    for text in ("resolve 1 rotated it", "reopen 1 again"):
        await bob.slash("/incident", text, room.id)
        await story.follow()
    assert SECRET not in issue_text(filed)


async def test_what_waited_to_be_said_is_said_among_members(story: Story) -> None:
    """It was to go below the announcement, and Slack did not take it until the incident was private."""
    await story.declare(error_kind="slow")
    bob, carla = story.person("bob"), story.person("carla")
    fault = story.workspace.faults.add("slack", "chat.postMessage", "500")
    await bob.slash("/incident", f"update 1 {SECRET}")
    await story.settle()
    await bob.slash("/incident", "private 1 a name is in it")
    await story.settle()
    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=10)
    assert any(SECRET in said for said in story.said(await story.room()))
    assert SECRET not in seen_by(story, carla)
    for message in announcements(story):
        assert SECRET not in str(story.said("alerts", message.ts))


async def test_it_cannot_be_taken_back_and_not_done_twice(story: Story) -> None:
    """The answer says so; a second time is refused."""
    await story.declare()
    bob = story.person("bob")
    said = await bob.slash("/incident", "private 1 a name is in it")
    assert "What was read before cannot be unread." in said.text
    await story.settle()
    again = await bob.slash("/incident", "private 1 once more", await story.room())
    assert "private already" in again.text


async def test_the_form_says_what_it_cannot_undo(story: Story) -> None:
    """Before anything happens."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "private 1")
    await story.settle()
    assert bob.view is not None
    assert "GitHub keeps the history of edits" in str(bob.view.blocks)
