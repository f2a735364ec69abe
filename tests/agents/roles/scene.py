"""A case that agents look into, on a real database, with a model that answers by who asks."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from agents.roster import Roster
from agents.runtime.llm import Ask, Reply
from agents.runtime.scripted import ScriptedLLM, says
from bot.budget.caps import Totals
from bot.deps import AgentDeps
from bot.evidence.model import Evidence
from bot.evidence.report import report
from bot.incident.model import Incident
from bot.investigation.model import Findings, Investigation, Kind, Step
from bot.ports import Case
from bot.settings import File
from bot.settings.agents import AgentKeys
from bot.storage import budget, investigations
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore
from tests.agents.roles.answers import HISTORY, LOOK, POSTMORTEM, REPORT, TRIAGE
from tests.bot.evidence.examples import CATALOGUE, DEPLOYMENT, evidence
from tests.bot.rows import saved
from tests.clock import START, ManualClock

#: What stands first in each prompt, and whose it is.
_TITLES = {
    "# Triage": "triage",
    "# Specialist": "specialist",
    "# Historian": "historian",
    "# Report writer": "report_writer",
    "# Post-mortem writer": "postmortem_writer",
    "# Issue responder": "issue_responder",
}
#: What stands in the part of each specialist, and nowhere else.
_PARTS = {
    "The cluster as a whole": "cluster",
    "The service's own workloads": "workload",
    "What is measured": "observability",
    "What everything stands on": "platform",
    "How requests get there": "network",
    "Sign-in, certificates": "security",
    "Databases, caches and queues": "database",
    "What changed: rollouts": "delivery",
}
ANSWERS: Mapping[str, dict[str, Any]] = {
    "triage": TRIAGE,
    **dict.fromkeys(_PARTS.values(), LOOK),
    "historian": HISTORY,
    "report_writer": REPORT,
    "postmortem_writer": POSTMORTEM,
    "issue_responder": {
        "decision": "propose",
        "assessment": "A monitor for Nextcloud; one file.",
        "evidence": ["L-1"],
        "needed": ["Add a monitor."],
    },
}
#: What somebody answers: an answer, words, something that is raised, or whatever a function makes of the request.
Part = dict[str, Any] | str | Exception | Callable[[Ask], Reply | Awaitable[Reply]]


def who(ask: Ask) -> str:
    """Whose request it is."""
    role = _TITLES[ask.system.splitlines()[0]]
    return role if role != "specialist" else next(name for part, name in _PARTS.items() if part in ask.system)


def played(parts: Mapping[str, Part]) -> ScriptedLLM:
    """A model that answers as everybody should, but for these `parts`."""

    async def answer(ask: Ask) -> Reply:
        part = {**ANSWERS, **parts}[who(ask)]
        if isinstance(part, Exception):
            raise part
        if callable(part):
            reply = part(ask)
            return reply if isinstance(reply, Reply) else await reply
        return says(part if isinstance(part, str) else json.dumps(part))

    return ScriptedLLM(answer)


@dataclass
class Scene:
    """One investigation that is to be looked into."""

    database: Database
    roster: Roster
    llm: ScriptedLLM
    case: Case
    steps: list[Step] = field(default_factory=list)
    halted: str = ""
    #: Raised instead of the next note.
    trouble: Exception | None = None

    async def look(self) -> Findings:
        """Have agents look."""
        return await self.roster.look(self.case, self._note, self._halted)

    async def _note(self, step: Step) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.steps.append(step)

    async def _halted(self) -> str:
        return self.halted

    @property
    def asked(self) -> list[str]:
        """Who asked the model, in order."""
        return [who(ask) for ask in self.llm.asked]

    async def money(self) -> Totals:
        """What the run has cost and holds."""
        async with self.database.read() as connection:
            return await budget.of_run(connection, self.case.investigation.id)

    async def stored(self) -> Investigation:
        """The investigation as it stands in the database."""
        async with self.database.read() as connection:
            found = await investigations.get(connection, self.case.investigation.id)
        assert found is not None
        return found

    def again(self, parts: Mapping[str, Part], evidence: Evidence | None = None) -> "Scene":
        """The same, as another process would take it up."""
        llm = played(parts)
        case = self.case.model_copy(update={"evidence": evidence}) if evidence else self.case
        return Scene(self.database, Roster(self.roster.deps, llm), llm, case)


async def scene(
    database: Database,
    parts: Mapping[str, Part] | None = None,
    *,
    kind: Kind = Kind.INVESTIGATION,
    keys: AgentKeys | None = None,
    question: str = "",
    of: Evidence | None = None,
    incident: Incident | None = None,
    timeline: Sequence[str] = ("14:05 UTC: Somebody rolled back.",),
    **about: Any,  # Any: whichever fields of the incident a test cares for
) -> Scene:
    """An incident with its evidence, and an investigation of it that has begun."""
    clock, llm = ManualClock(), played(parts or {})
    incident = incident or await saved(database)
    async with database.write() as connection:
        one = await investigations.prepared(connection, incident.id, kind, "U0ANA", question, START)
        await investigations.begin(connection, one)
    collected = of or evidence(*DEPLOYMENT)
    case = Case(
        investigation=one,
        incident=incident.model_copy(update=about),
        evidence=collected,
        report=report(collected, CATALOGUE, "nextcloud"),
        timeline=tuple(timeline),
    )
    deps = AgentDeps(
        database=database,
        clock=clock,
        file=File(agents=keys or AgentKeys()),
        incidents=IncidentStore(database, privileged=frozenset()),
        documents=DocumentStore(database),
    )
    return Scene(database, Roster(deps, llm), llm, case)


def hangs(reached: asyncio.Event) -> Callable[[Ask], Awaitable[Reply]]:
    """A part that never answers; `reached` tells that it was asked."""

    async def part(ask: Ask) -> Reply:
        reached.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    return part
