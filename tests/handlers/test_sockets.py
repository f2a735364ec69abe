"""Socket Mode: two connections to a Slack on loopback, and what the watchdog does about each way of losing them."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, WSMsgType, web
from slack_bolt.response import BoltResponse

from bot.workspace.faults import Kind
from bot.workspace.slack import limits
from bot.workspace.workspace import Workspace
from handlers.slack.sockets import APART, REFUSED, SILENT
from tests.clock import ManualClock
from tests.handlers.lines import Line, slack_that, until, watched

pytestmark = pytest.mark.sockets


@pytest.fixture
async def line(clock: ManualClock) -> AsyncIterator[Line]:
    """A workspace, and sockets that are not open yet."""
    workspace = await Workspace.start(clock, transport="socket")
    async with watched(f"{workspace.url}/api/", workspace.slack.world.app.app_token) as bot:
        yield Line(workspace, bot)
    await workspace.stop()


async def test_two_connections_are_opened(line: Line) -> None:
    """Each payload goes to any one of them, and is answered there, once."""
    await line.sockets.open()
    await until(lambda: line.connections == 2)
    assert [await line.says(text) for text in ("a", "b", "c")] == ["a", "b", "c"]
    assert line.bot.heard == ["a", "b", "c"]
    assert line.sockets.is_fresh


async def test_a_dropped_connection_is_rebuilt_while_the_other_listens(line: Line) -> None:
    """Nothing is lost between the fall of one and its successor."""
    await line.sockets.open()
    line.workspace.slack.by_socket.connections[0].drop()
    await until(lambda: line.connections == 1)
    assert await line.says("still here") == "still here"
    await line.sockets.watch()
    await until(lambda: line.connections == 2)
    assert await line.says("whole again") == "whole again"


async def test_when_all_are_cut_the_next_watch_brings_them_back(line: Line) -> None:
    """What was sent in between waits at Slack, and arrives."""
    await line.sockets.open()
    line.workspace.slack.by_socket.drop()
    await until(lambda: not line.sockets.is_fresh)
    waiting = asyncio.create_task(line.says("anybody?"))
    await line.sockets.watch()
    assert await waiting == "anybody?"
    assert line.sockets.is_fresh


async def test_watching_what_is_well_changes_nothing(line: Line) -> None:
    """The watchdog may look as often as it likes."""
    await line.sockets.open()
    for _ in range(20):
        await line.sockets.watch()
    assert line.opened == 2


async def test_two_that_were_opened_together_are_set_apart_once(line: Line) -> None:
    """Slack closes a connection by its age; of two of one age it would close both at the same time."""
    await line.sockets.open()
    for connection in filter(None, line.sockets._connections):
        connection.born -= APART  # as old as that, and well
    for _ in range(3):
        await line.sockets.watch()
    await until(lambda: line.connections == 2)
    assert line.opened == 3
    assert await line.says("still here") == "still here"


@pytest.mark.parametrize("reason", ["warning", "refresh_requested", "link_disabled"])
async def test_a_connection_that_is_asked_to_go_is_renewed_first(line: Line, reason: str) -> None:
    """The old one listens until its successor does, so nothing falls between."""
    await line.sockets.open()
    before = list(line.workspace.slack.by_socket.connections)
    await line.workspace.slack.by_socket.warn(reason)
    assert await line.says("between") == "between"
    await line.sockets.watch()
    await until(lambda: line.connections == 2)
    assert not set(before) & set(line.workspace.slack.by_socket.connections)
    assert await line.says("after") == "after"


async def test_too_many_connections_are_tried_again_in_our_own_time(line: Line) -> None:
    """Ten of somebody else's keep us out; we ask once per look, and get in when there is room."""
    async with ClientSession() as session:
        others = []
        for _ in range(limits.SOCKETS):
            ticket = line.workspace.slack.tickets.link()
            others.append(await session.ws_connect(f"{line.workspace.url}/link/?ticket={ticket}"))
        await line.sockets.open()
        await until(lambda: not line.sockets.is_fresh)
        assert line.opened == 2
        for other in others:
            await other.close()
    await until(lambda: line.connections == 0)
    await line.sockets.watch()
    assert line.sockets.is_fresh
    assert await line.says("in") == "in"


async def test_an_answer_under_way_is_given_before_we_leave(line: Line) -> None:
    """Whoever typed a command just before the stop still gets the answer."""
    await line.sockets.open()
    asked = asyncio.create_task(line.says("quick"))
    await until(lambda: line.bot.heard == ["quick"])
    await line.sockets.close()
    assert await asked == "quick"
    assert not line.sockets.is_fresh


async def test_a_silent_connection_is_noticed_and_rebuilt() -> None:
    """The line stands, but no ping, no pong and no word comes: after a minute it counts as dead, and is replaced."""
    links: list[web.WebSocketResponse] = []

    async def silent(socket: web.WebSocketResponse) -> None:
        links.append(socket)
        async for _ in socket:
            pass

    async with slack_that(silent) as bot:
        bot.at += SILENT - 1
        await bot.sockets.watch()
        assert (bot.sockets.is_fresh, len(links)) == (True, 2)
        bot.at += 2
        assert not bot.sockets.is_fresh
        await bot.sockets.watch()
        await until(lambda: len(links) == 4)
        assert bot.sockets.is_fresh


