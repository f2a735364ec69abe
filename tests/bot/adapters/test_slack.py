"""What Slack answers, in our errors: what certainly did nothing, what may have happened, what never will."""

from datetime import timedelta

import pytest

from bot.adapters.slack.client import ACCESS, LOST, NameTaken, Slack, SlackRefusal
from bot.errors import Paced, Permanent, Temporary, Unsure
from bot.incident.model import Place
from tests.clock import START, ManualClock
from tests.wire import Answer, Wire

pytestmark = pytest.mark.sockets

PLACE = Place(channel="C1", ts="1.0")


def _no(error: str, **more: object) -> Answer:
    return Answer({"ok": False, "error": error, **more})


async def _post(slack: Slack) -> Place:
    return await slack.post("C1", "hello", [], marker="holdfast:1")


async def test_a_message_carries_its_marker(slack: Slack, line: Wire) -> None:
    """What we look for later is in what we send."""
    line.will("chat.postMessage", Answer({"ok": True, "channel": "C1", "ts": "5.0"}))
    assert await _post(slack) == Place(channel="C1", ts="5.0")
    assert "holdfast:1" in line.forms[0]["metadata"]
    assert line.forms[0]["unfurl_links"] == "false"


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer({"ok": False, "error": "internal_error"}, status=500), id="500"),
        pytest.param(Answer(text="<html>Bad gateway</html>", status=502), id="502 without JSON"),
        pytest.param(Answer(text="", status=503), id="503 and empty"),
        pytest.param(Answer(text="not json", headers={"Content-Type": "application/json"}), id="200 and broken JSON"),
        pytest.param(Answer(text="<html>Log in to this network</html>"), id="200 without JSON"),
        pytest.param(Answer(text="[1]", headers={"Content-Type": "application/json"}), id="200 and a list"),
        pytest.param(Answer(hangs=True), id="no answer in time"),
        pytest.param(Answer(cut=True), id="cut off in the middle"),
        *(pytest.param(_no(code), id=code) for code in sorted(LOST)),
    ],
)
async def test_a_lost_answer_is_unsure_and_asked_once(slack: Slack, line: Wire, answer: Answer) -> None:
    """It may have happened; nothing below us tries again."""
    line.will("chat.postMessage", answer)
    with pytest.raises(Unsure):
        await _post(slack)
    assert line.seen == ["POST /api/chat.postMessage"]


async def test_nobody_there_is_temporary(slack: Slack, line: Wire) -> None:
    """A refused connection did nothing."""
    slack._client.base_url = "http://127.0.0.1:1/api/"
    with pytest.raises(Temporary, match="cannot be reached") as error:
        await _post(slack)
    assert not isinstance(error.value, Unsure)
    assert line.seen == []


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0", 0.0), ("soon", 30.0), (None, 30.0)])
async def test_slower_is_obeyed(
    slack: Slack, line: Wire, clock: ManualClock, header: str | None, seconds: float
) -> None:
    """`Retry-After` is how long; until then we do not even ask."""
    headers = {} if header is None else {"Retry-After": header}
    line.will("chat.update", Answer({"ok": False, "error": "ratelimited"}, status=429, headers=headers))
    with pytest.raises(Temporary, match="go slower") as told:
        await slack.edit(PLACE, "hello", [])
    assert not isinstance(told.value, Unsure)
    assert told.value.after == seconds
    if seconds:
        clock.advance(seconds - 0.5)
        with pytest.raises(Paced) as again:
            await slack.edit(PLACE, "hello", [])
        assert again.value.after == pytest.approx(0.5)
        assert len(line.seen) == 1
    clock.advance(0.5)
    line.will("chat.update", Answer({"ok": True}))
    await slack.edit(PLACE, "hello", [])
    assert len(line.seen) == 2


async def test_slower_without_a_body_is_obeyed_too(slack: Slack, line: Wire) -> None:
    """A 429 from something in between has no JSON."""
    line.will("chat.update", Answer(text="slow down", status=429, headers={"Retry-After": "9"}))
    with pytest.raises(Temporary, match="go slower") as told:
        await slack.edit(PLACE, "hello", [])
    assert told.value.after == 9.0
    assert not isinstance(told.value, Unsure)


