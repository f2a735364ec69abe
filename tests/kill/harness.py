"""A bot in a process of its own that is killed at a chosen moment and started again, while people go on trying.

The workspace lives in the test's process and is never killed, so it knows what really happened outside.
"""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from bot import manifest
from bot.incident.model import HOLDFAST
from bot.storage import effects
from bot.storage.db import Database, open_database
from bot.storage.effects import Effect, Surface
from bot.storage.incidents import IncidentStore
from bot.workspace.slack.model import App
from bot.workspace.slack.service import Transport
from bot.workspace.workspace import Workspace
from tests.clock import FileClock
from tests.replica import Fork

#: Where in an outside call the bot dies: before it is done, done but not answered, right after the answer; or the call
#: is under way when the bot dies, and lands `LATE` seconds afterwards.
Phase = Literal["before", "mid", "after", "late"]
LATE = 15.0
TIMING = {
    "HOLDFAST_HTTP_TIMEOUT": "0.4",
    "HOLDFAST_SETTLE": "0.6",
    "HOLDFAST_TICK": "0.05",
    "HOLDFAST_BACKOFF_FIRST": "0.2",
    "HOLDFAST_BACKOFF_CAP": "1",
    "HOLDFAST_CARD_INTERVAL": "0.2",
    "HOLDFAST_TAKEOVER": "0.5",
}
#: How long a story may take until everything has followed, kills included. Seconds.
PATIENCE = 120.0
LOG_LINES = 60  # of the bot's log, when a failure is told
LOOKS = tuple(f"GET /repos/example/infra{path}" for path in ("", "/issues", "/issues/comments"))  # now and then
#: How a push is called; what git only asks goes uncounted.
PUSH = "git push"
#: What is due later than this is no part of a story, such as a reminder in some days.
SOON = timedelta(hours=1)
#: How many looks in a row find nothing changed before time is moved on.
QUIET = 3
STARTUP = ("auth.test", "users.list", *(f"conversations.{what}" for what in ("list", "info", "join")), "socket")


@dataclass
class Death:
    """Kill at the `call`-th outside call of the story, or at the first one named so, in this phase."""

    call: int | str
    phase: Phase


