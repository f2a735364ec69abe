"""A whole workspace with the bot in it, and the few words in which the stories are told."""

import re
from dataclasses import dataclass
from datetime import timedelta
from importlib.resources import files
from pathlib import Path
from typing import Literal

import yaml

from bot import manifest
from bot.app import Bot
from bot.incident.model import HOLDFAST, Event, Incident
from bot.settings import Only, load
from bot.storage.incidents import IncidentStore
from bot.workspace.claude import Reply
from bot.workspace.demo import configuration
from bot.workspace.slack.forms import Simple
from bot.workspace.slack.model import App, Message
from bot.workspace.slack.people import Actor
from bot.workspace.slack.service import Transport
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock

#: Longer than anything here takes on a busy machine; the relation between them is the real one.
TIMING = {
    "HOLDFAST_HTTP_TIMEOUT": "6",
    "HOLDFAST_SETTLE": "7",
    "HOLDFAST_BACKOFF_FIRST": "0.5",
}
#: What hangs does not hang so long: its line is cut, which leaves just as open what became of it. Seconds.
HANGS = 0.2


#: Who looks into an incident by themselves: nobody but people, rules alone, models too, or models that all refuse.
#: Where anybody does, they look at the workspace's own cluster, Prometheus and services.
Looking = Literal["people", "rules", "models", "refused"]


@dataclass(frozen=True)
class Waits:
    """How long somebody waits for an outcome, a handler may take, and Slack waits for an answer. Seconds."""

    outcome: float
    handler: float
    slack: float


#: Where Slack's three seconds are not what a story is about: on a busy machine they would decide it.
PATIENT = Waits(20.0, 25.0, 25.0)
#: Where they are: one after the other as in earnest, and twice the room between them.
HURRIED = Waits(1.0, 5.2, 6.0)
WEBHOOK_TOKEN = "a-token-of-alertmanagers-own"
#: What a good report holds; a story changes what it is about.
GOOD: dict[str, Simple] = {
    "service": "nextcloud",
    "what": "502 Bad Gateway on every page",
    "error_kind": "bad_gateway",
    "scope": "multiple",
}


