"""Wires one Holdfast, from its settings to what it hears and does."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

import aiohttp
import structlog
from aiohttp import web
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from bot import check
from bot.adapters.slack.client import Slack
from bot.adapters.slack.directory import Directory
from bot.adapters.slack.limits import Limiter
from bot.adapters.web import Web
from bot.app.outside import Outside
from bot.clock import Clock, SystemClock
from bot.deps import HandlerDeps, Tasks, WorkflowDeps
from bot.durable.dbos_engine import DbosEngine, engine_url
from bot.durable.engine import Engine
from bot.errors import Permanent, Temporary
from bot.masking import Masking
from bot.redact import Redactor
from bot.settings import Settings
from bot.storage.db import Database, open_database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore
from bot.workflows import stories
from bot.workflows.dispatch import Dispatcher
from bot.workflows.github_poll import Watch
from bot.workflows.intake import LATE, Intake, tell
from bot.workflows.looking import Reaper
from bot.workflows.repository_look import RepositoryWatch
from bot.workflows.story import Desk
from bot.workflows.transition import House, Transitions
from bot.workflows.work import works
from handlers.http import alertmanager, health
from handlers.http import github as webhooks
from handlers.http.server import Server
from handlers.slack import PATIENCE, register
from handlers.slack.receive import HttpReceiver
from handlers.slack.sockets import Sockets

log = structlog.get_logger(__name__)
T = TypeVar("T")

STARTING = "Holdfast is starting."
#: How often the sockets are looked after, and how long `/readyz` waits for the database. Seconds.
WATCH, PROBE = 5.0, 2.0
#: How long running work may take to end when we are told to stop. Seconds.
GRACE = 20.0


class Bot:
    """One Holdfast: `start`, then it lives until `stop`. `serve` adds what the clock moves."""

    def __init__(self, settings: Settings, clock: Clock, *, poll: float = 0.5, patience: float = PATIENCE) -> None:
        """In seconds: `poll` is how often the engine looks for results of other processes, `patience` how long a
        handler may take; Slack waits three.
        """
        self.settings = settings
        self.clock = clock
        self.database: Database = open_database(settings.database)
        self.engine: Engine = DbosEngine(engine_url(settings.database), poll=poll, takeover=settings.timing.takeover)
        self.port = settings.port
        self._patience = patience
        self._tasks = Tasks()
        self._dispatcher = Dispatcher(self.database, clock, self.engine, settings.only)
        self._redactor = Redactor(settings.secrets())
        self._intake = Intake(self.engine, clock, self._tasks, settings.timing.outcome_wait)
        self._submit = Masking(self._intake, self._redactor)
        self._watch = Watch(self.database, self.engine)
        self._repository_watch = RepositoryWatch(self.database, self.engine)
        self._reaper = Reaper(self.database)
        self._unready = STARTING
        self._session: aiohttp.ClientSession | None = None
        self._outside: Outside | None = None
        self._server = Server(settings.host, settings.port)
        self._receiver: HttpReceiver | None = None
        self._webhook = webhooks.webhook(settings, self._github_login, self._submit, clock)
        self._sockets: Sockets | None = None
        self._background: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Answer `/healthz` at once; then the database, Slack, the work left behind, and at last Slack's events."""
        await self._open_http()
        await self._until_reached(self.database.ping)
        await self.database.migrate()
        await self._connect()
        await self.engine.start()
        self._background.append(asyncio.create_task(self._dispatcher.run(), name="dispatcher"))
        self._dispatcher.wake()
        if self._sockets is not None:
            await self._sockets.open()
        self._unready = ""

    async def tick(self) -> int:
        """Do what is due now; how much was started."""
        now, outside = self.clock.now(), self._outside
        if outside is not None and not self._unready and self.settings.only != "apply":
            if outside.github is not None:
                await self._watch.tick(now, known=bool(outside.github.login))
            if outside.repository is not None:
                await self._repository_watch.tick(now)
        begun = await self._dispatcher.tick()
        if not self._unready:
            await self._reaper.tick(now)
        return begun

    async def watch(self) -> None:
        """Look after the sockets, if there are any."""
        if self._sockets is not None:
            await self._sockets.watch()

    async def settle(self, limit: float = 30.0) -> None:
        """Until nothing is due and nothing runs. Raises TimeoutError after `limit` seconds."""
        async with asyncio.timeout(limit):
            begun = -1
            while begun != self._begun:
                begun = self._begun
                await self._tasks.quiet()
                await self.engine.quiet(limit)
                await self.tick()

    @property
    def _begun(self) -> int:
        return self._dispatcher.begun + self._watch.begun + self._repository_watch.begun

    async def serve(self) -> None:
        """Run until we are told to stop."""
        stopped = asyncio.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
        scheduler = AsyncIOScheduler(timezone="UTC")
        common = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        scheduler.add_job(self.tick, "interval", seconds=self.settings.timing.tick, **common)
        scheduler.add_job(self.watch, "interval", seconds=WATCH, **common)
        scheduler.start()
        self._tasks.track(check.name_problems(self.settings, self.clock), "check")
        log.info("ready", port=self.port, socket_mode=self.settings.socket_mode)
        await stopped.wait()
        log.info("stopping")
        scheduler.shutdown(wait=False)

    async def stop(self, grace: float = GRACE) -> None:
        """Take nothing new, end what runs, then close what it used."""
        self._unready = "Holdfast is stopping."
        if self._sockets is not None:
            await self._sockets.close()
        await self._tasks.drain(grace)
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self.engine.stop(grace)
        await self._server.close()
        if self._session is not None:
            await self._session.close()
        if self._outside is not None:
            await self._outside.close()
        await self.database.close()

    async def _open_http(self) -> None:
        routes = [*health.routes(self._problems), web.post("/slack/events", self._slack_event)]
        if self._webhook is not None:
            routes.append(web.post(webhooks.PATH, self._github_event))
        token = self.settings.webhook_token.get_secret_value()
        routes += alertmanager.routes(token, self._submit, lambda: self._unready)
        self.port = await self._server.open(routes)

    async def _slack_event(self, request: web.Request) -> web.Response:
        if self._receiver is None or self._unready:
            return web.json_response({"error": self._unready or "Socket Mode is used."}, status=503)
        return await self._receiver.handle(request)

    async def _github_event(self, request: web.Request) -> web.Response:
        if self._webhook is None or self._unready:
            return web.json_response({"error": self._unready}, status=503)
        return await self._webhook.handle(request)

    def _github_login(self) -> str:
        return self._outside.github.login if self._outside and self._outside.github else ""

    async def _problems(self) -> Sequence[str]:
        if self._unready:  # asks nothing: dbos builds its indexes now, and waits for every open transaction
            return [self._unready]
        problems = []
        try:
            async with asyncio.timeout(PROBE):
                await self.database.ping()
        except (Temporary, TimeoutError):
            problems.append("The database does not answer right now.")
        if self._sockets is not None and not self._sockets.is_fresh:
            problems.append(f"No connection to Slack is alive. {self._sockets.problem}".strip())
        return [*problems, *self.engine.problems()]

    async def _until_reached(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What is answered. While nobody is there, we can only ask again, and say so on `/readyz`."""
        while True:
            try:
                answer = await ask()
            except Temporary as error:
                log.warning("waiting", problem=error.sentence)
                self._unready = f"{STARTING} {error.sentence}"
                await asyncio.sleep(self.settings.timing.backoff_first)
            else:
                self._unready = STARTING
                return answer

    async def _connect(self) -> None:
        """Clients, and what Slack has to tell us once: who we are, who is who, and where the alerts channel is."""
        settings, keys = self.settings, self.settings.file.slack
        timeout = aiohttp.ClientTimeout(total=settings.timing.http_timeout)
        self._session = aiohttp.ClientSession(timeout=timeout)
        slack = Slack(self._client(settings.slack_bot_token.get_secret_value()), Limiter(), self.clock)
        people = Directory({person.slack: person.timezone for person in settings.file.people})
        user = await self._until_reached(slack.identity)
        await self._until_reached(partial(people.load, slack))
        channel = await self._until_reached(partial(slack.find_channel, keys.alerts_channel))
        if channel is None:
            raise Permanent(f"There is no public channel #{keys.alerts_channel}. Create it and invite the bot.")
        if not await slack.is_member(channel):
            await slack.join(channel)
        self._outside = await Outside.open(settings, self.clock)
        self._hear(self._outside, slack, people, user, channel)

    def _hear(self, outside: Outside, slack: Slack, people: Directory, user: str, channel: str) -> None:
        """Give workflows and handlers what each may touch. `user` is who we are, `channel` where alerts go."""
        file = self.settings.file
        approvers = frozenset(filter(None, (file.slack.owner, *file.slack.approvers)))
        incidents, stored = IncidentStore(self.database, approvers), DocumentStore(self.database)
        assert self._session is not None
        known = (outside.github, outside.repository, Web(self._session), people, channel, file)
        changes = outside.changes(self.database, incidents, self._redactor)
        deps = WorkflowDeps(self.database, incidents, stored, slack, *known, self.settings.timing, self.clock)
        deps = replace(deps, redactor=self._redactor, wake=self._dispatcher.wake, changes=changes)
        self._register_work(outside.seen_from(deps))
        about = (people, file, self.clock, self._tasks, self._redactor, changes)
        url = HandlerDeps.document_url if outside.repository is None else outside.repository.url
        if self.settings.only != "apply":
            self._listen(user, HandlerDeps(self._submit, incidents, stored, *about, document_url=url))

    def _client(self, token: str | None = None) -> AsyncWebClient:
        """Slack's own client, on our one pool of connections; it retries nothing."""
        url, seconds = self.settings.slack_api_url, max(1, int(self.settings.timing.http_timeout))
        return AsyncWebClient(token=token, base_url=url, session=self._session, timeout=seconds, retry_handlers=[])

    def _listen(self, user: str, deps: HandlerDeps) -> None:
        token = self.settings.slack_bot_token.get_secret_value()

        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token, bot_user_id=user)

        app = AsyncApp(
            name="holdfast",  # else it reads every source file on its caller's stack to find one
            client=self._client(),
            authorize=authorize,
            process_before_response=True,
            raise_error_for_unhandled_request=True,
        )
        register(app, deps, self._patience)
        if self.settings.socket_mode:
            self._sockets = Sockets(app, self.settings.slack_app_token.get_secret_value())
        else:
            secret = self.settings.slack_signing_secret.get_secret_value()
            self._receiver = HttpReceiver(app, secret, self.clock)

    def _register_work(self, deps: WorkflowDeps) -> None:
        transitions = Transitions(self.database, self.clock, House.of(deps.file), self._dispatcher.wake)
        desk = Desk(transitions, deps.people, deps.file, deps.incidents)
        for name, story in stories(deps, self._repository_watch).items():
            self.engine.register(name, partial(self._intake.run, partial(story, desk)))
        self.engine.register(LATE, partial(tell, deps))
        for name, work in works(deps, transitions, self._submit, self._dispatcher.wake).items():
            self.engine.register(name, work)


async def run(settings: Settings) -> None:
    """`holdfast run`: until we are told to stop. Raises what cannot be mended by waiting."""
    bot = Bot(settings, SystemClock())
    try:
        await bot.start()
        await bot.serve()
    finally:
        await bot.stop()