async def test_where_to_write_to_somebody_is_asked_once(slack: Slack, line: Wire) -> None:
    """However often: looking for a lost message must leave the attempt after it its own turn."""
    line.will("conversations.open", Answer({"ok": True, "channel": {"id": "D1"}}))
    assert [await slack.open_dm("U1") for _ in range(30)] == ["D1"] * 30
    assert len(line.seen) == 1


async def test_our_own_limit_asks_nobody(slack: Slack, line: Wire) -> None:
    """The fourth message to one channel in a moment waits at home."""
    line.will("chat.postMessage", Answer({"ok": True, "channel": "C1", "ts": "5.0"}))
    for _ in range(3):
        await _post(slack)
    with pytest.raises(Temporary) as told:
        await _post(slack)
    assert not isinstance(told.value, Unsure)
    assert 0 < told.value.after <= 1
    assert len(line.seen) == 3


@pytest.mark.parametrize("code", sorted(ACCESS))
async def test_what_somebody_can_mend_is_temporary(slack: Slack, line: Wire, code: str) -> None:
    """It is tried again late, and says what is missing."""
    line.will("chat.postMessage", _no(code, needed="chat:write", provided="none"))
    with pytest.raises(Temporary, match=rf"{code} \(needed: chat:write\)") as told:
        await _post(slack)
    assert not isinstance(told.value, Unsure)
    assert told.value.after >= 60


@pytest.mark.parametrize(
    "code", ["is_archived", "channel_not_found", "invalid_blocks", "msg_too_long", "something_new"]
)
async def test_what_will_never_work_is_permanent(slack: Slack, line: Wire, code: str) -> None:
    """With Slack's word for it, and its details."""
    line.will("chat.postMessage", _no(code, response_metadata={"messages": ["[ERROR] missing field"]}))
    with pytest.raises(Permanent, match=rf"refused chat.postMessage: {code}: \[ERROR\] missing field") as told:
        await _post(slack)
    assert isinstance(told.value, SlackRefusal)
    assert told.value.code == code


async def test_a_name_that_is_taken_says_so(slack: Slack, line: Wire) -> None:
    """The next name is tried."""
    line.will("conversations.create", _no("name_taken"))
    with pytest.raises(NameTaken):
        await slack.open_room("inc-1", private=False)


async def test_what_is_so_already_is_no_error(slack: Slack, line: Wire) -> None:
    """Doing it twice is harmless."""
    line.will("conversations.invite", _no("already_in_channel"), _no("cant_invite_self"), _no("is_archived"))
    line.will("pins.add", _no("already_pinned"))
    await slack.pin(PLACE)
    await slack.invite("C1", ["U0ANA"])
    await slack.invite("C1", ["U0ANA"])
    with pytest.raises(SlackRefusal):
        await slack.invite("C1", ["U0ANA"])
    await slack.invite("C1", [])
    assert len(line.seen) == 4


async def test_a_room_is_ours_by_creator_time_and_name(slack: Slack, line: Wire) -> None:
    """On whichever page it stands; somebody else's room of that name, or an old one of ours, is not it."""
    created = int(START.timestamp())
    line.will(
        "auth.test", Answer({"ok": True, "user_id": "U0BOT"}, headers={"x-oauth-scopes": "chat:write, pins:write"})
    )
    theirs = {"id": "C1", "name": "inc-1", "creator": "U0ANA", "created": created}
    old = {"id": "C2", "name": "inc-1-2", "creator": "U0BOT", "created": created - 9999}
    ours = {"id": "C3", "name": "inc-1-3", "creator": "U0BOT", "created": created - 1}
    line.will(
        "conversations.list",
        Answer({"ok": True, "channels": [theirs, old], "response_metadata": {"next_cursor": "more"}}),
        Answer({"ok": True, "channels": [ours], "response_metadata": {"next_cursor": ""}}),
    )
    assert await slack.identity() == "U0BOT"
    assert slack.scopes == {"chat:write", "pins:write"}
    room = await slack.find_room(["inc-1", "inc-1-2", "inc-1-3"], since=START, private=False)
    assert room is not None
    assert room.id == "C3"
    assert line.forms[-1]["cursor"] == "more"


