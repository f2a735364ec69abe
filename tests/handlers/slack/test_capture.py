"""Reactions, edits and shortcuts as they come in: submitted under Slack's own id, or left alone, and never lost."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncBoltRequest

from bot.errors import Temporary
from bot.incident.model import Event, EventKind, Incident, Place, Places
from bot.ports import Outcome
from bot.views.ids import Form, Shortcut
from tests.bot.views.samples import NOW, an_incident
from tests.handlers.slack.ear import APP, TEAM, USER, Body, World, event, never, world

pytestmark = pytest.mark.sockets

TS = "1790000003.000200"
ANNOUNCED = Place(channel="C0ALERTS", ts="1790000001.000100")
PIN = {"channel": "C0ROOM", "ts": TS, "mark": "pin", "stamp": "1790000004.000100"}
PINNED = Event(kind=EventKind.PINNED, at=NOW, by="U0ANA", data=PIN)


def an_open_one() -> Incident:
    """INC-12 with a room, and its announcement in #alerts."""
    return an_incident(places=Places(room="C0ROOM", announcement=ANNOUNCED))


def reaction(kind: str = "reaction_added", name: str = "pushpin", channel: str = "C0ROOM", **item: Any) -> Body:
    """Ana reacts to Bob's message."""  # Any: further fields of the item
    about = {"type": "message", "channel": channel, "ts": TS} | item
    told = {"user": "U0ANA", "reaction": name, "item_user": "U0BOB", "item": about, "event_ts": "1790000004.000100"}
    return event({"type": kind, **told}, id="Ev7")


def changed(now: Body, before: Body, channel: str = "C0ROOM", **more: Any) -> Body:
    """Bob's message has changed."""  # Any: further fields of the event
    common = {"user": "U0BOB", "ts": TS}
    told = {"subtype": "message_changed", "message": common | now, "previous_message": common | before, "hidden": True}
    return event({"type": "message", "channel": channel, "event_ts": "1790000005.000100", **told, **more}, id="Ev8")


def shortcut(callback_id: str, message: Body | None, channel: str = "C0ROOM") -> Body:
    """Somebody chooses from a menu."""
    about: Body = {"type": "shortcut"}
    if message is not None:
        about = {"type": "message_action", "message": {"ts": TS} | message, "channel": {"id": channel, "name": "x"}}
        about |= {"message_ts": TS}
    return {
        **APP,
        "user": USER,
        "team": TEAM,
        "callback_id": callback_id,
        "action_ts": "1.9",
        "trigger_id": "t",
        **about,
    }


@pytest.mark.parametrize(
    ("body", "story", "mark"),
    [
        (reaction(), "pin", "pin"),
        (reaction("reaction_removed"), "unpin", "pin"),
        (reaction(name="star"), "pin", "star"),
        (reaction(channel="C0ALERTS"), "locate", "pin"),
    ],
)
async def test_a_reaction_is_submitted_under_its_events_id(body: Body, story: str, mark: str) -> None:
    """So that a redelivery is nothing new; the stamp is Slack's own."""
    async with world([an_open_one()]) as here:
        await here.hear(body)
        ((started, id, request),) = here.start.submitted
        assert (started, id) == (story, "ev:Ev7")
        assert (request["mark"], request["ts"], request["stamp"]) == (mark, TS, "1790000004.000100")
        assert here.api.calls == []


@pytest.mark.parametrize(
    "body",
    [
        reaction(name="eyes"),
        reaction(channel="C0GENERAL"),
        reaction(type="file"),
        event({"type": "reaction_added", "user": "U0ANA", "reaction": "pushpin"}),
        event({"type": "reaction_added", "reaction": "pushpin", "item": "nonsense"}),
    ],
)
async def test_other_reactions_are_left_alone(body: Body) -> None:
    """Another emoji, another channel, something that is no message."""
    async with world([an_open_one()]) as here:
        await here.hear(body)
        assert (here.start.submitted, here.api.calls) == ([], [])


async def test_who_may_not_is_told_alone() -> None:
    """A reaction shows that it was heard; what was refused needs words."""
    async with world([an_open_one()]) as here:
        here.start.outcome = Outcome(ok=False, text="Guests cannot do this.")
        await here.hear(reaction())
        (answer,) = here.api.named("chat.postEphemeral")
        assert (answer["user"], answer["channel"], answer["text"]) == ("U0ANA", "C0ROOM", "Guests cannot do this.")


THREADED = {"thread_ts": ANNOUNCED.ts}


