"""Socket Mode under test: a bot that repeats what it hears, its watchdog's time, and a Slack that does as told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import ClientSession, web
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.workspace import Workspace
from handlers.slack.sockets import Sockets

Connected = Callable[[web.WebSocketResponse], Awaitable[None]]


@dataclass
class Watched:
    """A bot's sockets. `at` is the watchdog's time, moved by the test; `heard` the texts of the commands."""

    app: AsyncApp
    token: str
    at: float = 1000.0
    heard: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sockets = Sockets(self.app, self.token, lambda: self.at)
        self.app.command("/incident")(self._repeat)

    async def _repeat(self, ack: AsyncAck, body: dict[str, str]) -> None:
        self.heard.append(body["text"])
        await ack(body["text"])


@dataclass
class Line:
    """Such a bot at a whole workspace."""

    workspace: Workspace
    bot: Watched

    @property
    def sockets(self) -> Sockets:
        return self.bot.sockets

    @property
    def connections(self) -> int:
        return len(self.workspace.slack.by_socket.connections)

    @property
    def opened(self) -> int:
        """How often Slack was asked for a connection."""
        return self.workspace.slack.api.calls.count("apps.connections.open")

    async def says(self, text: str) -> str:
        """What somebody sees who types this command."""
        answer = await self.workspace.slack.person("ana").slash("/incident", text)
        return answer.error or answer.text


async def until(wanted: Callable[[], bool]) -> None:
    """Let the wires do their work."""
    async with asyncio.timeout(5):
        while not wanted():
            await asyncio.sleep(0.005)


@asynccontextmanager
async def watched(api: str, token: str = "xapp-x") -> AsyncIterator[Watched]:
    """A bot whose sockets are not open yet, and are closed at the end."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-x", bot_user_id="U0BOT")

    async with ClientSession() as session:
        client = AsyncWebClient(base_url=api, session=session, retry_handlers=[])
        bot = Watched(AsyncApp(client=client, authorize=authorize, process_before_response=True), token)
        yield bot
        await bot.sockets.close()


@asynccontextmanager
async def slack_that(does: Connected) -> AsyncIterator[Watched]:
    """A bot whose sockets are open to a Slack that does this with each connection."""
    url = ""

    async def opened(_: web.Request) -> web.Response:
        return web.json_response({"ok": True, "url": f"{url}/link"})

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(autoping=False)
        await socket.prepare(request)
        await does(socket)
        return socket

    server = web.Application()
    server.add_routes([web.post("/apps.connections.open", opened), web.get("/link", link)])
    runner = web.AppRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    async with watched(f"{url}/") as bot:
        await bot.sockets.open()
        yield bot
    await runner.cleanup()