async def test_a_message_is_found_by_its_marker(slack: Slack, line: Wire, clock: ManualClock) -> None:
    """In a channel and in a thread; without it, it was not posted. Somebody else's with our marker is not ours."""
    line.will("auth.test", Answer({"ok": True, "user_id": "U0BOT"}))
    await slack.identity()
    marked = {"metadata": {"event_type": "holdfast", "event_payload": {"key": "holdfast:1"}}}
    forged, mine = {"ts": "8.0", "user": "U0EVE"} | marked, {"ts": "7.0", "user": "U0BOT"} | marked
    page = Answer({"ok": True, "messages": [forged, {"ts": "6.0"}, mine]})
    line.will("conversations.history", page)
    line.will("conversations.replies", page)
    assert await slack.find_post("C1", "holdfast:1", since=clock.now()) == Place(channel="C1", ts="7.0")
    assert await slack.find_post("C1", "holdfast:1", since=clock.now(), thread="1.0") == Place(channel="C1", ts="7.0")
    assert await slack.find_post("C1", "holdfast:2", since=clock.now()) is None
    oldest = float(line.forms[1]["oldest"])
    assert oldest <= (clock.now() - timedelta(seconds=1)).timestamp()


async def test_everybody_is_read_in_a_large_workspace(slack: Slack, line: Wire) -> None:
    """Nearly ten thousand people: our own limit does not keep the bot from starting."""
    page = [{"id": f"U{n}", "name": "x"} for n in range(999)]
    more = Answer({"ok": True, "members": page, "response_metadata": {"next_cursor": "more"}})
    last = Answer({"ok": True, "members": page, "response_metadata": {"next_cursor": ""}})
    line.will("users.list", *[more] * 9, last)
    assert len([person async for person in slack.people()]) == 9990
    assert {form["limit"] for form in line.forms} == {"999"}


SAID = {"ts": "5.000001", "user": "U1", "text": "hello &amp; <@U2>", "thread_ts": "4.000001"}


async def test_a_message_is_read_as_it_is_now(slack: Slack, line: Wire) -> None:
    """Also a reply in a thread: words, author, address, and how much came with it."""
    came = {"files": [{"mimetype": "image/png"}, {"mimetype": "text/csv"}]}
    line.will("conversations.replies", Answer({"ok": True, "messages": [{"ts": "4.000001"}, SAID | came]}))
    line.will("chat.getPermalink", Answer({"ok": True, "permalink": "https://x.slack.com/archives/C1/p5000001"}))
    said = await slack.said(Place(channel="C1", ts="5.000001"))
    assert said is not None
    assert (said.author, said.text, said.thread) == ("U1", "hello &amp; <@U2>", "4.000001")
    assert (said.pictures, said.files) == (1, 1)
    assert said.permalink.endswith("p5000001")
    assert (line.forms[0]["oldest"], line.forms[0]["inclusive"]) == ("5.000001", "true")


@pytest.mark.parametrize(
    "answer",
    [
        _no("thread_not_found"),
        _no("message_not_found"),
        Answer({"ok": True, "messages": []}),
        Answer({"ok": True, "messages": [SAID | {"subtype": "tombstone"}]}),
        Answer({"ok": True, "messages": [SAID | {"ts": "6.000001"}]}),
    ],
)
async def test_a_message_that_is_gone(slack: Slack, line: Wire, answer: Answer) -> None:
    """In each way in which Slack says so."""
    line.will("conversations.replies", answer)
    assert await slack.said(Place(channel="C1", ts="5.000001")) is None


async def test_a_message_we_may_not_read(slack: Slack, line: Wire) -> None:
    """Somebody can mend it: tried again late."""
    line.will("conversations.replies", _no("not_in_channel"))
    with pytest.raises(Temporary, match="mend the app"):
        await slack.said(Place(channel="C1", ts="5.000001"))
