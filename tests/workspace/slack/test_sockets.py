"""Socket Mode as the bot's side meets it: hello, any one connection, lost answers, and retries of events."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.workspace.slack.service import Slack
from bot.workspace.workspace import HOST, Workspace
from tests.clock import ManualClock

pytestmark = pytest.mark.sockets
Socket = aiohttp.ClientWebSocketResponse


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    """In Socket Mode."""
    started = await Workspace.start(clock, transport="socket")
    yield started
    await started.stop()


class Line:
    """Opens connections as the SDK does."""

    def __init__(self, workspace: Workspace, session: aiohttp.ClientSession) -> None:
        self._workspace = workspace
        self._session = session

    async def address(self) -> str:
        token = self._workspace.environment(0)["SLACK_APP_TOKEN"]
        headers = {"Authorization": f"Bearer {token}"}
        async with self._session.post(f"{self._workspace.url}/api/apps.connections.open", headers=headers) as answer:
            return str((await answer.json())["url"])

    async def open(self) -> tuple[Socket, dict[str, Any]]:
        """A connection and the first thing said on it."""
        socket = await self._session.ws_connect(await self.address())
        return socket, await socket.receive_json()


@pytest.fixture
async def line(workspace: Workspace) -> AsyncIterator[Line]:
    async with aiohttp.ClientSession() as session:
        yield Line(workspace, session)


async def test_hello_and_the_eleventh(line: Line) -> None:
    """Ten connections are greeted and counted, the eleventh is sent away."""
    opened = [await line.open() for _ in range(10)]
    assert [(hello["type"], hello["num_connections"]) for _, hello in opened] == [("hello", n) for n in range(1, 11)]
    _, refused = await line.open()
    assert (refused["type"], refused["reason"]) == ("disconnect", "too_many_websockets")


async def test_a_ticket_works_once(line: Line, workspace: Workspace) -> None:
    """The second to come with it is refused."""
    address = await line.address()
    async with aiohttp.ClientSession() as session, session.ws_connect(address) as socket:
        assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(address)


async def test_a_lost_answer_goes_to_another_connection(line: Line, workspace: Workspace) -> None:
    """A command whose connection died before the answer arrives again, on the other one."""
    (one, _), (two, _) = await line.open(), await line.open()
    asking = asyncio.create_task(workspace.slack.person("ana").slash("/incident", "x"))
    first = await one.receive_json()
    await one.close()
    again = await two.receive_json()
    assert again["envelope_id"] == first["envelope_id"]
    assert again["accepts_response_payload"] is True
    await two.send_json({"envelope_id": again["envelope_id"], "payload": {"text": "heard"}})
    assert (await asking).text == "heard"


async def test_a_line_that_is_cut_in_this_moment_is_not_asked_for_ever(line: Line, workspace: Workspace) -> None:
    """It has not noticed yet, and must get a chance to; the command goes to the next connection that comes."""
    await line.open()
    workspace.slack.by_socket.drop()
    asking = asyncio.create_task(workspace.slack.person("ana").slash("/incident", "x"))
    socket, _ = await line.open()
    envelope = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "heard"}})
    assert (await asking).text == "heard"


async def test_events_are_told_again(line: Line, workspace: Workspace) -> None:
    """An event nobody acknowledged is told once more, and says why."""
    slack = workspace.slack
    slack.be_patient(0.1)
    socket, _ = await line.open()
    await slack.person("ana").say("hello")
    first, again = await socket.receive_json(), await socket.receive_json()
    assert (first["retry_attempt"], first["retry_reason"]) == (0, "")
    assert (again["retry_attempt"], again["retry_reason"]) == (1, "timeout")
    assert first["payload"]["event_id"] == again["payload"]["event_id"]


async def test_cut_and_warned(line: Line, workspace: Workspace) -> None:
    """A warning is said; a cut is not, and as long as it lasts nobody gets back in."""
    socket, _ = await line.open()
    await workspace.slack.by_socket.warn()
    assert (await socket.receive_json())["reason"] == "warning"
    fault = workspace.faults.add("slack", kind="drop_sockets")
    assert (await socket.receive()).type in {aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE}
    with pytest.raises(aiohttp.ClientError):
        await line.open()
    workspace.faults.clear(fault)
    assert (await line.open())[1]["type"] == "hello"


async def test_http_events_are_told_again(clock: ManualClock) -> None:
    """Over HTTP the retry is in the headers, and the bot can ask for no more."""
    seen: list[tuple[str, str]] = []

    async def failing(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num", ""), request.headers.get("X-Slack-Retry-Reason", "")))
        return web.Response(status=500, headers={"x-slack-no-retry": "1"} if len(seen) == 3 else {})

    async with AsyncExitStack() as closing:
        server = web.Application()
        server.add_routes([web.post("/slack/events", failing)])
        runner = web.AppRunner(server)
        await runner.setup()
        closing.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, 0).start()
        slack = Slack(clock)
        closing.push_async_callback(slack.close)
        slack.events.retries = (0, 0, 0)
        slack.by_http.url = f"http://{HOST}:{runner.addresses[0][1]}/slack/events"
        await slack.person("ana").say("hello")
        async with asyncio.timeout(5):
            while len(seen) < 3:
                await slack.settle()
    assert seen == [("", ""), ("1", "http_error"), ("2", "http_error")]
