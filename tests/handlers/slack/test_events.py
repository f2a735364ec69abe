"""Being spoken to, App Home, and people who change: answered once, and never with silence."""

from typing import Any

import pytest

from bot.views.ids import Click
from tests.bot.views.filling import filled
from tests.bot.views.test_declare_form import form
from tests.handlers.slack.ear import click, event, submission, world

pytestmark = pytest.mark.sockets


async def test_a_mention_is_stored_under_one_id() -> None:
    """One text can arrive as app_mention and as message.im, and again when Slack retries; its place and time say so."""
    said = {"user": "U0ANA", "ts": "1.5", "text": "<@U0BOT> the photos are gone", "channel": "D0ANA"}
    async with world() as here:
        await here.hear(event({"type": "app_mention", **said}))
        await here.hear(event({"type": "message", "channel_type": "im", **said}, id="Ev2"))
        assert {(name, id) for name, id, _ in here.start.submitted} == {("spoken", "said:D0ANA:1.5")}
        assert here.start.submitted[0][2]["text"] == "the photos are gone"
        assert here.api.calls == []


async def test_channel_talk_bots_and_edits_are_left_alone() -> None:
    """Only what is said to us is answered."""
    said = {"type": "message", "user": "U0ANA", "ts": "1.5", "text": "hi", "channel": "C0ROOM"}
    async with world() as here:
        await here.hear(event({**said, "channel_type": "channel"}))
        await here.hear(event({**said, "channel_type": "im", "bot_id": "B0OTHER"}))
        await here.hear(event({**said, "channel_type": "im", "subtype": "message_changed"}))
        assert (here.api.calls, here.start.submitted) == ([], [])


async def test_home_is_shown_to_whoever_opens_it() -> None:
    """It is asked for when somebody looks, once for each look; the messages tab needs nothing."""
    async with world() as here:
        for tab in ("home", "messages"):
            looks = {"type": "app_home_opened", "user": "U0ANA", "tab": tab, "event_ts": "1.5"}
            await here.hear(event(looks))
        ((name, id, asked),) = here.start.submitted
        assert (name, id, asked["actor"]) == ("home", "home:U0ANA:1.5", "U0ANA")


async def test_home_buttons_open_forms() -> None:
    """App Home is a view but no form: there it opens, and is not pushed."""
    async with world() as here:
        home = {"id": "VH", "type": "home", "callback_id": "", "blocks": []}
        await here.hear(click(Click.DECLARE_OPEN, view=home))
        assert len(here.api.named("views.open")) == 1
        await here.hear(click(Click.HELP, view=home, trigger="t2"))
        assert "/incident resolve" in repr(here.api.named("views.open")[-1])


@pytest.mark.parametrize("kind", ["team_join", "user_change"])
async def test_a_new_or_changed_person_is_remembered(kind: str) -> None:
    """Name, time zone and kind of account, as Slack tells them."""
    user = {
        "id": "U0BOB",
        "name": "bob",
        "tz": "Europe/London",
        "is_restricted": True,
        "profile": {"display_name": "", "real_name": "Bob B"},
    }
    async with world() as here:
        await here.hear(event({"type": kind, "user": user}))
        person = here.names.get("U0BOB")
        assert (person.name, person.timezone, person.guest) == ("Bob B", "Europe/London", True)


async def test_who_has_left_may_do_no_more_than_a_guest() -> None:
    """A closed account loses its rights at once, not at the next start."""
    async with world() as here:
        await here.hear(event({"type": "user_change", "user": {"id": "U0BOB", "name": "bob", "deleted": True}}))
        assert here.names.get("U0BOB").guest


JUNK: list[Any] = [None, 7, "x", "\x00", [], [None], {}, {"id": {}}, {"values": {"what": {"a": 1}}}]


@pytest.mark.parametrize("junk", JUNK, ids=repr)
async def test_payloads_that_make_no_sense_are_answered(junk: Any) -> None:  # Any: whatever is not ours
    """Missing and wrong parts end in an answer, never in silence."""
    view = filled(form(), service="Nextcloud", what="502", error_kind="slow")
    async with world() as here:
        await here.hear(click(Click.UPDATE, trigger="t1") | {"actions": [junk]})
        await here.hear(click(Click.DECLARE_KIND, view={**view, "state": junk}, trigger="t2"))
        assert await here.hear(submission({**view, "state": junk}))
        await here.hear(submission({**view, "private_metadata": junk}))
        said = {"type": "app_mention", "user": "U0ANA", "ts": "1.5", "text": junk, "channel": "C0ROOM"}
        await here.hear(event(said))
