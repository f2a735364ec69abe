"""Random runs on each database: it says what the ledger in memory says, step by step, and no cap is overspent."""

import contextlib
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from bot.budget.caps import Caps, Run, Settlement, Totals, Verdict
from bot.budget.prices import Terms, Usage
from bot.incident.model import Actor
from bot.storage import budget
from bot.storage.budget import Reserved, RunOver
from bot.storage.db import Database
from tests.bot.budget.books import Books
from tests.bot.budget.program import CAPS, LEASE, STEPS, Step, World
from tests.clock import START

#: Each example has days and names of its own, so that all can share one database.
EXAMPLES = itertools.count()
SHARED = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@dataclass(frozen=True)
class Stored:
    """The ledger in a database, each act in a transaction of its own. All its names begin with `name`."""

    database: Database
    caps: Caps
    name: str

    async def begin(self, run: Run, earmark: int) -> Verdict:
        async with self.database.write() as connection:
            return await budget.begin(connection, self.caps, run, earmark)

    async def reserve(
        self, run_id: str, call: str, terms: Terms, now: datetime, until: datetime, *, last: bool
    ) -> Verdict | None:
        with contextlib.suppress(RunOver, Reserved):
            async with self.database.write() as connection:
                return await budget.reserve(connection, self.caps, run_id, call, terms, now, until, last=last)
        return None

    async def torn(self, run_id: str, call: str, terms: Terms, now: datetime) -> None:
        """A process that dies before it commits."""
        async with self.database.engine.connect() as connection:
            with contextlib.suppress(RunOver):
                await budget.reserve(connection, self.caps, run_id, call, terms, now, now + LEASE)
            await connection.rollback()

    async def settle(self, call: str, usage: Usage | None, now: datetime, *, complete: bool) -> Settlement:
        async with self.database.write() as connection:
            return await budget.settle(connection, call, usage, now, complete=complete)

    async def release(self, call: str, now: datetime) -> Settlement:
        async with self.database.write() as connection:
            return await budget.release(connection, call, now)

    async def reap(self, now: datetime) -> Sequence[str]:
        async with self.database.write() as connection:
            lost = await budget.reap(connection, now)
        return [call for call in lost if call.startswith(self.name)]  # an example that failed leaves its own behind

    async def abandon(self, run_id: str, now: datetime) -> Sequence[str]:
        async with self.database.write() as connection:
            return await budget.abandon(connection, run_id, now)

    async def finish(self, run_id: str, now: datetime) -> Totals:
        async with self.database.write() as connection:
            return await budget.finish(connection, run_id, now)

    async def of_run(self, run_id: str) -> Totals:
        async with self.database.read() as connection:
            return await budget.of_run(connection, run_id)

    async def of_issue(self, issue: str) -> Totals:
        async with self.database.read() as connection:
            return await budget.of_issue(connection, issue)

    async def of_day(self, at: date) -> Totals:
        async with self.database.read() as connection:
            return await budget.of_day(connection, at)

    async def of_person(self, person: Actor, at: date) -> Totals:
        async with self.database.read() as connection:
            return await budget.of_person(connection, person, at)


async def _play(database: Database, caps: Caps, steps: Sequence[Step]) -> None:
    example = next(EXAMPLES)
    begins, name = START + timedelta(days=100 * example), f"{example}-"
    await World([Books(caps), Stored(database, caps, name)], caps, begins, name).play(steps)


@settings(max_examples=30, suppress_health_check=SHARED)
@given(CAPS, STEPS)
async def test_a_database_keeps_the_books(database: Database, caps: Caps, steps: Sequence[Step]) -> None:
    """A few of them."""
    await _play(database, caps, steps)


@pytest.mark.proof
@pytest.mark.timeout(1800)
@settings(max_examples=300, suppress_health_check=SHARED)
@given(CAPS, STEPS)
async def test_a_database_keeps_three_hundred_books(database: Database, caps: Caps, steps: Sequence[Step]) -> None:
    """The same, until it can be believed."""
    await _play(database, caps, steps)
