"""Random runs of the loop itself: agents side by side, cuts, retries, cancels and deaths never spend over any cap.

The provider keeps what it really charges, also for calls whose process died before it heard of them.
"""

import asyncio
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agents.runtime.breaker import Breakers
from agents.runtime.llm import Ask, Fault, Reply, Unanswered
from agents.runtime.loop import work
from agents.runtime.scripted import ScriptedLLM, calls, says
from agents.runtime.transcript import length
from bot.budget.caps import Cap, Caps, day_of
from bot.budget.prices import Usage, cost
from bot.budget.shipped import PRICES
from bot.errors import HoldfastError
from bot.storage import budget, transcripts
from bot.storage.db import Database
from tests.agents.runtime.kit import GOOD, Bench, bench, role
from tests.agents.runtime.mortal import Killed, Mortal
from tests.clock import START

EXAMPLES = itertools.count()
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


class Act(NamedTuple):
    """What becomes of a call, how much of the longest answer it uses, in percent, and how long it takes, in turns."""

    what: str
    share: int
    turns: int


class Life(NamedTuple):
    """A process: with which writing it dies (0: with none), and after how many turns its agents are cancelled."""

    dies: int
    committed: bool
    cancelled: int


ACTS = st.lists(
    st.builds(
        Act,
        st.sampled_from(["look", "look", "look", "cut", "busy", "lost", "long", "refuses", "silent", "answer"]),
        st.sampled_from([0, 1, 30, 99, 100]),
        st.integers(0, 5),
    ),
    max_size=25,
)
LIVES = st.lists(
    st.builds(Life, st.sampled_from([0, 2, 3, 5, 8, 13]), st.booleans(), st.sampled_from([0, 5, 40, 150])), max_size=2
)
CENTS = st.sampled_from([8, 15, 30, 100])
CAPS = st.builds(
    lambda *cents: Caps(**{cap.value: Decimal(c) / 100 for cap, c in zip(Cap, cents, strict=True)}),
    st.sampled_from([5, 10, 200]),
    *[CENTS] * 4,
)


