"""One investigation, step by step: evidence first, then whoever may look, then what it came to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.errors import NeedsPerson, Permanent, Refused, Temporary
from bot.evidence.graph import Surroundings
from bot.evidence.model import Evidence
from bot.evidence.report import EvidenceReport
from bot.evidence.said import Correction, people
from bot.evidence.written import Past, written
from bot.incident.acts import found_healthy
from bot.incident.calling import escalate
from bot.incident.entries import Entry
from bot.incident.lifecycle import WORKING
from bot.incident.model import HOLDFAST, Event, EventKind, Incident, Moved
from bot.incident.schemes import level_of
from bot.incident.timeline import sentence
from bot.investigation.healthy import Healthy, healthy
from bot.investigation.model import Findings, Investigation, Kind, Stage, State, Step, Word
from bot.investigation.starting import may_start
from bot.ports import Case, Outcome
from bot.sources.collect import about, collect, remember
from bot.storage import budget, effects, incidents, investigations
from bot.storage.investigations import Lost
from bot.workflows.drafting import leaving, speaker
from bot.workflows.filled import filled
from bot.workflows.looking import no_model
from bot.workflows.transition import Change, House, Transitions, saved

log = structlog.get_logger(__name__)

#: Whoever works on it says so this often, in seconds, and is taken for dead after so long without a word.
BEAT, LEASE = 1.0, timedelta(seconds=60)
#: One that broke off so often is given up.
TRIES = 4
BROKE = "Looking into it broke off several times; the reason is in the log."
STOPPED = "It was stopped."
WORKS = "It was seen to work, so nobody has to look further."


async def investigate(deps: WorkflowDeps, transitions: Transitions, work: str, payload: Json) -> Json:
    """Work on one, from where it is. Ends without a word where somebody else does, or has stopped it."""
    async with deps.database.write() as connection:
        until = deps.clock.now() + LEASE
        taken = await investigations.take(connection, payload["investigation"], payload["attempt"], work, until)
    if taken is None:
        return {}
    worker = Worker(deps, transitions, *taken)
    try:
        async with worker.holding():
            await worker.run()
    except* Lost:
        log.info("investigation left", investigation=taken[0].id)
    except* Exception:  # The runner: what breaks is taken up again when its lease is over, and in the end given up
        log.exception("investigation broke", investigation=taken[0].id, attempt=taken[0].attempt)
    return {}


@dataclass(frozen=True)
class Came:
    """What an investigation came to; `calls`: somebody is called because of it; `well`: what was checked where all is
    well.
    """

    findings: Findings | None = None
    why: str = ""
    problem: str = ""
    calls: bool = False
    well: str = ""

    @property
    def parts(self) -> dict[str, str]:
        """What was written for the post-mortem."""
        return self.findings.parts if self.findings else {}

    @property
    def columns(self) -> dict[str, Any]:
        """As the row keeps it."""
        found = self.findings.model_dump(mode="json") if self.findings else None
        return {"findings": found, "why_no_model": self.why, "problem": self.problem}


class Worker:
    """Whoever works on an investigation, for as long as nobody else does."""

    def __init__(self, deps: WorkflowDeps, transitions: Transitions, taken: Investigation, holder: str) -> None:
        self._deps = deps
        self._transitions = transitions
        self._taken = taken
        self._holder = holder

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """Keep others away meanwhile; what is inside is cancelled once it is somebody else's, or stopped."""
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._beat())
            try:
                yield
            finally:
                beating.cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                async with self._deps.database.write() as connection:
                    until = self._deps.clock.now() + LEASE
                    await investigations.hold(connection, self._taken.id, self._holder, until)
            except Temporary as error:  # the lease is longer than most of this
                log.warning("investigation not held", investigation=self._taken.id, problem=error.sentence)

    async def run(self) -> None:
        """The steps; each keeps what came of it, and is not done again."""
        if self._taken.attempt > TRIES:
            await self._end(State.FAILED, Came(problem=BROKE))
            return
        incident = await self._deps.incidents.by_id(self._taken.incident_id, HOLDFAST)
        if self._taken.kind is Kind.POSTMORTEM and (why := await no_model(self._deps, incident)):
            await self._end(State.DONE, Came(why=why))  # what rules can say is in the draft already
            return
        if refused := self._no_longer(incident):
            await self._end(State.STOPPED, Came(problem=refused))
            return
        entries = [entry for entry in await self._deps.incidents.entries(incident.id) if not entry.hidden]
        evidence, report = await self._evidence(incident, entries)
        if well := self._well(incident, entries, evidence):
            await self._end(State.DONE, Came(why=WORKS, well=well))
            return
        why = await no_model(self._deps, incident)
        came = Came(why=why) if why else await self._agents(self._case(incident, entries, evidence, report))
        await self._end(State.DONE, came)

    def _no_longer(self, incident: Incident) -> str:
        """Why whoever asked may not have it looked into any more; empty where they may."""
        if self._taken.by == HOLDFAST:
            return ""
        circle, by = self._deps.file.slack.circle, self._taken.by
        try:
            # that they could see it when they asked stands on its timeline; they may have left its room since
            may_start(self._taken.kind, incident, circle.rights(by, self._deps.people.get(by).guest), {by})
        except Refused as refusal:
            return refusal.sentence
        return ""

    async def _evidence(self, incident: Incident, entries: Sequence[Entry]) -> tuple[Evidence, EvidenceReport]:
        """Collected once; after a crash it is what it was."""
        if self._taken.evidence is not None and self._taken.report is not None:
            return self._taken.evidence, self._taken.report
        await self._keep(State.COLLECTING)
        deps, keys = self._deps, self._deps.file.agents.evidence
        await self.note(Step(stage=Stage.EVIDENCE, key="evidence", text="Collecting evidence", word=Word.RUNNING))
        said = people(incident, entries, _corrections(entries))
        asked = about(incident, said, deps.file.catalogue, keys.spans, deps.clock.now())
        found = await collect(deps.sources, asked, keys.seconds, deps.redactor, said=said)
        past = await remember(deps.memory, asked, keys.seconds, deps.redactor) if deps.memory else Past()
        evidence, report = await asyncio.to_thread(written, found, deps.file.catalogue, incident, past)
        await self._keep(
            State.COLLECTING, evidence=evidence.model_dump(mode="json"), report=report.model_dump(mode="json")
        )
        counted = f"{len(evidence.pieces)} pieces of evidence"
        await self.note(Step(stage=Stage.EVIDENCE, key="evidence", text=counted))
        return evidence, report

    def _well(self, incident: Incident, entries: Sequence[Entry], evidence: Evidence) -> str:
        """What was checked, where the service is seen to work; empty where it is not, or somebody wants to know more,
        or said already that it is still broken."""
        reopened = any(entry.event.kind is EventKind.REOPENED for entry in entries)
        if self._taken.by != HOLDFAST or reopened:
            return ""
        around = Surroundings(self._deps.file.catalogue, incident.service)
        rank, reporters = level_of(incident).rank, len(incident.reporters)
        seen = healthy(evidence, around, rank=rank, reporters=reporters, now=self._deps.clock.now())
        return seen.said if isinstance(seen, Healthy) else ""

    def _case(self, incident: Incident, entries: Sequence[Entry], evidence: Evidence, report: EvidenceReport) -> Case:
        """What agents are given: people by their part in it, secrets masked."""
        name, out = speaker(incident, self._deps.people, self._deps.file), leaving(self._deps)
        lines = (f"{entry.at:%Y-%m-%d %H:%M} UTC {sentence(entry.event, name)}" for entry in entries)
        return Case(
            investigation=self._taken,
            incident=incident,
            evidence=evidence,
            report=report,
            timeline=tuple(out.text(line) for line in lines),
            corrections=tuple(out.text(each.text) for each in _corrections(entries)),
        )

    async def _agents(self, case: Case) -> Came:
        """What they found, or why nothing came of it. Raises Temporary where it is not over, and is to be taken up
        again."""
        await self._keep(State.LOOKING)
        try:
            return Came(findings=await self._deps.agents.look(case, self.note, self._halted))
        except (Permanent, Refused) as error:
            log.warning("agents gave up", investigation=self._taken.id, problem=error.sentence)
            return Came(why=error.sentence, calls=isinstance(error, NeedsPerson))

    async def note(self, step: Step) -> None:
        """A line of progress, for people to see."""
        now = self._deps.clock.now()
        async with self._deps.database.write() as connection:
            await investigations.add_step(connection, self._taken.id, step, now)
            surface = f"investigation:{self._taken.id}"
            await effects.want_shown(connection, self._taken.incident_id, surface)
            if not step.agent:  # a stage begins or ends: what it has cost by then stands on the card
                await effects.want_shown(connection, self._taken.incident_id, "card")
        self._deps.wake()

    async def _halted(self) -> str:
        """Why no model may be asked any more: it was stopped, everything was, or the incident became private."""
        async with self._deps.database.read() as connection:
            if not await investigations.is_open(connection, self._taken.id):
                return STOPPED
        return await no_model(self._deps, await self._deps.incidents.by_id(self._taken.incident_id, HOLDFAST))

    async def _keep(self, state: State, **values: object) -> None:
        async with self._deps.database.write() as connection:
            await investigations.go_on(connection, self._taken.id, self._holder, state, **values)

    async def _end(self, state: State, came: Came) -> None:
        """Write down what it came to, and tell. Raises Refused where that is against the rules, which is a fault."""
        change = Change(f"investigated:{self._taken.id}", HOLDFAST, "investigated")

        async def act(connection: AsyncConnection, now: datetime) -> Outcome:
            before = await incidents.locked(connection, self._taken.incident_id)
            ends = {"ended_at": now} | ({"stopped_by": HOLDFAST} if state is State.STOPPED else {})
            await investigations.go_on(connection, self._taken.id, self._holder, state, **ends, **came.columns)
            await budget.finish(connection, self._taken.id, now)  # of a run that broke too often nobody else would
            data = {"investigation": self._taken.id, "number": str(self._taken.number), "state": state.value}
            ended = Event(kind=EventKind.INVESTIGATION_ENDED, at=now, by=HOLDFAST, data=data)
            wrote = await filled(connection, self._deps, before, came.parts, now) if came.parts else ()
            moved = Moved(incident=before, events=(ended, *wrote))
            if came.well and len(before.reporters) == 1:  # nobody else has reported it meanwhile
                well = found_healthy(before, came.well, now)
                moved = Moved(incident=well.incident, events=(*moved.events, *well.events))
            if came.calls and before.state in WORKING:
                called = escalate(before, came.why, HOLDFAST, now)
                moved = Moved(incident=called.incident, events=(*moved.events, *called.events))
            await saved(connection, change, before, moved, now, House.of(self._deps.file))
            return Outcome(ok=True, text="It has been looked into.", incident_id=before.id)

        outcome = await self._transitions.record(change, act)
        if not outcome.ok:
            raise Refused(outcome.text)


def _corrections(entries: Sequence[Entry]) -> tuple[Correction, ...]:
    """Why earlier findings were wrong, as people said."""
    wrong = (entry for entry in entries if entry.event.kind is EventKind.FINDINGS_WRONG)
    return tuple(Correction(at=entry.at, by=entry.by, text=entry.event.text) for entry in wrong)
