"""What a wish would take: agents assess it once, for people who may have work begun, and say so on its issue."""

from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent, Refused
from bot.evidence.model import Evidence, Piece, gather, window
from bot.evidence.model import Kind as PieceKind
from bot.evidence.report import report
from bot.incident.acts import declare
from bot.incident.catalogue import OTHER
from bot.incident.model import HOLDFAST, Incident, Report
from bot.incident.schemes import scheme
from bot.incident.wanted import EffectKind, Wanted
from bot.investigation.model import Findings, Investigation, Kind, State, Step
from bot.ports import Case
from bot.storage import effects, investigations
from bot.storage.effects import Effect
from bot.telemetry import log
from bot.workflows.changes import wishes
from bot.workflows.changes.rounds import settle

#: As much of a wish is read. Characters.
LONGEST = 8000


def wanted(number: int, title: str, body: str, by: str) -> Wanted:
    """The effect that has it assessed."""
    request = {"number": str(number), "title": title[:300], "body": body[:LONGEST], "by": by}
    return Wanted(kind=EffectKind.ASSESS, line="issue", request=request)


async def assess(deps: WorkflowDeps, effect: Effect) -> Result:
    """What agents make of it. Where none may look, nothing is said beyond what was: a person reads it.

    Raises Temporary where it is not over, and goes on later.
    """
    if why := await _halted(deps) or deps.agents.absent():
        log(__name__).info("wish not assessed", issue=effect.request["number"], problem=why)
        return {}

    async def halted() -> str:
        return await _halted(deps)

    try:
        found = await deps.agents.look(_case(deps, effect), _unseen, halted)
    except (Permanent, Refused) as error:
        log(__name__).warning("wish not assessed", issue=effect.request["number"], problem=error.sentence)
        return {}
    return {"findings": found.model_dump(mode="json")}


async def assessed(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """What they found is said on the issue; what may be prepared waits for a click."""
    if "findings" not in result:
        return
    found = Findings.model_validate(result["findings"])
    request = {"number": effect.request["number"], "say": "assessed", "assessment": found.model_dump_json()}
    reply = Wanted(kind=EffectKind.REPLY, line="issue", request=request)
    await effects.add(connection, str(uuid5(NAMESPACE_URL, f"assessed:{effect.id}")), 1, (reply,), now)
    if deps.file.remediation == "off":
        return
    asked = effect.request
    item = await wishes.wished(connection, int(asked["number"]), asked["title"], asked["by"], found, now)
    if item is not None:
        await settle(deps, connection, item.round_id)


async def _halted(deps: WorkflowDeps) -> str:
    async with deps.database.read() as connection:
        return "Everything is stopped." if await investigations.halted(connection) else ""


async def _unseen(step: Step) -> None:
    """Nobody watches: it is told when it is done."""


def _case(deps: WorkflowDeps, effect: Effect) -> Case:
    """The wish as agents are given it; its words are evidence, and nothing else is known."""
    asked, at = effect.request, effect.created_at
    subject = _subject(deps, effect)
    said = Piece(
        source="GitHub",
        kind=PieceKind.PERSON,
        at=at,
        title=asked["title"],
        text=asked["body"],
        subject=f"issue/{asked['number']}",
    )
    evidence: Evidence = gather(window(subject.milestones, at), [said])
    one = Investigation(
        id=effect.id,
        incident_id=subject.id,
        number=1,
        kind=Kind.FEATURE,
        state=State.LOOKING,
        by=asked["by"],
        question=asked["title"],
        asked_at=at,
    )
    return Case(
        investigation=one, incident=subject, evidence=evidence, report=report(evidence, deps.file.catalogue, OTHER)
    )


def _subject(deps: WorkflowDeps, effect: Effect) -> Incident:
    """What stands in for an incident where there is none: the wish, which has money of its own."""
    asked = effect.request
    moved = declare(
        Report(service=OTHER, what=asked["title"]),
        id=str(UUID(effect.id)),
        number=0,
        by=asked["by"] or HOLDFAST,
        at=effect.created_at,
        trusted=True,
        scheme=scheme(deps.file.severity.scheme),
        catalogue=deps.file.catalogue,
    )
    return moved.incident
