"""A bot that hears and answers with nothing behind it: a real AsyncApp, a recording Web API, ports in memory."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.catalogue import Service
from bot.incident.entries import Entry, fold, place_of
from bot.incident.model import Event, Incident, Link, Place
from bot.incident.search import Found, Page, Query
from bot.investigation.standing import Looked
from bot.ports import Outcome, Person
from bot.settings import File
from bot.workspace.slack import validate
from handlers.slack import register
from tests.bot.incident.examples import QUICK_CHECKS
from tests.handlers.slack.board import Board
from tests.handlers.slack.shelf import Shelf

Body = dict[str, Any]  # JSON of Slack's

NEWEST = Page()
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FILE = File(
    services=(Service(name="Nextcloud"), Service(name="DNS", core=True)),
    quick_checks=QUICK_CHECKS,
    links=(Link(name="Grafana", url="https://grafana.example.com"),),
)


class StoppedClock:
    """It is three in the afternoon."""

    def now(self) -> datetime:
        return NOW


@dataclass
class Recorded:
    """A Start that remembers what was submitted and answers what the test wants."""

    outcome: Outcome = field(default_factory=lambda: Outcome(ok=True, text="Done."))
    submitted: list[tuple[str, str, Body]] = field(default_factory=list)

    async def __call__(self, workflow: str, id: str, payload: Body) -> Outcome:
        self.submitted.append((workflow, id, payload))
        return self.outcome


@dataclass
class Known:
    """Incidents in memory, and one timeline for all of them.

    `trouble` is awaited before each answer, and may raise or never end.
    """

    incidents: Sequence[Incident] = ()
    problems: Sequence[str] = ()
    trouble: Callable[[], Awaitable[None]] | None = None
    events: Sequence[Event] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    agents: Looked = field(default_factory=Looked)

    async def _pause(self) -> None:
        if self.trouble:
            await self.trouble()

    async def by_id(self, incident_id: str, viewer: str, place: str = "") -> Incident:
        return await self._one(lambda each: each.id == incident_id)

    async def by_ref(self, ref: str, viewer: str, place: str = "") -> Incident:
        return await self._one(lambda each: each.key == ref)

    async def in_room(self, channel: str, viewer: str, place: str = "") -> Incident | None:
        await self._pause()
        return next((each for each in self.incidents if each.places.room == channel), None)

    async def troubles(self, incident_id: str) -> Sequence[str]:
        return self.problems

    async def looked(self, incident_id: str) -> Looked:
        await self._pause()
        return self.agents

    async def listed(
        self, viewer: str, *, open_only: bool = False, service: str | None = None, limit: int = 5
    ) -> Sequence[Incident]:
        await self._pause()
        found = [each for each in self.incidents if service in (None, each.service)]
        return [each for each in found if each.is_open or not open_only][:limit]

    async def found(self, viewer: str, query: Query, page: Page = NEWEST, limit: int = 10) -> Found:
        """What is open, or everything; the database's own tests say what else a question finds."""
        await self._pause()
        fitting = [each for each in self.incidents if each.state in query.states or not query.states]
        below = [each for each in fitting if not page.before or each.number < page.before]
        return Found(incidents=tuple(below[:limit]), newer=page.before > 0, older=len(below) > limit)

    async def entries(self, incident_id: str) -> Sequence[Entry]:
        await self._pause()
        return fold(self.events, self.texts)

    async def in_thread(self, place: Place, viewer: str) -> Incident | None:
        await self._pause()
        return next((each for each in self.incidents if each.places.announcement == place), None)

    async def announced_in(self, channel: str) -> bool:
        await self._pause()
        told = (each.places.announcement for each in self.incidents)
        return any(place is not None and place.channel == channel for place in told)

    async def has_marked(self, incident_id: str, place: Place) -> bool:
        await self._pause()
        return any(place_of(event) == (place.channel, place.ts) for event in self.events)

    async def _one(self, wanted: Callable[[Incident], bool]) -> Incident:
        await self._pause()
        for each in self.incidents:
            if wanted(each):
                return each
        raise NotFound("There is no such incident, or you cannot see it.")


@dataclass
class Names:
    """People in memory."""

    people: dict[str, Person] = field(default_factory=dict)

    def get(self, actor: str) -> Person:
        return self.people.get(actor) or Person(id=actor, name=actor, guest=True)

    def refresh(self, person: Person) -> None:
        self.people[person.id] = person


