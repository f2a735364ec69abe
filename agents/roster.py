"""Which agent answers which question: the stages of an investigation, in order, with its money and its evidence."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from agents.roles import preparing, report_writer
from agents.roles.stages import Stages
from agents.runtime.book import InvestigationBook, NoBook
from agents.runtime.breaker import Breakers
from agents.runtime.gate import Gate
from agents.runtime.llm import LLM
from agents.runtime.nonce import nonce_of
from agents.runtime.session import Book, Session
from agents.tools.box import Tools, box
from bot.budget.caps import Refusal, Run
from bot.budget.prices import price_of, worst_case
from bot.deps import AgentDeps
from bot.errors import Permanent, Refused
from bot.evidence.model import Evidence, extended
from bot.incident.model import HOLDFAST
from bot.incident.severity import Assessment
from bot.investigation.checking import check
from bot.investigation.claims import Claims, Looked
from bot.investigation.model import Findings, Investigation, Kind
from bot.ports import Case, Halted, ItemCase, Note, Prepared
from bot.storage import budget, investigations

T = TypeVar("T")

#: So many calls to the provider at once, over all runs.
AT_ONCE = 8
#: So many earlier investigations of an incident are told to a new one.
EARLIER = 2
#: The longest prompt that the report's money is kept for, in tokens; what agents are given is bounded to less.
REPORT_PROMPT = 160_000


class Roster:
    """Those who look and propose, as `bot.ports.Agents`."""

    def __init__(self, deps: AgentDeps, llm: LLM, tools: Tools = box) -> None:
        """`tools` makes those of one run."""
        self.deps = deps
        self._llm = Gate(llm, AT_ONCE)
        self._tools = tools
        self._breakers = Breakers()

    def absent(self) -> str:
        """Why no agent can look, whatever the case; empty where they can."""
        keys = self.deps.file.agents
        if keys.kill:
            return "Agents are switched off in holdfast.yml (agents.kill)."
        return self._llm.absent() or next(iter(keys.problems()), "")

    async def look(self, case: Case, note: Note, halted: Halted) -> Findings:
        """What they found, checked against the evidence. Called again after a crash, it goes on where it was.

        Raises Permanent or Refused, with a sentence for people, where nothing came of it; Temporary where somebody else
        works on it, or the database is away: then it is not over, and whoever goes on with it needs its money.
        """
        if why := self.absent():
            raise Permanent(why)
        earlier = await self._earlier(case)
        # of what is over all is still so; of what lasts, how it stood before is no evidence of how it stands
        evidence = _carried(case.evidence, earlier if case.investigation.kind is Kind.POSTMORTEM else ())
        session = await self._begin(case, evidence, note, halted)
        stages = Stages(
            session=session,
            case=case.model_copy(update={"evidence": evidence}),
            box=self._tools(self.deps, session.book, session.incident_id),
            earlier=[(each.number, each.findings) for each in earlier if each.findings],
        )
        claims = await self._finished(session.run, _WORK[case.investigation.kind](stages))
        return check(claims, session.book.evidence, case.report)

    async def prepare(self, case: ItemCase, note: Note, halted: Halted) -> Prepared:
        """A change that does what an item asks for, to be judged by gates. Errors as those of `look`."""
        if why := self.absent():
            raise Permanent(why)
        if self.deps.history is None:
            raise Permanent("There is no repository to change.")
        person = case.by if case.by and case.by != HOLDFAST else None
        run = Run(id=case.run, issue=case.issue, person=person, started_at=self.deps.clock.now())
        await self._admitted(run, 0)
        async with self.deps.database.write() as connection:
            nonce = await self._taken_up(connection, run)
        book = NoBook(run.started_at)
        session = self._session(run, case.incident or case.item.id, nonce, book, note, halted)
        work = preparing.prepared(session, case, self.deps.history, self.deps.file.repository)
        return await self._finished(run, work)

    async def _begin(self, case: Case, evidence: Evidence, note: Note, halted: Halted) -> Session:
        """Keep the money for the report, and book what a former process had under way. Raises Permanent."""
        one, now = case.investigation, self.deps.clock.now()
        run = Run(id=one.id, issue=one.incident_id, person=None if one.by == HOLDFAST else one.by, started_at=now)
        await self._admitted(run, self._earmark(one.kind))
        async with self.deps.database.write() as connection:
            nonce = await self._taken_up(connection, run)
            if evidence != case.evidence:
                await investigations.save_evidence(connection, one.id, evidence)
        book = InvestigationBook(self.deps.database, one.id, evidence)
        return self._session(run, one.incident_id, nonce, book, note, halted)

    async def _admitted(self, run: Run, earmark: int) -> None:
        """Begin the run, with so much kept for its last turn. Raises Permanent where there is no money for it."""
        async with self.deps.database.write() as connection:
            verdict = await budget.begin(connection, self.deps.file.agents.caps, run, earmark)
        if isinstance(verdict, Refusal):
            raise Permanent(verdict.sentence)

    async def _taken_up(self, connection: AsyncConnection, run: Run) -> str:
        """Book what a former process had under way, and go on with the code of its envelopes."""
        await budget.abandon(connection, run.id, run.started_at)
        return await nonce_of(connection, run.id)

    def _session(self, run: Run, incident_id: str, nonce: str, book: Book, note: Note, halted: Halted) -> Session:
        return Session(
            run=run,
            incident_id=incident_id,
            keys=self.deps.file.agents,
            database=self.deps.database,
            clock=self.deps.clock,
            llm=self._llm,
            breakers=self._breakers,
            redactor=self.deps.redactor.for_models(nonce),
            book=book,
            note=note,
            halted=halted,
            nonce=nonce,
            sleep=asyncio.sleep,
        )

    def _earmark(self, kind: Kind) -> int:
        """The most that the last turn can cost, with whichever of its models; triage has none."""
        models = self.deps.file.agents.models
        last = {Kind.TRIAGE: None, Kind.FEATURE: models.issue_responder}.get(kind, models.report_writer)
        return 0 if last is None else max(self._worst(model) for model in (last.model, last.fallback) if model)

    def _worst(self, model: str) -> int:
        price = price_of(self.deps.file.agents.all_prices, model)
        return worst_case(price, REPORT_PROMPT, report_writer.TOKENS)

    async def _finished(self, run: Run, work: Awaitable[T]) -> T:
        """What comes of the work. The run's money is free again, unless it goes on later."""
        try:
            done = await work
        except (Permanent, Refused):
            await self._finish(run)
            raise
        await self._finish(run)
        return done

    async def _finish(self, run: Run) -> None:
        async with self.deps.database.write() as connection:
            await budget.finish(connection, run.id, self.deps.clock.now())

    async def _earlier(self, case: Case) -> Sequence[Investigation]:
        """What was found out about this incident before, at most `EARLIER` of it, the newest last."""
        async with self.deps.database.read() as connection:
            all_of_it = await investigations.of_incident(connection, case.incident.id)
        done = (each for each in all_of_it if each.id != case.investigation.id and each.findings is not None)
        return sorted(done, key=lambda each: each.number)[-EARLIER:]


