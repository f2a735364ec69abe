"""A bot in a process of its own that is killed at a chosen moment and started again, while people go on trying.

The workspace lives in the test's process and is never killed, so it knows what really happened outside.
"""

import asyncio
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.clock import SystemClock
from bot.incident.model import HOLDFAST, Incident
from bot.storage import audit, effects
from bot.storage.db import Database, open_database
from bot.storage.effects import Effect
from bot.storage.incidents import IncidentStore
from bot.views.ids import Form
from bot.workspace.slack.forms import Simple
from bot.workspace.slack.model import View
from bot.workspace.slack.people import Actor
from bot.workspace.slack.service import Transport
from bot.workspace.workspace import Workspace
from tests.scenarios.story import GOOD

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
    clock_file: Path
    calls: list[str] = field(default_factory=list)
    death: Death | None = None
    kills: int = 0
    timing: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @classmethod
    async def build(cls, folder: Path, database_url: str, transport: Transport, port: int) -> "House":
        """A workspace with its watch on every call; the bot is not started yet."""
        house: House | None = None

        def watch(_: Workspace, server: web.Application) -> None:
            @web.middleware
            async def watching(request: web.Request, handler: Handler) -> web.StreamResponse:
                assert house is not None
                return await house.pass_through(request, handler)

            server.middlewares.append(watching)

        workspace = await Workspace.start(SystemClock(), transport=transport, register=(watch,))
        config = (files("bot.settings") / "example.yml").read_text()
        (folder / "holdfast.yml").write_text(config.replace("# owner:", "owner:"))
        house = cls(workspace, folder, database_url, port, folder / "clock")
        workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
        return house

    async def pass_through(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Count the call; die in it if its turn has come."""
        name = request.path.removeprefix("/api/").removeprefix("/github/api/v3")
        call = f"{request.method} {name}" if name.startswith("/") else name
        if not request.path.startswith(("/api/", "/github/api/")) or call in (*STARTUP, *LOOKS, "GET /user"):
            return await handler(request)
        self.calls.append(call)
        here = self.death is not None and self.death.call in (len(self.calls), self.calls[-1])
        phase = self.death.phase if self.death and here else None
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
            asyncio.get_running_loop().call_later(0.005, self._kill_now)
        return answer

    async def start(self) -> None:
        """Start the bot, and wait until it says that it is ready."""
        environment = {
            **os.environ,
            **self.workspace.environment(self.port),
            **TIMING,
            **self.timing,
            "HOLDFAST_DATA": str(self.folder),
            "HOLDFAST_CONFIG": str(self.folder / "holdfast.yml"),
            "DATABASE_URL": self.database_url,
            "TEST_CLOCK": str(self.clock_file),
        }
        log = (self.folder / "bot.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.replica", env=environment, stderr=log, stdout=log
        )
        log.close()

    async def ready(self) -> None:
        """Wait for `/readyz`."""
        async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
            while True:
                try:
                    async with session.get(f"http://127.0.0.1:{self.port}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    pass
                await asyncio.sleep(0.03)

    def _kill_now(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            self.kills += 1
            self.death = None

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
            await self.start()

    async def end(self) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()
        await self.workspace.stop()

    async def tell_story(self) -> int:
        """One incident from report to all clear, by people who try until it works. Returns its number."""
        ana, bob = self.workspace.slack.person("ana"), self.workspace.slack.person("bob")
        await self._form(ana, "", GOOD)
        incident = await self._newest()
        await self._form(bob, f"update {incident.number}", {"text": "Looking at the database."})
        await self._form(bob, f"note {incident.number}", {"text": "Its disk is full.", "audience": "public"})
        await self._form(bob, f"severity {incident.number}", {"severity": "SEV1", "reason": "Sign-in is affected."})
        await self._form(bob, f"resolve {incident.number}", {"fix": "Restarted the database.", "cause": "Disk full."})
        return incident.number

    async def _form(self, person: Actor, text: str, values: Mapping[str, Simple]) -> None:
        """Open a form and send it, again and again, as a person does who sees it fail."""
        await self._until(lambda: self._open(person, text, values))
        await self._until(lambda: self._sent(person, values))

    async def _open(self, person: Actor, text: str, values: Mapping[str, Simple]) -> bool:
        """Ask for the form; one that stays empty, since the bot died while it filled it, is closed first."""
        if _top(person) is not None:
            await person.close_view(everything=True)
        await person.slash("/incident", text)
        for _ in range(10):
            shown = _top(person)
            if shown is not None and set(values) <= {block.get("block_id") for block in shown.blocks}:
                return True
            await asyncio.sleep(0.05)
        return False

    async def _sent(self, person: Actor, values: Mapping[str, Simple]) -> bool:
        if _top(person) is None:
            return True
        errors = await person.submit(values)
        shown = _top(person)
        if errors is None and shown is not None and shown.body.get("callback_id") == Form.MESSAGE:
            await person.close_view()
        return errors is None

    async def _until(self, attempt: Callable[[], Awaitable[bool]]) -> None:
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
        log = (self.folder / "bot.log").read_text(errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join([f"not done in {PATIENCE:.0f} s after {self.kills} kills", *seen, *log])

    async def _newest(self) -> Incident:
        async with self.reading() as (_, store):
            return (await store.listed(HOLDFAST, limit=1))[0]

    def reading(self) -> "Reading":
        return Reading(self.database_url or f"sqlite:///{self.folder / 'holdfast.db'}")

    async def settled(self, number: int) -> None:
        """Until every effect of the incident is done and everything that shows it is up to date."""
        async with asyncio.timeout(PATIENCE), self.reading() as (database, store):
            incident = await store.by_ref(str(number), HOLDFAST)
            while True:
                async with database.read() as connection:
                    waiting = await effects.waiting(connection, incident.id)
                    stale = await effects.stale(connection, incident.id)
                if not waiting and not stale:
                    return
                await asyncio.sleep(0.05)

    async def outside(self) -> Counter[str]:
        """How often each of our markers stands outside, in messages, issues and comments; and rooms by incident."""
        world, github = self.workspace.slack.world, self.workspace.github.repository
        found: Counter[str] = Counter()
        for message in (message for channel in world.messages.values() for message in channel.values()):
            key = (message.metadata or {}).get("event_payload", {}).get("key")
            if key:
                found[key] += 1
        for issue in github.issues.values():
            for text in (issue.body or "", *(comment.body for comment in issue.comments)):
                found.update(word for word in text.split() if word.startswith("holdfast:"))
        for room in world.channels.values():
            if room.name.startswith("inc-"):
                found["room:" + "-".join(room.name.split("-")[:2])] += 1
        return found

    async def verdict(self) -> list[tuple[str, str, int]]:
        """(incident, effect, times) for every effect that did not happen exactly once; empty when all is well."""
        outside = await self.outside()
        wrong = []
        async with self.reading() as (database, store):
            for incident in await store.listed(HOLDFAST, limit=1000):
                for effect in await _all(database, incident):
                    key = f"room:inc-{incident.number}" if effect.kind == "room" else effect.marker
                    marked = effect.kind in {"room", "post", "issue", "comment", "mirror"} and effect.result != {}
                    times = outside[key] if marked else int(effect.state == "done")
                    if times != 1:
                        wrong.append((incident.key, f"{effect.kind} {effect.request}", times))
            if broken := await audit.check(database):
                wrong.append(("audit", broken.why, broken.number))
        return wrong


class Reading:
    """Our tables, read from outside the bot."""

    def __init__(self, url: str) -> None:
        self._database = open_database(url)

    async def __aenter__(self) -> tuple[Database, IncidentStore]:
        return self._database, IncidentStore(self._database, frozenset())

    async def __aexit__(self, *_: object) -> None:
        await self._database.close()


def _top(person: Actor) -> View | None:
    return person.view


async def _all(database: Database, incident: Incident) -> list[Effect]:
    async with database.read() as connection:
        return list(await effects.of_incident(connection, incident.id))
