"""A desk over a real database, with nobody outside."""

from dataclasses import dataclass, field

import pytest

from bot.adapters.slack.directory import Directory
from bot.durable.engine import Json
from bot.incident.model import HOLDFAST, Incident
from bot.ports import Outcome, Person
from bot.settings import File
from bot.storage.db import Database
from bot.storage.incidents import IncidentStore
from bot.workflows import STORIES
from bot.workflows.story import Desk
from bot.workflows.transition import House, Transitions
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