async def _triage(stages: Stages) -> Claims:
    """Triage alone. Raises what kept it from answering."""
    answer = await stages.triage()
    if answer is None:
        raise stages.reason
    claims = stages.claims().model_copy(update={"looked": (answer.looked,), "written": answer.written})
    return _with_severity(claims, stages.severity(answer))


async def _investigate(stages: Stages) -> Claims:
    """Triage, specialists, the historian, the report. Who has no answer is left out; raises where nobody has one."""
    triaged = await stages.triage()
    if triaged is None and await stages.unheard():
        raise stages.reason  # what rules can say is told now, not when all the others have waited as long
    found = await stages.specialists(triaged)
    looked = tuple(look.looked(who.value) for who, look in found)
    remembered = await stages.history()
    written = await stages.report(report_writer.role(stages.session.keys), _cited(looked))
    if not (triaged or found or remembered or written):
        raise stages.reason
    update = {
        "looked": (*([triaged.looked] if triaged else []), *looked),
        "remembered": remembered.remembered if remembered else (),
        "written": written.written if written else None,
    }
    return _with_severity(stages.claims().model_copy(update=update), stages.severity(triaged))


async def _postmortem(stages: Stages) -> Claims:
    """The historian and the writer, over what is known; specialists look again only where somebody asked something."""
    found = await stages.specialists(None) if stages.case.investigation.question else []
    looked = tuple(look.looked(who.value) for who, look in found)
    remembered = await stages.history()
    written = await stages.report(report_writer.postmortem_role(stages.session.keys), _cited(looked))
    if not (found or remembered or written):
        raise stages.reason
    update = {
        "looked": looked,
        "remembered": remembered.remembered if remembered else (),
        "written": written.written if written else None,
    }
    return stages.claims().model_copy(update=update)


async def _feature(stages: Stages) -> Claims:
    """The issue responder alone. Raises what kept it from answering."""
    written = await stages.responder()
    if written is None:
        raise stages.reason
    return stages.claims().model_copy(update={"written": written})


_WORK: dict[Kind, Callable[[Stages], Awaitable[Claims]]] = {
    Kind.TRIAGE: _triage,
    Kind.INVESTIGATION: _investigate,
    Kind.POSTMORTEM: _postmortem,
    Kind.FEATURE: _feature,
}


def _with_severity(claims: Claims, judged: Assessment | None) -> Claims:
    if judged is None:
        return claims
    return claims.model_copy(update={"severity": judged.level, "severity_reason": judged.reason})


def _cited(looked: Sequence[Looked]) -> list[str]:
    """What specialists rest on."""
    pieces = [each.pieces for look in looked for each in look.findings]
    pieces += [each.pieces for look in looked for each in look.hypotheses]
    return list(dict.fromkeys(id for each in pieces for id in each))


def _carried(evidence: Evidence, earlier: Sequence[Investigation]) -> Evidence:
    """With the pieces that earlier investigations had; those that say the same are there once."""
    for each in earlier:
        if each.evidence is not None:
            evidence = extended(evidence, each.evidence.pieces)
    return evidence
