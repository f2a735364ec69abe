"""Random runs: agents in parallel, cuts, retries, cancels, crashes and reaping, played on one or more ledgers at once.

The world keeps what the provider really charges, also for calls whose process died before it could tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, Protocol, TypeVar

from hypothesis import strategies as st

from bot.budget.caps import Cap, Caps, Granted, Run, Settlement, Totals, Verdict, day_of
from bot.budget.prices import Terms, Usage, cost, longest_answer
from bot.budget.shipped import PRICES
from bot.incident.model import Actor

T = TypeVar("T")

LEASE = timedelta(minutes=10)
PEOPLE: tuple[Actor | None, ...] = ("U0ANA", "U0BEN", None)


class Call(NamedTuple):
    """What the world knows of a call that was granted; `usage` is what it really used, if it was made."""

    id: str
    run: Run
    day: date
    terms: Terms
    usage: Usage | None


class Ledger(Protocol):
    """What a runtime needs of one; None where a run is over, or a call is known."""

    async def begin(self, run: Run, earmark: int) -> Verdict: ...
    async def reserve(
        self, run_id: str, call: str, terms: Terms, now: datetime, until: datetime, *, last: bool
    ) -> Verdict | None: ...
    async def torn(self, run_id: str, call: str, terms: Terms, now: datetime) -> None: ...
    async def settle(self, call: str, usage: Usage | None, now: datetime, *, complete: bool) -> Settlement: ...
    async def release(self, call: str, now: datetime) -> Settlement: ...
    async def reap(self, now: datetime) -> Sequence[str]: ...
    async def abandon(self, run_id: str, now: datetime) -> Sequence[str]: ...
    async def finish(self, run_id: str, now: datetime) -> Totals: ...
    async def of_run(self, run_id: str) -> Totals: ...
    async def of_issue(self, issue: str) -> Totals: ...
    async def of_day(self, at: date) -> Totals: ...
    async def of_person(self, person: Actor, at: date) -> Totals: ...


class Begin(NamedTuple):
    """A run begins, with so many cents for its report."""

    issue: int
    person: Actor | None
    cents: int


class Ask(NamedTuple):
    """A call is reserved, and made if `sent`; `share` is how much of the prompt, of it cached, and of the answer."""

    run: int
    terms: Terms
    last: bool
    sent: bool
    share: tuple[int, int, int]


class Answer(NamedTuple):
    """Its process says how a call went, perhaps for the second time, or after it was taken for dead."""

    call: int
    how: str


class Other(NamedTuple):
    """Time passes, a call is reserved and not committed, somebody reaps, takes over, ends a run, or asks twice."""

    what: str
    which: int


Step = Begin | Ask | Answer | Other

TERMS = st.builds(
    lambda name, prompt, most: Terms(model=name, price=PRICES[name], prompt_tokens=prompt, max_tokens=most),
    st.sampled_from(["claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5"]),
    st.sampled_from([0, 1000, 50_000, 100_000, 100_001, 200_000]),
    st.sampled_from([1, 1000, 8000, 32_000]),
)
SHARE = st.sampled_from([0, 1, 37, 50, 99, 100])
ASK = st.builds(
    Ask, st.integers(0, 9), TERMS, st.sampled_from([False, False, True]), st.booleans(), st.tuples(SHARE, SHARE, SHARE)
)
BEGIN = st.builds(Begin, st.integers(0, 1), st.sampled_from(PEOPLE), st.sampled_from([0, 10, 30, 60]))
ANSWER = st.builds(Answer, st.integers(0, 30), st.sampled_from(["whole", "whole", "cut", "silent"]))
OTHER = st.builds(
    Other,
    st.sampled_from(["minutes", "hours", "torn", "again", "reap", "abandon", "finish"]),
    st.integers(0, 30),
)
SMALL = Terms(model="claude-sonnet-5-5", price=PRICES["claude-sonnet-5-5"], prompt_tokens=0, max_tokens=1000)
CENTS = st.sampled_from([100, 150, 300, 600])
CAPS = st.builds(
    lambda *cents: Caps(**{cap.value: Decimal(c) / 100 for cap, c in zip(Cap, cents, strict=True)}),
    st.sampled_from([40, 100, 200]),
    *[CENTS] * 4,
)
#: Without a run nothing happens.
FIRST: Sequence[Step] = (Begin(0, "U0ANA", 10), Begin(0, None, 0), Begin(1, "U0ANA", 30))
STEPS = st.lists(ASK | BEGIN | ANSWER | OTHER | ASK | ANSWER, min_size=15, max_size=60).map(
    lambda steps: [*FIRST, *steps]
)


def used(terms: Terms, share: tuple[int, int, int]) -> Usage:
    """What a call on these terms uses; never more than was asked for."""
    prompt = terms.prompt_tokens * share[0] // 100
    written = prompt * share[1] // 100
    return Usage(input=prompt - written, write_5m=written, output=terms.max_tokens * share[2] // 100)


@dataclass
class World:
    """Plays steps on every ledger and sees that all say the same. `name` sets its runs apart from any other world's."""

    ledgers: Sequence[Ledger]
    caps: Caps
    now: datetime
    name: str = ""
    runs: list[Run] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    booked: dict[str, Settlement] = field(default_factory=dict)

    async def play(self, steps: Sequence[Step]) -> None:
        """Every step, and what has to hold after it; then everything ends."""
        for number, step in enumerate(steps):
            if isinstance(step, Begin):
                await self._begin(step)
            elif self.runs and isinstance(step, Ask):
                await self._ask(step)
            elif self.calls and isinstance(step, Answer):
                await self._answer(step)
            elif self.runs and isinstance(step, Other):
                await self._other(step)
            # the first is in memory and always asked; the others cost a transaction a question
            await self._check(self.ledgers if number % 8 == 0 else self.ledgers[:1])
        await self._end()

    async def _begin(self, step: Begin) -> None:
        id, issue = f"{self.name}r{len(self.runs)}", f"{self.name}INC-{step.issue}"
        run = Run(id=id, issue=issue, person=step.person, started_at=self.now)
        verdict = _same([await ledger.begin(run, step.cents * 10_000) for ledger in self.ledgers])
        if isinstance(verdict, Granted):
            self.runs.append(run)

    async def _ask(self, step: Ask) -> None:
        run, id = self.runs[step.run % len(self.runs)], f"{self.name}c{len(self.calls)}"
        verdict = await self._reserve(run, id, step.terms, last=step.last)
        if isinstance(verdict, Granted):
            day = day_of(run.started_at if step.last else self.now)
            usage = used(step.terms, step.share) if step.sent else None
            self.calls.append(Call(id, run, day, step.terms, usage))

    async def _reserve(self, run: Run, id: str, terms: Terms, *, last: bool) -> Verdict | None:
        return _same(
            [await ledger.reserve(run.id, id, terms, self.now, self.now + LEASE, last=last) for ledger in self.ledgers]
        )

    async def _answer(self, step: Answer) -> None:
        id, _, _, terms, usage = self.calls[step.call % len(self.calls)]
        if usage is None:
            booked = _same([await ledger.release(id, self.now) for ledger in self.ledgers])
        else:
            told = usage if step.how == "whole" else usage.model_copy(update={"output": usage.output // 2})
            seen = None if step.how == "silent" else told
            whole = step.how == "whole"
            booked = _same([await ledger.settle(id, seen, self.now, complete=whole) for ledger in self.ledgers])
            assert booked.cost >= cost(terms.price, usage)
        assert self.booked.setdefault(id, booked) == booked

    async def _other(self, step: Other) -> None:
        run = self.runs[step.which % len(self.runs)]
        if step.what in {"minutes", "hours"}:
            self.now += timedelta(**{step.what: step.which})
        elif step.what == "torn":
            for ledger in self.ledgers:
                await ledger.torn(run.id, f"{self.name}torn", SMALL, self.now)
        elif step.what == "again" and self.calls:
            id, mine, _, terms, _ = self.calls[step.which % len(self.calls)]
            assert await self._reserve(mine, id, terms, last=False) is None
        elif step.what == "reap":
            _same([list(await ledger.reap(self.now)) for ledger in self.ledgers])
        elif step.what == "abandon":
            _same([list(await ledger.abandon(run.id, self.now)) for ledger in self.ledgers])
        elif step.what == "finish":
            _same([await ledger.finish(run.id, self.now) for ledger in self.ledgers])

    async def _check(self, ledgers: Sequence[Ledger]) -> None:
        """No cap is overspent, and whatever is owed by anybody is spent or held."""
        for run in self.runs:
            totals = _same([await ledger.of_run(run.id) for ledger in ledgers])
            self._holds(Cap.RUN, totals, [call for call in self.calls if call.run == run])
        for issue in {run.issue for run in self.runs}:
            totals = _same([await ledger.of_issue(issue) for ledger in ledgers])
            self._holds(Cap.ISSUE, totals, [call for call in self.calls if call.run.issue == issue])
        for day in {call.day for call in self.calls} | {day_of(run.started_at) for run in self.runs}:
            mine = [call for call in self.calls if call.day == day]
            self._holds(Cap.DAY, _same([await ledger.of_day(day) for ledger in ledgers]), mine)
            for person in filter(None, PEOPLE):
                totals = _same([await ledger.of_person(person, day) for ledger in ledgers])
                self._holds(Cap.PERSON, totals, [call for call in mine if call.run.person == person])

    def _holds(self, cap: Cap, totals: Totals, calls: Sequence[Call]) -> None:
        owed = sum(cost(call.terms.price, call.usage) for call in calls if call.usage)
        assert owed <= totals.spent + totals.held <= self.caps.of(cap), (cap, owed, totals)

    async def _of_run(self, run: Run) -> Totals:
        return _same([await ledger.of_run(run.id) for ledger in self.ledgers])

    async def _end(self) -> None:
        """What was kept for reports is granted; then every call is booked once, and nothing is held."""
        self.now += LEASE
        _same([list(await ledger.reap(self.now)) for ledger in self.ledgers])
        for run in self.runs:
            kept = (await self._of_run(run)).held
            answer = longest_answer(SMALL.price, 0, kept)
            if answer:
                report = SMALL.model_copy(update={"max_tokens": answer})
                assert isinstance(await self._reserve(run, f"{run.id}-report", report, last=True), Granted)
                assert (await self._of_run(run)).held == kept
                _same([await ledger.release(f"{run.id}-report", self.now) for ledger in self.ledgers])
            _same([await ledger.finish(run.id, self.now) for ledger in self.ledgers])
            mine = [call for call in self.calls if call.run == run]
            costs = [self.booked[call.id].cost if call.id in self.booked else call.terms.worst for call in mine]
            totals = await self._of_run(run)
            assert (totals.spent, totals.held) == (sum(costs), 0)
        await self._check(self.ledgers)


def _same(answers: Sequence[T]) -> T:
    """What all of them say."""
    assert all(answer == answers[0] for answer in answers), answers
    return answers[0]
