"""A desk over a real database, and somebody who looks, with nobody outside but two probes."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.client import Slack
from bot.adapters.slack.directory import Directory
from bot.adapters.slack.limits import Limiter
from bot.adapters.web import Web
from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.evidence.model import Grade, Kind, Piece
from bot.incident.model import HOLDFAST, Event, EventKind, Incident, Moved
from bot.investigation.healthy import PLACE, TARGET
from bot.investigation.model import Investigation
from bot.ports import Outcome, Person
from bot.settings import File, Timing
from bot.sources.source import About, Found, Question
from bot.storage import investigations
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore
from bot.workflows import STORIES
from bot.workflows.investigate import investigate
from bot.workflows.story import Desk
from bot.workflows.transition import Change, House, Transitions
from tests.bot.incident.examples import ANA, BOB, CATALOGUE, CY, a_report
from tests.clock import ManualClock

GUEST = "U0GUEST"


@dataclass
class Office:
    """Tells stories, and looks at what became of them."""

    database: Database
    clock: ManualClock
    file: File
    woken: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        people = Directory({})
        for actor in (ANA, BOB, CY):
            people.refresh(Person(id=actor, name=actor))
        people.refresh(Person(id=GUEST, name="Guest", guest=True))
        transitions = Transitions(self.database, self.clock, House.of(self.file), lambda: self.woken.append(True))
        self.store = IncidentStore(self.database, frozenset())
        self.desk = Desk(transitions, people, self.file, self.store)

    async def tell(self, story: str, id: str, actor: str = ANA, **payload: object) -> Outcome:
        """One submission, as the engine hands it over."""
        whole: Json = {"actor": actor, "channel": "C0ALERTS", **payload}
        return await STORIES[story](self.desk, id, whole)

    async def declared(self, actor: str = ANA, **said: object) -> Incident:
        """An incident, as somebody just reported it."""
        report = a_report(**said).model_dump(mode="json")
        outcome = await self.tell("declare", f"declared {actor} {said}", actor, report=report)
        return await self.store.by_id(outcome.incident_id, HOLDFAST)

    async def now(self, incident: Incident) -> Incident:
        """The incident as it stands now."""
        return await self.store.by_id(incident.id, HOLDFAST)


@pytest.fixture
def office(database: Database, clock: ManualClock) -> Office:
    """Ana, Bob and Cy are trusted members; the owner is Bob."""
    services = CATALOGUE.model_dump()["services"]
    file = File.model_validate({"slack": {"owner": BOB}, "services": services, "agents": {"starts": False}})
    return Office(database, clock, file)


#: Where Nextcloud is.
URL = "https://nextcloud.example.com"


@dataclass
class Watched:
    """Two places from which Nextcloud is looked at; `broken` are those that do not see it work."""

    office: Office
    broken: set[str] = field(default_factory=set)
    name: str = "Probes"

    @property
    def questions(self) -> Sequence[Question]:
        return [Question(asked="whether it answers", kinds=(Kind.PROBE,), ask=self._ask)]

    async def _ask(self, about: About) -> Found:
        return Found(pieces=[self._seen(place) for place in ("Holdfast", "frankfurt")])

    def _seen(self, place: str) -> Piece:
        well = place not in self.broken
        return Piece(
            source=self.name,
            kind=Kind.PROBE,
            at=self.office.clock.now(),
            title="Nextcloud answers 200" if well else "Nextcloud answers 502",
            service="Nextcloud",
            subject=f"probe/{URL}/{place}",
            grade=Grade.FINE if well else Grade.CRITICAL,
            data={PLACE: place, TARGET: URL},
        )


@dataclass
class Looker:
    """Begins a look by itself, and works on it."""

    office: Office
    deps: WorkflowDeps
    seen: Watched
    transitions: Transitions

    async def begin(self, incident: Incident, kind: str = "investigation", by: str = "holdfast") -> None:
        """A look into it, that nobody works on yet."""
        begun = Event(kind=EventKind.INVESTIGATION_BEGUN, at=self.office.clock.now(), by=by, data={"kind": kind})
        change = Change(f"look:{incident.version}", by, "investigate")
        moved = lambda before, now: Moved(incident=before, events=(begun,))  # noqa: E731 - one line says it
        await self.transitions.apply(change, incident.id, moved, lambda after: "It is looked into.")

    async def work(self) -> Investigation:
        """Work on the one that is due, once; as it stands then."""
        async with self.office.database.read() as connection:
            ((id, attempt),) = await investigations.due(connection, self.office.clock.now())
        work = f"look:{id}:{attempt}"
        await investigate(self.deps, self.transitions, work, {"investigation": id, "attempt": attempt})
        async with self.office.database.read() as connection:
            one = await investigations.get(connection, id)
        assert one is not None
        return one

    async def look(self, incident: Incident, by: str = "holdfast") -> Incident:
        """Look into it once, to the end; the incident as it stands then."""
        await self.begin(incident, by=by)
        one = await self.work()
        assert one.is_over, one.problem
        return await self.office.now(incident)


@pytest.fixture
async def looker(office: Office) -> AsyncIterator[Looker]:
    """Nobody outside but the two probes."""
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-test", base_url="http://127.0.0.1:9/", session=session)
        outside = (Slack(client, Limiter(), office.clock), None, None, Web(session), office.desk.people, "C0ALERTS")
        stored, seen = DocumentStore(office.database), Watched(office)
        given = (office.store, stored, *outside, office.file, Timing(), office.clock)
        deps = WorkflowDeps(office.database, *given, sources=(seen,))
        transitions = Transitions(office.database, office.clock, House.of(office.file), lambda: None)
        yield Looker(office, deps, seen, transitions)
