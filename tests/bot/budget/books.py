"""The ledger in memory, made of the rules alone: what the databases are compared with, step by step."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from bot.budget.caps import (
    Cap,
    Caps,
    Granted,
    Run,
    Settlement,
    Totals,
    Verdict,
    day_of,
    decide,
    given_back,
    settlement,
)
from bot.budget.prices import Terms, Usage
from bot.incident.model import Actor


@dataclass(frozen=True)
class Call:
    """One reservation."""

    run: Run
    day: date
    terms: Terms
    until: datetime
    promised: int
    state: str = "open"
    cost: int = 0
    estimated: bool = False


@dataclass
class Books:
    """Runs with what is kept for their last turns (None: the run is over), and calls."""

    caps: Caps
    runs: dict[str, Run] = field(default_factory=dict)
    kept: dict[str, int | None] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

    async def begin(self, run: Run, earmark: int) -> Verdict:
        verdict = decide(self.caps, self._all(run, day_of(run.started_at)), earmark)
        if isinstance(verdict, Granted):
            self.runs[run.id], self.kept[run.id] = run, earmark
        return verdict

    async def reserve(
        self, run_id: str, call: str, terms: Terms, now: datetime, until: datetime, *, last: bool
    ) -> Verdict | None:
        """None where the run is over, or the call is known."""
        run, kept = self.runs[run_id], self.kept[run_id]
        if kept is None or call in self.calls:
            return None
        day = day_of(run.started_at) if last else day_of(now)
        verdict = decide(self.caps, self._all(run, day), terms.worst, kept if last else 0)
        if isinstance(verdict, Granted):
            self.kept[run_id] = kept - verdict.promised
            self.calls[call] = Call(run=run, day=day, terms=terms, until=until, promised=verdict.promised)
        return verdict

    async def torn(self, run_id: str, call: str, terms: Terms, now: datetime) -> None:
        """What is not committed has not been."""

    async def settle(self, call: str, usage: Usage | None, now: datetime, *, complete: bool) -> Settlement:
        return self._book(call, settlement(self.calls[call].terms, usage, complete=complete), "settled")

    async def release(self, call: str, now: datetime) -> Settlement:
        return self._book(call, Settlement(cost=0, estimated=False), "settled")

    async def reap(self, now: datetime) -> list[str]:
        return self._lost(lambda call: call.until <= now)

    async def abandon(self, run_id: str, now: datetime) -> list[str]:
        return self._lost(lambda call: call.run.id == run_id)

    async def finish(self, run_id: str, now: datetime) -> Totals:
        self.kept[run_id] = None
        return await self.of_run(run_id)

    async def of_run(self, run_id: str) -> Totals:
        return self._totals(lambda run, day: run.id == run_id)

    async def of_issue(self, issue: str) -> Totals:
        return self._totals(lambda run, day: run.issue == issue)

    async def of_day(self, at: date) -> Totals:
        return self._totals(lambda run, day: day == at)

    async def of_person(self, person: Actor, at: date) -> Totals:
        return self._totals(lambda run, day: run.person == person and day == at)

    def _all(self, mine: Run, at: date) -> dict[Cap, Totals]:
        totals = {
            Cap.RUN: self._totals(lambda run, day: run.id == mine.id),
            Cap.ISSUE: self._totals(lambda run, day: run.issue == mine.issue),
            Cap.DAY: self._totals(lambda run, day: day == at),
        }
        if mine.person is not None:
            totals[Cap.PERSON] = self._totals(lambda run, day: run.person == mine.person and day == at)
        return totals

    def _totals(self, of: Callable[[Run, date], bool]) -> Totals:
        mine = [call for call in self.calls.values() if of(call.run, call.day)]
        earmarks = [self.kept[run.id] or 0 for run in self.runs.values() if of(run, day_of(run.started_at))]
        return Totals(
            spent=sum(call.cost for call in mine),
            estimated=sum(call.cost for call in mine if call.estimated),
            held=sum(call.terms.worst for call in mine if call.state == "open") + sum(earmarks),
        )

    def _book(self, id: str, booked: Settlement, state: str) -> Settlement:
        call = self.calls[id]
        if call.state == "settled":
            return Settlement(cost=call.cost, estimated=call.estimated, beyond=max(0, call.cost - call.terms.worst))
        back, kept = given_back(call.promised, booked.cost), self.kept[call.run.id]
        if kept is not None:
            self.kept[call.run.id] = kept + back
        self.calls[id] = replace(
            call, state=state, cost=booked.cost, estimated=booked.estimated, promised=call.promised - back
        )
        return booked

    def _lost(self, which: Callable[[Call], bool]) -> list[str]:
        lost = sorted(id for id, call in self.calls.items() if call.state == "open" and which(call))
        for id in lost:
            self._book(id, settlement(self.calls[id].terms, None, complete=False), "reaped")
        return lost
