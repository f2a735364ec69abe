"""What becomes of messages: deleted, with files, of other apps; and what a person can choose from their menus."""

from typing import Any

import pytest

from bot.errors import Refused
from bot.workspace.slack import acts, payloads
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.events import Events
from bot.workspace.slack.service import Slack
from tests.clock import ManualClock

Told = list[dict[str, Any]]


@pytest.fixture
async def slack(clock: ManualClock) -> Slack:
    """A workspace without a bot: what happens in it is heard by tests alone."""
    made = Slack(clock)
    made.world.heard.clear()
    return made


@pytest.fixture
def told(slack: Slack) -> Told:
    """Every event, as Slack words it."""
    events: Told = []
    slack.world.heard.append(events.append)
    return events


async def test_a_shortcut_that_is_not_in_the_menu(slack: Slack) -> None:
    """Nobody can choose what the app does not offer, nor on a message what is global."""
    ana = slack.person("ana")
    message = await ana.say("checkout is slow")
    for callback_id, about in (("unknown", None), ("inc.declare", message), ("inc.from_message", None)):
        with pytest.raises(Refused):
            await ana.shortcut(callback_id, about)


async def test_a_deleted_message_is_gone(slack: Slack, told: Told) -> None:
    """The event says what it was; nobody deletes what others wrote."""
    ana, bob = slack.person("ana"), slack.person("bob")
    message = await ana.say("alone")
    with pytest.raises(Refused):
        await bob.delete(message)
    await ana.delete(message)
    gone = told[-1]
    assert (gone["subtype"], gone["deleted_ts"], gone["hidden"]) == ("message_deleted", message.ts, True)
    assert gone["previous_message"]["text"] == "alone"
    assert slack.messages("alerts") == []


async def test_a_message_that_began_a_thread_leaves_a_tombstone(slack: Slack, told: Told) -> None:
    """Slack calls that an edit; the answers stay."""
    ana = slack.person("ana")
    first = await ana.say("first")
    await slack.person("bob").say("answer", thread_ts=first.ts)
    await ana.delete(first)
    stone = told[-1]
    assert (stone["subtype"], stone["message"]["subtype"]) == ("message_changed", "tombstone")
    assert stone["message"]["text"] == "This message was deleted."
    assert stone["previous_message"]["text"] == "first"
    assert [message.text for message in slack.messages("alerts")] == ["This message was deleted.", "answer"]


async def test_files_come_with_their_message(slack: Slack, told: Told) -> None:
    """As `file_share`, with an address that only the bot's token opens."""
    ana = slack.person("ana")
    await ana.say("look", files=[await ana.upload("graph.png", b"png", "image/png")])
    assert told[-1]["subtype"] == "file_share"
    assert told[-1]["files"][0]["mimetype"] == "image/png"
    assert "/files-pri/" in told[-1]["files"][0]["url_private"]


async def test_another_apps_message_has_no_user(slack: Slack, told: Told) -> None:
    """It says what it says in attachments, and is told apart from ours."""
    made = acts.post_as_app(slack.world, "C0ALERTS", "Monitoring", attachments=[{"title": "DiskFull"}])
    heard, listed = told[-1], payloads.message(slack.world, made)
    for shown in (heard, listed):
        assert "user" not in shown
        assert "app_id" not in shown
        assert shown["bot_id"] != slack.world.app.bot_id
        assert (shown["subtype"], shown["username"]) == ("bot_message", "Monitoring")
        assert shown["attachments"] == [{"title": "DiskFull"}]


async def test_an_event_is_delivered_again_under_its_own_id(slack: Slack) -> None:
    """As Slack does when it thinks that the answer was lost."""
    sent: list[Parcel] = []

    async def send(parcel: Parcel) -> Reply:
        sent.append(parcel)
        return Reply()

    events = Events(slack.world, send)
    await slack.person("ana").say("once")
    await events.settle()
    await events.redeliver("message")
    first, second = sent
    assert first.payload["event_id"] == second.payload["event_id"]
    assert (first.attempt, second.attempt, second.reason) == (0, 1, "http_timeout")
    await events.close()