@pytest.mark.parametrize(
    ("body", "gone"),
    [
        (changed({"text": "b"}, {"text": "a"}), False),
        (changed({"text": "a", "files": [{"id": "F1"}]}, {"text": "a"}), False),
        (changed({"text": "gone", "subtype": "tombstone"}, {"text": "a"}), True),
        (changed({}, {"text": "a"}, subtype="message_deleted", message=None, deleted_ts=TS), True),
    ],
)
async def test_what_happens_to_a_pinned_message_is_followed(body: Body, gone: bool) -> None:
    """An edit carries no words: they are read when their turn comes."""
    async with world([an_open_one()]) as here:
        here.known.events = [PINNED]
        await here.hear(body)
        ((story, id, request),) = here.start.submitted
        assert (story, id, request["gone"], request["ts"]) == ("follow", "ev:Ev8", gone, TS)
        assert "text" not in request


@pytest.mark.parametrize(
    ("body", "pinned"),
    [
        (changed({"text": "b"}, {"text": "a"}), False),
        (changed({"text": "a", "attachments": [{"title": "unfolded"}]}, {"text": "a"}), True),
        (changed({"text": "b", "app_id": "A0"}, {"text": "a", "app_id": "A0"}), True),
        (changed({"text": "b"}, {"text": "a"}, channel="C0GENERAL"), True),
        (event({"type": "message", "subtype": "message_changed", "channel": "C0ROOM"}), True),
        (event({"type": "message", "subtype": "message_deleted", "previous_message": 3, "channel": "C0ROOM"}), True),
    ],
)
async def test_other_changes_are_left_alone(body: Body, pinned: bool) -> None:
    """What nobody pinned; a link that Slack unfolds; our own card; another channel; nonsense."""
    async with world([an_open_one()]) as here:
        here.known.events = [PINNED] if pinned else []
        await here.hear(body)
        assert here.start.submitted == []


async def test_a_reply_below_the_announcement_is_followed() -> None:
    """Its thread says which incident it belongs to."""
    there = PINNED.model_copy(update={"data": PIN | {"channel": "C0ALERTS"}})
    async with world([an_open_one()]) as here:
        here.known.events = [there]
        await here.hear(changed({"text": "b"} | THREADED, {"text": "a"} | THREADED, channel="C0ALERTS"))
        assert [story for story, _, _ in here.start.submitted] == ["follow"]


async def status(here: World, body: Body) -> int:
    """What Slack gets."""
    response = await here.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
    return response.status


@pytest.mark.parametrize("body", [reaction(), changed({"text": "b"}, {"text": "a"})])
async def test_what_cannot_be_stored_is_told_again(body: Body) -> None:
    """The database is away, or slow: no acknowledgement, so Slack repeats it; a form would be told instead."""

    async def away() -> None:
        raise Temporary("The database does not answer right now.")

    async with world([an_open_one()], patience=0.1) as here:
        here.known.events = [PINNED]
        for trouble in (away, never):
            here.known.trouble = trouble
            assert await status(here, body) == 503
        here.known.trouble = None
        here.start.outcome = Outcome(ok=False, pending=True, text="Storage is slow right now.")
        assert await status(here, body) == 503
        here.start.outcome = Outcome(ok=True, pending=True, text="It is stored.")
        assert await status(here, body) == 200


@pytest.mark.parametrize(
    ("callback_id", "form"),
    [(Shortcut.ADD_TO_TIMELINE, Form.CAPTURE), (Shortcut.ACTION_ITEM, Form.ACTION_ITEM)],
)
@pytest.mark.parametrize("channel", ["C0ROOM", "C0GENERAL"])
async def test_a_shortcut_opens_its_form_before_anything_is_read(callback_id: str, form: str, channel: str) -> None:
    """Then it is filled: with the room's incident, or with those to choose from."""
    async with world([an_open_one()]) as here:
        await here.hear(shortcut(callback_id, {"user": "U0BOB", "text": "the words"}, channel))
        assert [name for name, _ in here.api.calls] == ["views.open", "views.update"]
        (shown,) = here.api.named("views.update")
        assert shown["view"]["callback_id"] == form
        assert "the words" in repr(shown["view"])
        assert ("Which incident?" in repr(shown["view"])) == (channel == "C0GENERAL")


async def test_reporting_opens_the_form_with_the_words() -> None:
    """Empty from the menu; a bot's message is read with its attachments."""
    async with world() as here:
        await here.hear(shortcut(Shortcut.REPORT, None))
        told = {"bot_id": "B1", "text": "", "attachments": [{"title": "Nextcloud is down"}]}
        await here.hear(shortcut(Shortcut.REPORT_MESSAGE, told) | {"trigger_id": "t2"})
        empty, filled = here.api.named("views.open")
        assert "Nextcloud is down" not in repr(empty)
        assert "Nextcloud is down" in repr(filled)
