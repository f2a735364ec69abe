"""Many agents at once, each in transactions of its own: no cap gives way, and nobody waits without end."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.budget.caps import Cap, Granted, Verdict
from bot.storage import budget
from bot.storage.db import Database
from bot.storage.tables import reservations
from tests.bot.rows import count
from tests.bot.storage.money import CAPS, HALF, LEASE, begin, dear, of_run, reserve, settle
from tests.clock import START


@pytest.mark.parametrize(
    ("runs", "issues", "people", "enough"), [(1, 1, 1, 3), (12, 1, 12, 5), (12, 12, 1, 6), (12, 12, 12, 10)]
)
async def test_what_is_left_goes_to_as_many_as_it_is_enough_for(
    database: Database, runs: int, issues: int, people: int, enough: int
) -> None:
    """Twelve at once share the cap of a run, an issue, a person or the day: as many as fit are granted, no more."""
    for number in range(runs):
        await begin(database, f"r{number}", issue=f"INC-{number % issues}", person=f"U0{number % people}")
    verdicts = await asyncio.gather(
        *(reserve(database, f"r{number % runs}", f"call{number}", dear(30)) for number in range(12))
    )
    assert sum(isinstance(verdict, Granted) for verdict in verdicts) == enough


async def test_specialists_that_reserve_at_once_share_what_is_left(database: Database) -> None:
    """Five agents in each of four runs, in parallel transactions, each for 40 % of a run: no cap gives way."""
    runs = [f"r{n}" for n in range(4)]
    for number, run in enumerate(runs):
        await begin(database, run, earmark=200_000, issue=f"INC-{number % 2}", person=f"U0{number % 2}")
    attempts = [(run, f"{run}-{agent}-{turn}") for turn in range(3) for agent in range(5) for run in runs]

    async def agent(run: str, call: str) -> Verdict:
        verdict = await reserve(database, run, call, dear(40))
        if isinstance(verdict, Granted) and call.endswith(("0", "1")):
            await settle(database, call)
        return verdict

    verdicts = await asyncio.gather(*(agent(run, call) for run, call in attempts))
    granted = sum(isinstance(verdict, Granted) for verdict in verdicts)
    assert 4 <= granted < len(attempts)
    assert await count(database, "reservations") == granted
    today = START.date()
    async with database.read() as connection:
        totals = [
            *[(Cap.RUN, await budget.of_run(connection, run)) for run in runs],
            *[(Cap.ISSUE, await budget.of_issue(connection, f"INC-{number}")) for number in range(2)],
            *[(Cap.PERSON, await budget.of_person(connection, f"U0{number}", today)) for number in range(2)],
            (Cap.DAY, await budget.of_day(connection, today)),
        ]
    assert all(0 < of.spent + of.held <= CAPS.of(cap) for cap, of in totals), totals
    for run in runs:
        assert isinstance(await reserve(database, run, f"{run}-report", dear(20), last=True), Granted)


async def test_reports_settlements_and_reaping_at_once(database: Database) -> None:
    """Nobody waits for another without end, and every promise is kept once."""
    await begin(database, "r", earmark=400_000)

    async def turn(number: int) -> Verdict:
        call = f"report{number}"
        verdict = await reserve(database, "r", call, dear(20), last=True)
        if isinstance(verdict, Granted):
            await asyncio.gather(settle(database, call, HALF), settle(database, call, HALF))
        async with database.write() as connection:
            await budget.reap(connection, START + LEASE)
        return verdict

    verdicts = await asyncio.gather(*(turn(number) for number in range(12)))
    totals = await of_run(database, "r")
    assert totals.spent == 49_992 * sum(isinstance(verdict, Granted) for verdict in verdicts)
    assert totals.spent + totals.held <= CAPS.of(Cap.RUN)
    async with database.read() as connection:
        promised = (await connection.execute(select(func.sum(reservations.c.promised)))).scalar_one()
    assert totals.held + promised == 400_000