async def test_pings_are_answered_and_are_a_sign_of_life() -> None:
    """Slack's pings keep a quiet connection alive, and get their pongs."""
    links: list[web.WebSocketResponse] = []
    pongs: list[bytes] = []

    async def quiet(socket: web.WebSocketResponse) -> None:
        links.append(socket)
        async for message in socket:
            if message.type == WSMsgType.PONG:
                pongs.append(message.data)

    async with slack_that(quiet) as bot:
        bot.at += SILENT - 1
        for link in links:
            await link.ping(b"there?")
        await until(lambda: pongs == [b"there?"] * 2)
        bot.at += SILENT - 1
        await bot.sockets.watch()
        assert len(links) == 2


@pytest.mark.parametrize("said", ["", "{", "[]", "null", '{"type":"hello"}', '{"type":"disconnect"}', "[" * 100_000])
async def test_words_that_make_no_sense_cut_nothing(said: str) -> None:
    """What we cannot read is passed over; the next envelope is answered."""
    answers: list[str] = []
    command = '{"envelope_id": "e1", "type": "slash_commands", "payload": {"command": "/incident", "text": "hi"}}'

    async def odd(socket: web.WebSocketResponse) -> None:
        await socket.send_str(said)
        await socket.send_str('{"envelope_id": "e0", "type": "interactive", "payload": {"type": "block_actions"}}')
        await socket.send_str('{"envelope_id": "e0", "type": "interactive", "payload": []}')
        await socket.send_str(command)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                answers.append(message.data)

    async with slack_that(odd) as bot:
        await until(lambda: sum('"e1"' in answer for answer in answers) == 2)
        assert bot.heard == ["hi", "hi"]


async def test_what_was_not_stored_is_not_acknowledged() -> None:
    """Slack sends it again, perhaps to another connection; what comes after it is answered."""
    answers: list[str] = []
    ready = asyncio.Event()
    first = {"envelope_id": "e0", "type": "events_api", "payload": {"type": "event_callback", "event": {"type": "x"}}}
    command = '{"envelope_id": "e1", "type": "slash_commands", "payload": {"command": "/incident", "text": "hi"}}'

    async def odd(socket: web.WebSocketResponse) -> None:
        await ready.wait()
        await socket.send_json(first)
        await socket.send_str(command)
        async for message in socket:
            if message.type == WSMsgType.TEXT:
                answers.append(message.data)

    async def lost(body: dict[str, object]) -> None:
        raise LookupError("the database is away")

    async def unstored(error: Exception) -> BoltResponse:
        return BoltResponse(status=503, body="")

    async with slack_that(odd) as bot:
        bot.app.event("x")(lost)
        bot.app.error(unstored)
        ready.set()
        await until(lambda: sum('"e1"' in answer for answer in answers) == 2)
        assert bot.heard == ["hi", "hi"]
    assert not any('"e0"' in answer for answer in answers)


async def test_slower_means_slower(line: Line) -> None:
    """HTTP 429 on opening: nobody asks again before `Retry-After` is over, and the reason is at hand."""
    line.workspace.faults.add("slack", "apps.connections.open", "429", times=1, seconds=30)
    await line.sockets.open()
    assert (line.sockets.is_fresh, line.sockets.problem) == (False, "Slack asks us to go slower.")
    line.bot.at += 29
    await line.sockets.watch()
    assert line.opened == 0
    line.bot.at += 2
    await line.sockets.watch()
    assert (line.sockets.is_fresh, line.sockets.problem, line.opened) == (True, "", 2)


@pytest.mark.parametrize("kind", ["500", "broken", "refused"])
async def test_trouble_of_slacks_own_is_tried_again(line: Line, kind: Kind) -> None:
    """Each look tries once for each connection; no answer of any kind holds us up."""
    fault = line.workspace.faults.add("slack", "apps.connections.open", kind)
    await line.sockets.open()
    assert not line.sockets.is_fresh
    assert line.sockets.problem in {"Slack has trouble of its own.", "Slack cannot be reached."}
    line.workspace.faults.clear(fault)
    await line.sockets.watch()
    assert await line.says("back") == "back"


async def test_a_refused_token_says_who_has_to_mend_what(clock: ManualClock) -> None:
    """Nobody but a person can help, so we say so, and ask only once a minute."""
    workspace = await Workspace.start(clock, transport="socket")
    async with watched(f"{workspace.url}/api/", "xapp-wrong") as bot:
        await bot.sockets.open()
        said = "Slack refuses the app's token: invalid_auth. Somebody has to mend SLACK_APP_TOKEN."
        assert bot.sockets.problem == said
        await bot.sockets.watch()
        assert workspace.slack.api.calls.count("apps.connections.open") == 1
        bot.at += REFUSED
        await bot.sockets.watch()
        assert workspace.slack.api.calls.count("apps.connections.open") == 2
    await workspace.stop()


async def test_a_line_that_cannot_be_had_is_no_end(line: Line) -> None:
    """Slack hands out an address where nobody answers; the next look asks for another one."""
    fault = line.workspace.faults.add("slack", "socket", "drop_sockets")
    await line.sockets.open()
    assert (line.sockets.is_fresh, line.sockets.problem) == (False, "Slack cannot be reached.")
    line.workspace.faults.clear(fault)
    await line.sockets.watch()
    assert await line.says("at last") == "at last"