@dataclass
class Provider:
    """Answers as it was told, then with the answer; `owed` is what it charges each run, and `calls` how often it did.

    A token is a byte where `tight`, and four bytes else.
    """

    acts: list[Act]
    tight: bool
    owed: dict[str, int] = field(default_factory=dict)
    calls: int = 0

    async def answer(self, run: str, ask: Ask) -> Reply:
        act = self.acts.pop(0) if self.acts else Act("answer", 0, 0)
        self.calls += 1
        reply = self._reply(act, ask)
        said = sum(length(block) for block in reply.blocks)
        size = length(ask.messages) + length(ask.tools) + length(ask.form or {}) + len(ask.system)
        output = min(ask.max_tokens, max(1, said, ask.max_tokens * act.share // 100))
        usage = Usage(write_5m=size // (1 if self.tight else 4), output=output)
        told = {"input_tokens": 0, "cache_creation_input_tokens": usage.write_5m, "output_tokens": usage.output}
        if act.what != "busy":
            self.owed[run] = self.owed.get(run, 0) + cost(PRICES[ask.model], usage)
        for _ in range(act.turns):
            await asyncio.sleep(0)
        if act.what == "busy":
            raise Unanswered(Fault.BUSY, "The model is busy.", charged=False)
        if act.what == "lost":
            raise Unanswered(Fault.AWAY, "The model took too long.", charged=True)
        if act.what == "cut":
            return replace(reply, complete=False, usage=told | {"output_tokens": 1})
        return replace(reply, usage={} if act.what == "silent" else told)

    def _reply(self, act: Act, ask: Ask) -> Reply:
        if act.what in {"look", "silent"} and not ask.closed:
            return calls((f"t{self.calls}", "pods", {"namespace": f"n{self.calls}"}))
        if act.what in {"long", "refuses"}:
            return says("…", stop_reason={"long": "max_tokens", "refuses": "refusal"}[act.what])
        return says(GOOD)


@dataclass
class World:
    """Two runs about one incident, started by one person on one day, with two agents each."""

    runs: Sequence[Bench]
    provider: Provider
    caps: Caps

    async def lives(self, life: Life) -> None:
        """A process takes up all agents, until they are done, or cancelled, or it dies."""
        mortal = Mortal(self.runs[0].database, life.dies, committed=life.committed)
        tasks = [self._agent(run, name, mortal) for run in self.runs for name in ("cluster", "report")]
        for _ in range(life.cancelled):
            await asyncio.sleep(0)
        for task in tasks if life.cancelled else ():
            task.cancel()
        for result in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(
                result, HoldfastError | Killed | asyncio.CancelledError
            ):
                raise result
        await self.check()

    def _agent(self, run: Bench, name: str, mortal: Mortal) -> asyncio.Task[object]:
        llm = ScriptedLLM(lambda ask: self._answer(run, ask))
        session = replace(run.session, database=mortal, llm=llm, breakers=Breakers())
        agent = role(run.cluster, name=name, earmarked=name == "report", max_tokens=2500, seconds=600)
        return asyncio.ensure_future(work(session, agent, "Why?"))

    async def _answer(self, run: Bench, ask: Ask) -> Reply:
        await self.check()
        return await self.provider.answer(run.session.run.id, ask)

    async def check(self) -> None:
        """No cap is overspent, and whatever is owed is spent or held."""
        one = self.runs[0].session.run
        owed = dict(self.provider.owed)  # first: what is owed by now was held before
        async with self.runs[0].database.read() as connection:
            mine = {run.session.run.id: await budget.of_run(connection, run.session.run.id) for run in self.runs}
            shared = {
                Cap.ISSUE: await budget.of_issue(connection, one.issue),
                Cap.DAY: await budget.of_day(connection, day_of(one.started_at)),
                Cap.PERSON: await budget.of_person(connection, "U0ANA", day_of(one.started_at)),
            }
        for run, totals in mine.items():
            assert totals.spent + totals.held <= self.caps.of(Cap.RUN)
            assert owed.get(run, 0) <= totals.spent + totals.held
        for cap, totals in shared.items():
            assert totals.spent + totals.held <= self.caps.of(cap), cap

    async def end(self) -> None:
        """A process that lives and is left alone ends all of it: nothing is held but what was kept for reports."""
        await self.lives(Life(0, committed=False, cancelled=0))
        for run in self.runs:
            for agent in ("cluster", "report"):
                assert transcripts.broken(await run.rows(agent)) is None
            async with run.database.write() as connection:
                await budget.finish(connection, run.session.run.id, run.clock.now())
            assert (await run.money()).held == 0


async def _play(database: Database, caps: Caps, acts: list[Act], lives: list[Life], *, tight: bool) -> None:
    example = next(EXAMPLES)
    at = START + timedelta(days=example)
    runs = [
        await bench(database, caps=caps, run=f"{example}-{n}", earmark=20_000, issue=f"INC-{example}", at=at)
        for n in range(2)
    ]
    world = World(runs, Provider(list(acts), tight), caps)
    for life in lives:
        await world.lives(life)
    await world.end()


@settings(max_examples=10, suppress_health_check=SHARED)
@given(CAPS, ACTS, LIVES, st.booleans())
async def test_no_cap_is_overspent(
    database: Database, caps: Caps, acts: list[Act], lives: list[Life], tight: bool
) -> None:
    """A few of them."""
    await _play(database, caps, acts, lives, tight=tight)


@pytest.mark.proof
@pytest.mark.timeout(3600)
@settings(max_examples=80, suppress_health_check=SHARED)
@given(CAPS, ACTS, LIVES, st.booleans())
async def test_no_cap_is_overspent_in_many_runs(
    database: Database, caps: Caps, acts: list[Act], lives: list[Life], tight: bool
) -> None:
    """The same, until it can be believed; three hundred of the ledger alone are in `tests/bot/storage`."""
    await _play(database, caps, acts, lives, tight=tight)
