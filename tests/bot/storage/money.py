"""Runs and calls for the tests of money, each act in a transaction of its own."""

from datetime import datetime, timedelta
from decimal import Decimal

from bot.budget.caps import Caps, Run, Settlement, Totals, Verdict
from bot.budget.prices import Terms, Usage
from bot.budget.shipped import PRICES
from bot.storage import budget
from bot.storage.db import Database
from tests.clock import START

CAPS = Caps(attempt=Decimal(1), run=Decimal(1), issue=Decimal("1.5"), day=Decimal(3), person=Decimal(2))
MODEL = "claude-sonnet-5-5"
#: A call that can cost ten cents, and costs five where the answer is half as long as it may be.
TERMS = Terms(model=MODEL, price=PRICES[MODEL], prompt_tokens=0, max_tokens=10_000)
HALF = Usage(input=1, output=4_999)
LEASE = timedelta(minutes=10)


def dear(cents: int) -> Terms:
    """A call that can cost so much."""
    return TERMS.model_copy(update={"max_tokens": cents * 1000})


async def begin(
    database: Database,
    run: str,
    earmark: int = 0,
    *,
    issue: str = "INC-1",
    person: str | None = "U0ANA",
    at: datetime = START,
) -> Verdict:
    """A run about INC-1, started by Ana, unless said otherwise."""
    async with database.write() as connection:
        mine = Run(id=run, issue=issue, person=person, started_at=at)
        return await budget.begin(connection, CAPS, mine, earmark)


async def reserve(
    database: Database, run: str, call: str, terms: Terms = TERMS, *, last: bool = False, at: datetime = START
) -> Verdict:
    """Hold money for a call."""
    async with database.write() as connection:
        return await budget.reserve(connection, CAPS, run, call, terms, at, at + LEASE, last=last)


async def settle(
    database: Database, call: str, usage: Usage | None = HALF, *, complete: bool = True, at: datetime = START
) -> Settlement:
    """Say what a call has used."""
    async with database.write() as connection:
        return await budget.settle(connection, call, usage, at, complete=complete)


async def release(database: Database, call: str) -> Settlement:
    """Say that a call was not made."""
    async with database.write() as connection:
        return await budget.release(connection, call, START)


async def finish(database: Database, run: str) -> Totals:
    """End a run."""
    async with database.write() as connection:
        return await budget.finish(connection, run, START)


async def of_run(database: Database, run: str) -> Totals:
    """What a run has cost and holds."""
    async with database.read() as connection:
        return await budget.of_run(connection, run)
