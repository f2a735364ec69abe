"""Shortcuts: report from anywhere or from a message, add a message to a timeline, make an action item of it."""

import pytest

from bot.incident.entries import Entry, action_items
from bot.workspace.slack import acts
from tests.scenarios.reading import issue, view_words
from tests.scenarios.story import GOOD, Story

ROOM = "inc-1-nextcloud"


async def messages(story: Story) -> list[Entry]:
    """What was added to the timeline by hand."""
    found = await story.incidents.entries((await story.incident()).id)
    return [entry for entry in found if not entry.hidden and (entry.source or "lunch" in entry.text)]


def comments(story: Story) -> list[str]:
    """The comments of the public timeline."""
    return [comment.body for comment in issue(story).comments if comment.body.startswith("**Timeline:**")]


@pytest.mark.core
async def test_reporting_from_the_menu(story: Story) -> None:
    """The form, empty, from wherever one is."""
    ana = story.person("ana")
    assert (await ana.shortcut("report.global")).error == ""
    assert ana.view is not None
    assert ana.view.callback_id == "declare.form"
    assert await ana.submit(GOOD | {"service": "immich"}) is None
    await story.settle()
    assert (await story.incident()).service == "immich"


@pytest.mark.core
async def test_reporting_what_a_message_says(story: Story) -> None:
    """Its words are in the form; of another bot's message also what stands in blocks and attachments."""
    bob, world = story.person("bob"), story.workspace.slack.world
    said = await story.person("ana").say("nextcloud gives 502 on every page")
    await bob.shortcut("report.message", said)
    await story.settle()
    assert "nextcloud gives 502 on every page" in view_words(bob.view)
    await bob.close_view()
    told = [{"pretext": "[FIRING]", "title": "ImmichDown", "text": "immich is unreachable since 14:00"}]
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*Runbook* restart it"}}
    alert = acts.post_as_app(world, "C0ALERTS", "Monitoring", attachments=told, blocks=[block])
    await bob.shortcut("report.message", alert)
    await story.settle()
    shown = view_words(bob.view)
    for words in ("[FIRING]", "ImmichDown", "immich is unreachable", "restart it"):
        assert words in shown
    assert bob.view is not None
    assert bob.view.state["service"]["declare.service"]["selected_option"]["value"] == "immich"


@pytest.mark.core
async def test_adding_a_message_in_the_room(story: Story) -> None:
    """The incident is implied; the message itself is on the timeline, so that later edits follow."""
    await story.declare()
    bob = story.person("bob")
    await bob.join(ROOM)
    said = await bob.say("Database is up", ROOM)
    await bob.shortcut("capture.message", said)
    await story.settle()
    assert "Timeline of INC-1" in view_words(bob.view)
    assert await bob.submit() is None
    await bob.edit(said, "Database is up again")
    await story.settle()
    (entry,) = await messages(story)
    assert (entry.text, entry.public) == ("Database is up again", True)
    assert "Database is up again" in comments(story)[0]
    other = await bob.say("My mistake", ROOM)
    await bob.shortcut("capture.message", other)
    await story.settle()
    assert await bob.submit({"audience": "internal"}) is None
    await story.settle()
    assert [entry.public for entry in await messages(story)] == [True, False]
    assert len(comments(story)) == 1


async def test_adding_a_message_from_elsewhere(story: Story) -> None:
    """The channel is nobody's room: the incident is asked for, and the words can be looked at first."""
    bob = story.person("bob")
    said = await bob.say("it broke right after lunch", "general")
    await bob.shortcut("capture.message", said)
    await story.settle()
    assert "No incident is open" in view_words(bob.view)
    await bob.close_view()
    await story.declare()
    await bob.shortcut("capture.message", said)
    await story.settle()
    assert "it broke right after lunch" in view_words(bob.view)
    assert await bob.submit({"incident": (await story.incident()).id}) is None
    await story.settle()
    (entry,) = await messages(story)
    assert int(entry.at.timestamp()) == int(float(said.ts))
    assert len(comments(story)) == 1


@pytest.mark.core
async def test_an_action_item_is_kept_with_its_incident(story: Story) -> None:
    """With type, owner and day, under a key of its own; the room reads of it, the timeline has it, the issue not."""
    await story.declare()
    bob = story.person("bob")
    await bob.join(ROOM)
    said = await bob.say("We should alert on disk space", ROOM)
    await bob.shortcut("action_item.message", said)
    await story.settle()
    assert "We should alert on disk space" in view_words(bob.view)
    values = {"what": "Alert at 80 % disk", "type": "Alert", "owner": "U0ANA", "due": "2027-01-15"}
    assert await bob.submit(values) is None
    await bob.shortcut("action_item.message", said)
    await story.settle()
    assert await bob.submit() is None
    await story.follow()
    first, second = action_items(await story.timeline())
    assert (first.key, first.text, first.type, first.owner, first.due) == ("T-1", *values.values())
    assert (second.key, second.type, second.owner, second.due) == ("T-2", "", "", "")
    assert any("proposed action item T-1: Alert at 80 % disk" in text for text in story.said(ROOM))
    await bob.slash("/incident", "timeline", ROOM)
    await story.settle()
    assert "proposed action item T-1" in view_words(bob.view)
    assert comments(story) == []


async def test_a_guest_proposes_nothing(story: Story) -> None:
    """The form says who may, and keeps what was written."""
    await story.declare()
    gina = story.person("gina")
    await gina.shortcut("action_item.message", await gina.say("Buy more disks"))
    await story.settle()
    refused = await gina.submit({"incident": (await story.incident()).id})
    assert refused is not None
    assert "Guests cannot do this" in " ".join(refused.values())
    assert action_items(await story.timeline()) == ()