@dataclass
class WebApi:
    """Slack's side: records each call, refuses invalid views and messages, and answers as Slack does."""

    calls: list[tuple[str, Body]] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    url: str = ""

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        args: Body = await request.json() if request.can_read_body else dict(request.query)
        self.calls.append((method, args))
        self.problems += validate.view(args["view"]) if "view" in args else validate.message(args.get("blocks") or [])
        if method in self.errors:
            return web.json_response({"ok": False, "error": self.errors[method]})
        view = {**args.get("view", {}), "id": args.get("view_id", "V1"), "hash": "h1"}
        return web.json_response({"ok": True, "view": view})

    def named(self, method: str) -> list[Body]:
        """The arguments of each call of that method."""
        return [args for name, args in self.calls if name == method]


@dataclass
class World:
    """Everything a test looks at."""

    app: AsyncApp
    deps: HandlerDeps
    api: WebApi
    start: Recorded
    known: Known
    names: Names
    shelf: Shelf
    board: Board

    async def hear(self, body: Body) -> Mapping[str, Any]:
        """Send one payload; wait for the answer and for what runs beside it. The answer's JSON, or its text."""
        response = await self.app.async_dispatch(AsyncBoltRequest(body=body, mode="socket_mode"))
        assert response.status == 200, response.body
        await self.deps.tasks.drain(5)
        assert self.api.problems == []
        answer: Body = json.loads(response.body) if response.body.startswith("{") else {}
        assert validate.message(answer.get("blocks") or []) == []
        assert "view" not in answer or validate.view(answer["view"]) == []
        return answer or ({"text": response.body} if response.body else {})


@asynccontextmanager
async def world(incidents: Sequence[Incident] = (), patience: float = 2.6) -> AsyncIterator[World]:
    """A bot that knows these incidents."""
    api = WebApi()
    server = web.Application()
    server.router.add_post("/{method:.*}", api.handle)
    async with TestServer(server) as running:
        api.url = str(running.make_url("/"))
        start, known, shelf, board = Recorded(), Known(incidents), Shelf(), Board()
        names = Names({"U0ANA": Person(id="U0ANA", name="Ana", timezone="Europe/Sofia")})
        deps = HandlerDeps(
            start=start,
            incidents=known,
            documents=shelf,
            changes=board,
            people=names,
            file=FILE,
            clock=StoppedClock(),
            document_url=lambda name: f"https://git.example.com/{name}",
        )
        app = AsyncApp(
            client=AsyncWebClient(token="xoxb-test", base_url=api.url, retry_handlers=[]),
            signing_secret="unused",
            authorize=_authorize,
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        register(app, deps, patience)
        yield World(app, deps, api, start, known, names, shelf, board)


async def _authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
    return AuthorizeResult(
        enterprise_id=enterprise_id, team_id=team_id, bot_token="xoxb-test", bot_id="B0BOT", bot_user_id="U0BOT"
    )


async def never() -> None:
    """A database that does not answer."""
    await asyncio.Event().wait()


TEAM = {"id": "T0", "domain": "sandbox"}
USER = {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0"}
APP = {"api_app_id": "A0", "token": "t", "enterprise": None, "is_enterprise_install": False}


def slash(text: str, channel: str = "C0ALERTS", trigger: str = "1.2.a", command: str = "/incident") -> Body:
    """A slash command as Socket Mode brings it, with `is_enterprise_install` as a string."""
    return {
        **APP,
        "is_enterprise_install": "false",
        "team_id": "T0",
        "channel_id": channel,
        "user_id": "U0ANA",
        "command": command,
        "text": text,
        "trigger_id": trigger,
    }


def click(
    action_id: str, value: str = "", view: Body | None = None, trigger: str = "1.2.b", url: str = "", **more: Any
) -> Body:  # Any: further fields of the payload
    """A click in a message, or in `view`."""
    action = {"type": "button", "action_id": action_id, "block_id": "x", "value": value, "action_ts": "1.1"}
    where: Body = {"view": view} if view else {"channel": {"id": "C0ROOM", "name": "inc-12"}, "message": {"ts": "1.1"}}
    return {
        **APP,
        "type": "block_actions",
        "user": USER,
        "team": TEAM,
        "trigger_id": trigger,
        "actions": [action | ({"url": url} if url else {})],
        "container": {"type": "message"},
        **where,
        **more,
    }


def submission(view: Body) -> Body:
    """A form sent."""
    return {**APP, "type": "view_submission", "user": USER, "team": TEAM, "trigger_id": "1.2.c", "view": view}


def event(happened: Body, id: str = "Ev1") -> Body:
    """An event of Slack's."""
    return {**APP, "type": "event_callback", "team_id": "T0", "event_id": id, "event_time": 1, "event": happened}
