"""Money over a real database of each kind: held before a call, settled after it, never overspent and never lost."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bot.budget.caps import Cap, Granted, Refusal, Settlement, Totals
from bot.budget.prices import Usage
from bot.budget.shipped import PRICES
from bot.storage import budget
from bot.storage.budget import Reserved, RunOver
from bot.storage.db import Database
from tests.bot.rows import count
from tests.bot.storage.money import CAPS, LEASE, MODEL, TERMS, begin, dear, finish, of_run, release, reserve, settle
from tests.clock import START


async def test_money_is_held_and_then_spent(database: Database) -> None:
    """The worst case before the call; after it, what it was, for the run, its issue, its day and its person alike."""
    assert await begin(database, "r", earmark=200_000) == Granted(amount=200_000)
    assert await reserve(database, "r", "a") == Granted(amount=100_000)
    assert await of_run(database, "r") == Totals(held=300_000)
    assert await settle(database, "a") == Settlement(cost=49_992, estimated=False)
    await reserve(database, "r", "b")
    await settle(database, "b", None)
    totals = Totals(spent=149_992, estimated=100_000, held=200_000)
    async with database.read() as connection:
        assert await budget.of_run(connection, "r") == totals
        assert await budget.of_issue(connection, "INC-1") == totals
        assert await budget.of_day(connection, START.date()) == totals
        assert await budget.of_person(connection, "U0ANA", START.date()) == totals
        for nothing in (
            budget.of_run(connection, "other"),
            budget.of_issue(connection, "INC-2"),
            budget.of_day(connection, START.date() + timedelta(days=1)),
            budget.of_person(connection, "U0BEN", START.date()),
        ):
            assert await nothing == Totals()
    assert await finish(database, "r") == Totals(spent=149_992, estimated=100_000)
    assert totals.left(CAPS.of(Cap.RUN)) == 650_008


@pytest.mark.parametrize(
    ("cap", "others", "still"),
    [
        (Cap.RUN, [], 10),
        (Cap.ISSUE, [("INC-1", "U0BEN")], 5),
        (Cap.ISSUE, [("INC-1", "U0BEN"), ("INC-1", "U0EVA")], 0),
        (Cap.PERSON, [("INC-2", "U0ANA"), ("INC-3", "U0ANA")], 0),
        (Cap.DAY, [("INC-2", "U0BEN"), ("INC-3", "U0EVA"), ("INC-4", "U0DAN")], 0),
    ],
)
async def test_each_cap_says_no(database: Database, cap: Cap, others: list[tuple[str, str]], still: int) -> None:
    """Other runs take of what the cap is on; as many calls as still fit are granted, and not one more."""
    for number, (issue, person) in enumerate(others):
        await begin(database, f"other{number}", issue=issue, person=person)
        for call in range(10):
            await reserve(database, f"other{number}", f"{number}-{call}")
    await begin(database, "r")
    for call in range(still):
        assert isinstance(await reserve(database, "r", f"mine{call}"), Granted)
    refused = await reserve(database, "r", "more")
    assert isinstance(refused, Refusal)
    assert (refused.cap, refused.left) == (cap, 0)


async def test_a_day_and_a_person_begin_anew_at_midnight(database: Database) -> None:
    """Theirs are caps a day; a run and an issue go on."""
    for number in (2, 3):
        await begin(database, f"r{number}", issue=f"INC-{number}")
        for call in range(10):
            await reserve(database, f"r{number}", f"{number}-{call}")
    await begin(database, "r")
    assert isinstance(await reserve(database, "r", "today"), Refusal)
    tomorrow = START + timedelta(days=1)
    assert isinstance(await reserve(database, "r", "tomorrow", at=tomorrow), Granted)
    refused = await reserve(database, "r2", "2-again", at=tomorrow)
    assert isinstance(refused, Refusal)
    assert refused.cap is Cap.RUN


async def test_nobody_is_no_person(database: Database) -> None:
    """What starts by itself is held to the day's cap, and no two of them to one person's."""
    for number in range(3):
        await begin(database, f"r{number}", issue=f"INC-{number}", person=None)
        for call in range(10):
            assert isinstance(await reserve(database, f"r{number}", f"{number}-{call}"), Granted)
    refused = await begin(database, "more", earmark=1, issue="INC-9", person=None)
    assert isinstance(refused, Refusal)
    assert refused.cap is Cap.DAY


async def test_a_run_that_cannot_end_with_a_report_does_not_begin(database: Database) -> None:
    """Its last turn is more than what is left."""
    await begin(database, "r", earmark=900_000)
    assert isinstance(await begin(database, "second", earmark=600_001), Refusal)
    with pytest.raises(RunOver):
        await reserve(database, "second", "a")


async def test_the_report_is_paid_for(database: Database) -> None:
    """The run spends all the rest; its last turn is granted, a longer one is not."""
    await begin(database, "r", earmark=200_000)
    verdicts = [await reserve(database, "r", f"a{n}") for n in range(9)]
    assert [isinstance(verdict, Granted) for verdict in verdicts] == [True] * 8 + [False]
    refused = await reserve(database, "r", "long", dear(21), last=True)
    assert isinstance(refused, Refusal)
    assert (refused.cap, refused.left) == (Cap.RUN, 200_000)
    assert await reserve(database, "r", "report", dear(20), last=True) == Granted(amount=200_000, promised=200_000)
    assert await of_run(database, "r") == Totals(held=1_000_000)


async def test_a_report_that_was_refused_is_tried_again(database: Database) -> None:
    """A 429 costs nothing, so that the promise is whole again; what broke off has used its part."""
    await begin(database, "r", earmark=200_000)
    for n in range(8):
        await reserve(database, "r", f"a{n}")
    for attempt in range(3):
        await reserve(database, "r", f"report{attempt}", dear(20), last=True)
        await release(database, f"report{attempt}")
    assert await of_run(database, "r") == Totals(held=1_000_000)
    await reserve(database, "r", "report", TERMS.model_copy(update={"prompt_tokens": 5000}), last=True)
    await settle(database, "report", Usage(input=5000), complete=False)
    assert await of_run(database, "r") == Totals(spent=110_000, estimated=110_000, held=890_000)
    refused = await reserve(database, "r", "again", dear(10), last=True)
    assert isinstance(refused, Refusal)
    assert refused.left == 90_000
    assert isinstance(await reserve(database, "r", "shorter", dear(9), last=True), Granted)


async def test_a_report_after_midnight_counts_on_the_day_it_was_promised(database: Database) -> None:
    """That day's money is kept for it; the new day's may be gone."""
    await begin(database, "r", earmark=200_000)
    tomorrow = START + timedelta(days=1)
    for number in (2, 3):
        await begin(database, f"r{number}", issue=f"INC-{number}", at=tomorrow)
        for call in range(10):
            await reserve(database, f"r{number}", f"{number}-{call}", at=tomorrow)
    assert isinstance(await reserve(database, "r", "more", at=tomorrow), Refusal)
    assert isinstance(await reserve(database, "r", "report", dear(20), last=True, at=tomorrow), Granted)
    async with database.read() as connection:
        assert await budget.of_person(connection, "U0ANA", START.date()) == Totals(held=200_000)
        assert await budget.of_person(connection, "U0ANA", tomorrow.date()) == Totals(held=2_000_000)


async def test_a_run_that_is_over_frees_what_it_kept(database: Database) -> None:
    """It spends nothing more; a call that was under way is settled all the same, and its promise is not kept anew."""
    await begin(database, "r", earmark=200_000)
    await reserve(database, "r", "report", TERMS, last=True)
    assert await finish(database, "r") == Totals(held=100_000)
    await settle(database, "report")
    assert await finish(database, "r") == Totals(spent=49_992)
    with pytest.raises(RunOver):
        await reserve(database, "r", "b")


async def test_a_run_begins_once(database: Database) -> None:
    """Whoever takes it up again finds what is kept for it, and keeps nothing twice."""
    await begin(database, "r", earmark=200_000)
    await reserve(database, "r", "report", TERMS, last=True)
    assert await begin(database, "r", earmark=200_000) == Granted(amount=100_000)
    assert await of_run(database, "r") == Totals(held=200_000)


async def test_a_call_is_reserved_once(database: Database) -> None:
    """It may have been made, so a second one under its name is not; another attempt has a name of its own."""
    await begin(database, "r")
    await reserve(database, "r", "a")
    for _ in range(2):
        with pytest.raises(Reserved):
            await reserve(database, "r", "a")
        await settle(database, "a")
    assert await of_run(database, "r") == Totals(spent=49_992)
    assert await count(database, "reservations") == 1


async def test_a_call_is_settled_once(database: Database) -> None:
    """The first word counts; whoever says it again is told what was booked."""
    await begin(database, "r")
    await reserve(database, "r", "a")
    booked = await settle(database, "a", Usage(input=100_000, output=10_000))
    assert booked == Settlement(cost=300_000, estimated=False, beyond=200_000)
    assert await settle(database, "a", None) == booked
    assert await release(database, "a") == booked
    assert await of_run(database, "r") == Totals(spent=300_000)


async def test_what_a_dead_process_held_is_booked_at_its_worst(database: Database) -> None:
    """After its lease and not before; what others hold stays held."""
    await begin(database, "r")
    await reserve(database, "r", "a")
    await reserve(database, "r", "b", at=START + timedelta(seconds=1))
    for wait, lost in ((timedelta(minutes=9), []), (LEASE, ["a"]), (LEASE, [])):
        async with database.write() as connection:
            assert await budget.reap(connection, START + wait) == lost
    assert await of_run(database, "r") == Totals(spent=100_000, estimated=100_000, held=100_000)


async def test_a_process_that_lives_after_all_says_better(database: Database) -> None:
    """Once: its word replaces the estimate, and frees what the report can have again."""
    await begin(database, "r", earmark=100_000)
    await reserve(database, "r", "report", TERMS, last=True)
    async with database.write() as connection:
        await budget.reap(connection, START + LEASE)
    assert await of_run(database, "r") == Totals(spent=100_000, estimated=100_000)
    await settle(database, "report")
    assert await of_run(database, "r") == Totals(spent=49_992, held=50_008)


async def test_whoever_takes_a_run_over_does_not_wait(database: Database) -> None:
    """The calls of its former process are lost at once, and no other run's."""
    for run in ("r", "other"):
        await begin(database, run)
        await reserve(database, run, f"{run}-a")
    async with database.write() as connection:
        assert await budget.abandon(connection, "r", START) == ["r-a"]
    assert (await of_run(database, "r")).held == 0
    assert (await of_run(database, "other")).held == 100_000


async def test_what_is_not_committed_holds_nothing(database: Database) -> None:
    """A process that dies while it reserves has not called either."""
    await begin(database, "r")
    async with database.engine.connect() as connection:
        await budget.reserve(connection, CAPS, "r", "a", TERMS, START, START + LEASE)
        await connection.rollback()
    assert await of_run(database, "r") == Totals()
    assert await reserve(database, "r", "a") == Granted(amount=100_000)


async def test_a_call_is_settled_at_the_price_it_was_made_at(database: Database) -> None:
    """However often prices are written anew meanwhile."""
    await begin(database, "r")
    price = PRICES[MODEL].model_copy(update={"output": Decimal("0.000001")})
    await reserve(database, "r", "a", TERMS.model_copy(update={"price": price, "prompt_tokens": 7}))
    assert (await settle(database, "a", Usage(input=1, output=1))).cost == 3
