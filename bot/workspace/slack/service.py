"""The Slack of the workspace, put together: its state, its door, its deliveries and its people."""

import base64
from pathlib import Path
from typing import Literal

from aiohttp import web

from bot.clock import Clock
from bot.workspace.slack import limits
from bot.workspace.slack.answers import Answers
from bot.workspace.slack.api import Api
from bot.workspace.slack.by_http import ByHttp
from bot.workspace.slack.by_socket import BySocket
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.events import Events
from bot.workspace.slack.interactions import Interactions
from bot.workspace.slack.model import TEAM_ID, App, Channel, Message
from bot.workspace.slack.people import Actor, Desk
from bot.workspace.slack.tickets import Tickets
from bot.workspace.slack.world import World

Transport = Literal["http", "socket"]


class Slack:
    """All the bot, the page and the tests see of Slack."""

    def __init__(
        self,
        clock: Clock,
        path: Path | None = None,
        transport: Transport = "http",
        app: App | None = None,
    ) -> None:
        self.transport = transport
        self.world = World(clock, path, app)
        self.tickets = Tickets(self.world.now)
        self.api = Api(self.world, self.tickets)
        self.by_http = ByHttp(self.world.app.signing_secret, self.world.now, limits.ACK)
        self.by_socket = BySocket(self.world.app.id, self.tickets, limits.ACK)
        self.events = Events(self.world, self._send)
        self._answers = Answers(self.world, self.tickets)
        interactions = Interactions(self.world, self.tickets)
        self._desk = Desk(self.world, self.tickets, interactions, self._answers, self._send, self.events.settle)

    def routes(self) -> list[web.AbstractRouteDef]:
        files = web.get("/files-pri/{key}/{rest:.+}", self._download)
        return [*self.api.routes(), *self.by_socket.routes(), *self._answers.routes(), files]

    def person(self, name: str) -> Actor:
        """Act as somebody, by name or id. Raises NotFound."""
        return Actor(self._desk, self.world.person(name))

    def channel(self, name: str) -> Channel:
        """By name or id. Raises NotFound."""
        return self.world.channel(name)

    def messages(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """What was said in a channel, oldest first."""
        return self.world.history(self.world.channel(channel).id, thread_ts)

    def be_patient(self, seconds: float) -> None:
        """Wait this long for an answer of the bot's, instead of Slack's three seconds."""
        self.by_http.patience = self.by_socket.patience = seconds

    async def settle(self) -> None:
        """Until the bot was told of everything that has happened."""
        await self.events.settle()

    async def close(self) -> None:
        await self.events.close()
        await self.by_socket.close()
        await self.by_http.close()
        self.world.close()

    async def _send(self, parcel: Parcel) -> Reply:
        return await (self.by_http if self.transport == "http" else self.by_socket).send(parcel)

    async def _download(self, request: web.Request) -> web.Response:
        """A file, for the bot's token; without it Slack shows its sign-in page, with status 200."""
        file = self.world.files.get(request.match_info["key"].removeprefix(f"{TEAM_ID}-"))
        granted = request.headers.get("Authorization") == f"Bearer {self.world.app.bot_token}"
        if not granted or "files:read" not in self.world.app.scopes:
            return web.Response(text="<!DOCTYPE html><title>Sign in</title>", content_type="text/html")
        if file is None:
            return web.Response(status=404, text="file_not_found")
        return web.Response(body=base64.b64decode(file.content), content_type=file.mimetype)