class Story:
    """One installation: `workspace` is its outside, `bot` the bot, `clock` what both tell the time by."""

    def __init__(
        self,
        workspace: Workspace,
        clock: ManualClock,
        folder: Path,
        database_url: str,
        *,
        hurried: bool = False,
        looking: Looking = "people",
    ) -> None:
        self.workspace = workspace
        self._looking = looking
        self._only: Only = ""
        #: Agents of a whole investigation make some dozens of calls, on a busy machine. Seconds.
        self._longest = 30.0 if looking == "people" else 150.0
        self._waits = HURRIED if hurried else PATIENT
        workspace.slack.be_patient(self._waits.slack)
        workspace.faults.longest = HANGS
        self.clock = clock
        self._folder = folder
        self._database_url = database_url
        self.bot: Bot = self._build()

    @classmethod
    async def begin(
        cls,
        folder: Path,
        clock: ManualClock,
        database_url: str,
        transport: Transport,
        *,
        hurried: bool = False,
        looking: Looking = "people",
    ) -> "Story":
        """Start both, and wait until the bot is ready. In a `hurried` story Slack soon gives up.

        See `Looking` for the last.
        """
        app = App.from_manifest(manifest.manifest())
        workspace = await Workspace.start(clock, transport=transport, app=app)
        config = (files("bot.settings") / "example.yml").read_text()
        config = config.replace("# owner:", "owner:")
        if looking != "people":
            here = yaml.safe_load(configuration(config, workspace.remote, workspace.site, workspace.services))
            ours = ("services",) if looking == "refused" else ("services", "repository", "publish")
            config = with_keys(config, yaml.safe_dump({key: here[key] for key in ours}, width=120))
        else:
            config += "\nagents:\n  starts: false\n"
        (folder / "holdfast.yml").write_text(config)
        if looking == "refused":
            workspace.claude.script(lambda asked: Reply.refusal())
            for service in workspace.services.targets.known:  # what is well is no incident
                workspace.services.targets.down(service)
        story = cls(workspace, clock, folder, database_url, hurried=hurried, looking=looking)
        await story.start()
        return story

    @property
    def looks(self) -> bool:
        """Whether everything is looked into by itself."""
        return self._looking != "people"

    @property
    def _kubeconfig(self) -> Path | None:
        return self._folder / "kubeconfig" if self.looks else None

    def _build(self) -> Bot:
        environment = (
            self.workspace.environment(0, claude=self._looking in ("models", "refused"), kubeconfig=self._kubeconfig)
            | TIMING
            | {
                "HOLDFAST_DATA": str(self._folder),
                "HOLDFAST_CONFIG": str(self._folder / "holdfast.yml"),
                "DATABASE_URL": self._database_url,
                "HOLDFAST_WEBHOOK_TOKEN": WEBHOOK_TOKEN,
            }
        )
        settings = load(environment).model_copy(update={"only": self._only})
        timing = settings.timing.model_copy(update={"outcome_wait": self._waits.outcome})
        patience = self._waits.handler
        return Bot(settings.model_copy(update={"timing": timing}), self.clock, poll=0.02, patience=patience)

    async def start(self) -> None:
        await self.bot.start()
        self.workspace.deliver_to(f"http://127.0.0.1:{self.bot.port}/slack/events")
        await self.settle()

    async def restart(self, only: Only = "") -> None:
        """Stop the bot, and start another over the same data; `only` a part of it, as `holdfast run --only` does."""
        await self.bot.stop(1.0)
        self._only = only
        self.bot = self._build()
        await self.start()

    async def configure(self, old: str, new: str) -> None:
        """Change a line of `holdfast.yml`, and start the bot anew with it."""
        path = self._folder / "holdfast.yml"
        assert old in path.read_text(), "there is no such line to change"
        path.write_text(path.read_text().replace(old, new))
        await self.restart()

    async def add(self, lines: str) -> None:
        """Add to `holdfast.yml`, in place of what it says under the same keys, and start the bot anew with it."""
        path = self._folder / "holdfast.yml"
        path.write_text(with_keys(path.read_text(), lines))
        await self.restart()

    async def end(self) -> None:
        await self.bot.stop(1.0)
        await self.workspace.stop()

    async def settle(self) -> None:
        """Until nothing is left to do at this time: everybody was told, and everything due is done."""
        await self.workspace.slack.settle()
        await self.bot.settle(self._longest)
        await self.workspace.slack.settle()
        while await self.workspace.github.hooks.settle():
            await self.bot.settle(self._longest)
            await self.workspace.slack.settle()

    async def pass_time(self, **span: float) -> None:
        """Let time pass (`minutes=5`), a minute at a time, doing what becomes due."""
        left = timedelta(**span)
        while left > timedelta(0):
            step = min(left, timedelta(minutes=1))
            self.clock.advance(step.total_seconds())
            left -= step
            await self.settle()

    async def follow(self) -> None:
        """Long enough for card, announcement and topic to show what happened: they are edited every few seconds.

        Where everything is looked into, more is said in a room, three at once and then one a second.
        """
        await self.settle()
        steps = 5 if self._looking == "refused" else 1
        for _ in range(steps):
            await self.pass_time(seconds=10 / steps)

    def person(self, name: str) -> Actor:
        return self.workspace.slack.person(name)

    async def declare(self, name: str = "ana", text: str = "", **fields: Simple) -> Incident:
        """Somebody reports; the newest incident is returned once everything has followed."""
        person = self.person(name)
        answer = await person.slash("/incident", text)
        assert not answer.error, answer.error
        errors = await person.submit(GOOD | fields)
        assert errors is None, errors
        await self.settle()
        return await self.newest()

    @property
    def incidents(self) -> IncidentStore:
        return IncidentStore(self.bot.database, frozenset())

    async def newest(self) -> Incident:
        return (await self.incidents.listed(HOLDFAST, limit=1))[0]

    async def incident(self, number: int = 1) -> Incident:
        return await self.incidents.by_ref(str(number), HOLDFAST)

    async def timeline(self, number: int = 1) -> list[Event]:
        return list(await self.incidents.timeline((await self.incident(number)).id))

    async def room(self, number: int = 1) -> str:
        """The id of the incident's room."""
        room = (await self.incident(number)).places.room
        assert room is not None, "it has no room"
        return room

    async def card(self, number: int = 1) -> Message:
        """The incident's card, as it stands in Slack."""
        place = (await self.incident(number)).places.card
        assert place is not None, "it has no card"
        messages = self.workspace.slack.messages(place.channel)
        found = [m for m in self._with_threads(place.channel, messages) if m.ts == place.ts]
        assert len(found) == 1
        return found[0]

    def _with_threads(self, channel: str, messages: list[Message]) -> list[Message]:
        threads = {m.thread_ts for m in messages if m.thread_ts} | {m.ts for m in messages}
        found = {m.ts: m for m in messages}
        for thread in threads:
            found |= {m.ts: m for m in self.workspace.slack.messages(channel, thread)}
        return list(found.values())

    def said(self, channel: str, thread: str | None = None) -> list[str]:
        """The texts of a channel (or thread), oldest first."""
        return [message.text for message in self.workspace.slack.messages(channel, thread)]

    @property
    def surprises(self) -> list[object]:
        """What anybody was asked that the real ones would refuse; and of the cluster every write, and every look into a
        secret.
        """
        outside = self.workspace
        looked_at = (*outside.kubernetes.surprises, *outside.prometheus.surprises)
        return [*outside.slack.world.surprises, *outside.github.surprises, *looked_at]


def with_keys(text: str, lines: str) -> str:
    """A configuration with these top-level keys; what it said under them before is gone, its comments stay."""
    for key in yaml.safe_load(lines):
        text = re.sub(rf"^{key}:.*\n(?:[ \t-].*\n|\n)*", "", text, flags=re.MULTILINE)
    return f"{text}\n{lines}\n"


def words(message: Message) -> str:
    """Everything that can be read on a message, blocks included, as one text."""
    return re.sub(r"\s+", " ", " ".join([message.text, *texts(message.blocks)]))


def texts(blocks: object) -> list[str]:
    """Every text in a message's or view's blocks, in order."""
    if isinstance(blocks, dict):
        own = [blocks["text"]] if isinstance(blocks.get("text"), str) else []
        return own + [text for value in blocks.values() if not isinstance(value, str) for text in texts(value)]
    return [text for block in blocks for text in texts(block)] if isinstance(blocks, list) else []