@dataclass
class House:
    """One installation under fire."""

    workspace: Workspace
    folder: Path
    database_url: str
    port: int
    #: What the bot and the workspace tell the time by.
    clock: FileClock
    calls: list[str] = field(default_factory=list)
    deaths: list[Death] = field(default_factory=list)
    killed: list[str] = field(default_factory=list)
    kills: int = 0
    #: How many requests the workspace is answering.
    under_way: int = 0
    timing: dict[str, str] = field(default_factory=dict)
    process: Fork | None = None

    @classmethod
    async def build(cls, folder: Path, database_url: str, transport: Transport, port: int) -> "House":
        """A workspace with its watch on every call; the bot is not started yet."""
        house: House | None = None

        def watch(_: Workspace, server: web.Application) -> None:
            @web.middleware
            async def watching(request: web.Request, handler: Handler) -> web.StreamResponse:
                assert house is not None
                house.under_way += 1
                try:
                    return await house.pass_through(request, handler)
                finally:
                    house.under_way -= 1

            server.middlewares.append(watching)

        app = App.from_manifest(manifest.manifest())
        clock = FileClock(folder / "clock")
        workspace = await Workspace.start(clock, transport=transport, app=app, register=(watch,))
        config = (files("bot.settings") / "example.yml").read_text()
        looking = "\nagents:\n  starts: false\n"  # killed in test_agents_killed.py
        (folder / "holdfast.yml").write_text(config.replace("# owner:", "owner:") + looking)
        house = cls(workspace, folder, database_url, port, clock)
        house.deliver()
        return house

    def deliver(self, port: int = 0) -> None:
        """Where Slack's requests go: straight to the bot, or to whoever stands in between."""
        self.workspace.deliver_to(f"http://127.0.0.1:{port or self.port}/slack/events")

    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the call; die in it if its turn has come."""
        name = request.path.removeprefix("/api/").removeprefix("/github/api/v3")
        call = f"{request.method} {name}" if name.startswith("/") else name
        if request.path.endswith("/git-receive-pack") and request.method == "POST":
            call = PUSH
        elif not request.path.startswith(("/api/", "/github/api/")) or call in (*STARTUP, *LOOKS, "GET /user"):
            return await handler(request)
        self.calls.append(call)
        phase = self._dies_here()
        if phase == "before":
            await self.kill()
            return web.Response(status=500)
        if phase == "late":
            await request.read()
            await self.kill()
            await asyncio.sleep(LATE)
        answer = await handler(request)
        if phase == "mid":
            await self.kill()
        elif phase == "after":
            self.kill_soon()
        return answer

    def _dies_here(self) -> Phase | None:
        """How the bot is to die in the newest call, if it is; each death comes once."""
        here = (len(self.calls), self.calls[-1])
        death = next((death for death in self.deaths if death.call in here), None)
        if death is None:
            return None
        self.deaths.remove(death)
        self.killed.append(self.calls[-1])
        return death.phase

    def start(self) -> None:
        """Start the bot."""
        self.process = self.replica(self.port, self.folder)

    def replica(self, port: int, folder: Path) -> Fork:
        """One more process with data of its own; on PostgreSQL it shares the database."""
        environment = {
            **os.environ,
            **self.workspace.environment(port),
            **TIMING,
            **self.timing,
            "HOLDFAST_DATA": str(folder),
            "HOLDFAST_CONFIG": str(self.folder / "holdfast.yml"),
            "DATABASE_URL": self.database_url,
            "TEST_CLOCK": str(self.clock.path),
        }
        return Fork(environment, folder / "bot.log")

    async def ready(self, port: int = 0) -> None:
        """Wait for `/readyz`."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{port or self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.03)

    @staticmethod
    async def moment(seconds: float = 0.05) -> None:
        """Let the bot, which is a process of its own, go on."""
        await asyncio.sleep(seconds)

    def kill_soon(self) -> None:
        """SIGKILL, as soon as an answer that is under way is out."""
        asyncio.get_running_loop().call_later(0.005, self._kill_now)

    def _kill_now(self) -> None:
        if self.process is not None and self.process.alive:
            self.process.kill()
            self.kills += 1

    async def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self._kill_now()
        if self.process is not None:
            await self.process.wait()

    async def watch_over(self) -> None:
        """Until cancelled, start the bot again whenever it has died."""
        while True:
            assert self.process is not None
            await self.process.wait()
            self.start()

    async def end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            await self.process.wait()
        await self.workspace.stop()

    async def until(self, attempt: Callable[[], Awaitable[bool]]) -> None:
        """Again and again, until it has worked."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await attempt():
                    await asyncio.sleep(0.1)
        except TimeoutError as error:
            raise AssertionError(self.account()) from error

    def account(self) -> str:
        """What a reader of a failure needs: who saw what last, and the end of the bot's log."""
        seen = [
            f"{name}: {view.title!r} {view.errors or view.trouble or 'no error'}"
            for name in ("ana", "bob")
            if (view := self.workspace.slack.person(name).view) is not None
        ]
        heard = [f"ana heard: {answer.text}" for answer in self.workspace.slack.person("ana").ephemerals[-2:]]
        seen += [*heard, *self._unfinished()]
        log = (self.folder / "bot.log").read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"not done in {PATIENCE:.0f} s after {self.kills} kills", *seen, *log])

    def _unfinished(self) -> list[str]:
        """The newest work that the engine has not ended, where it has a file of its own."""
        file = self.folder / "engine.db"
        if not file.exists():
            return []
        with closing(sqlite3.connect(file)) as connection:
            rows = connection.execute(
                "SELECT workflow_uuid, name, status, created_at, error FROM workflow_status ORDER BY created_at DESC"
            ).fetchall()
        return [str(row) for row in rows[:8]] + [str(row) for row in rows if row[2] != "SUCCESS"]

    def is_soon(self, effect: Effect) -> bool:
        """Whether it is due within the story."""
        return effect.retry_at < self.clock.now() + SOON

    def _go_on(self, left: Sequence[Effect | Surface]) -> None:
        """Where nothing happens but that somebody waits for a time, as for Slack's pace, let that time come.

        What a call may have reached is left alone: how long to wait until it is looked for is what these tests try.
        """
        if any(isinstance(each, Effect) and each.intent_at is not None for each in left):
            return
        now = self.clock.now()
        times = [each.retry_at for each in left if each.retry_at > now]
        if times:
            self.clock.advance((min(times) - now).total_seconds())

    def reading(self) -> "Reading":
        """Our tables, read from outside the bot."""
        return Reading(self.database_url or f"sqlite:///{self.folder / 'holdfast.db'}")

    async def settled(self, number: int) -> None:
        """Until every effect of the incident is done and everything that shows it is up to date."""
        left: list[Effect | Surface] = []
        quiet = 0
        try:
            async with asyncio.timeout(PATIENCE), self.reading() as (database, store):
                incident = await store.by_ref(str(number), HOLDFAST)
                while True:
                    before = left
                    async with database.read() as connection:
                        waiting = await effects.waiting(connection, incident.id)
                        left = [each for each in waiting if self.is_soon(each)]
                        left += await effects.stale(connection, incident.id)
                    if not left:
                        return
                    quiet = quiet + 1 if left == before and not self.under_way else 0
                    if quiet >= QUIET:
                        quiet = 0
                        self._go_on(left)
                    await asyncio.sleep(0.05)
        except TimeoutError as error:
            raise AssertionError("\n".join([*(str(each) for each in left), self.account()])) from error


class Reading:
    """Our tables, read from outside the bot."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    async def __aenter__(self) -> tuple[Database, IncidentStore]:
        return self._database, IncidentStore(self._database, frozenset())

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()
