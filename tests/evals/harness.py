"""Runs an incident through the real roster, over a real database, with tools that answer what the case says."""

from collections.abc import Mapping

from pydantic import Field

from agents.roster import Roster
from agents.runtime.llm import LLM
from agents.runtime.session import Book
from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from agents.tools.box import Box
from agents.tools.evidence import evidence_tools
from bot import ports
from bot.clock import Clock
from bot.deps import AgentDeps
from bot.evidence.model import Evidence
from bot.evidence.report import report
from bot.incident.model import HOLDFAST
from bot.investigation.model import Findings, Kind, Step
from bot.settings import File
from bot.settings.agents import AgentKeys
from bot.storage import investigations
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore
from tests.bot.evidence.examples import CATALOGUE
from tests.bot.rows import saved
from tests.evals.case import TOOLS, Case


class About(Input):
    """What a scripted tool is asked."""

    about: str = Field(max_length=200, description="What to look at, as the tool's description says.")


def tools_of(case: Case) -> tuple[AnyTool, ...]:
    """One for each way of looking, whether or not this case shows anything there: that there is nothing is no hint."""
    return tuple(_tool(name, case.shows.get(name, {})) for name in TOOLS)


def _tool(name: str, shown: Mapping[str, str]) -> Tool[About]:
    said, kind = TOOLS[name]

    async def run(asked: About) -> Result:
        found = next((text for about, text in shown.items() if _fits(about, asked.about)), "")
        return Result(status=Status.OK if found else Status.NOTHING, content=found, query=asked.about, kind=kind)

    return Tool(
        name=name, description=said, input=About, run=run, says=lambda asked: f"{name}: {asked.about}", source="Eval"
    )


def _fits(about: str, asked: str) -> bool:
    """Whoever asks in other words, or for a pod of a workload, means the same."""
    words = set(about.casefold().replace("/", " ").replace("-", " ").split())
    return words <= set(asked.casefold().replace("/", " ").replace("-", " ").split())


async def look(database: Database, llm: LLM, case: Case, keys: AgentKeys, clock: Clock) -> tuple[Findings, Evidence]:
    """What agents make of it, and the evidence as it is then. Raises what the roster raises."""
    now, incident = clock.now(), await saved(database)
    known = {
        "title": case.title,
        "report": incident.report.model_copy(update={"what": case.what, "service": case.service}),
    }
    async with database.write() as connection:
        one = await investigations.prepared(connection, incident.id, Kind.INVESTIGATION, HOLDFAST, "", now)
        await investigations.begin(connection, one)
    deps = AgentDeps(
        database=database,
        clock=clock,
        file=File(agents=keys),
        incidents=IncidentStore(database, privileged=frozenset()),
        documents=DocumentStore(database),
    )

    def box(_: AgentDeps, book: Book, incident_id: str) -> Box:
        return Box(evidence=evidence_tools(book), cluster=tools_of(case))

    asked = ports.Case(
        investigation=one,
        incident=incident.model_copy(update=known),
        evidence=case.evidence,
        report=report(case.evidence, CATALOGUE, case.service),
        timeline=case.timeline,
    )
    found = await Roster(deps, llm, box).look(asked, _quiet, _never)
    async with database.read() as connection:
        stored = await investigations.get(connection, one.id)
    assert stored is not None
    return found, stored.evidence or case.evidence


async def _quiet(step: Step) -> None:
    """Nobody watches."""


async def _never() -> str:
    return ""
