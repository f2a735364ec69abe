"""Items and questions that several reach for at the same moment: on both databases, each thing happens once."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from random import Random

from bot.change.lifecycle import APPROVALS, move_approval
from bot.change.model import Approval, ApprovalState, ItemState, TrackedItem
from bot.errors import Refused
from bot.storage import approvals, items
from bot.storage.counters import next_number
from bot.storage.db import Database
from tests.bot.change.examples import NOW, a_question, an_item


async def add(database: Database, item: TrackedItem) -> TrackedItem:
    """In a transaction of its own."""
    async with database.write() as connection:
        return await items.add(connection, item)


async def test_one_item_that_is_followed_by_several_at_once_is_one(database: Database) -> None:
    """All of them get the same, and no number is spent on the others."""
    found = await asyncio.gather(*(add(database, an_item(number=0)) for _ in range(6)))
    assert {item.number for item in found} == {1}
    assert (await add(database, an_item(id="i2", number=0))).number == 2


async def test_one_question_that_is_asked_by_several_at_once_is_one(database: Database) -> None:
    """Nobody is asked twice."""

    async def ask() -> Approval:
        async with database.write() as connection:
            return await approvals.ask(connection, a_question(number=0))

    assert {asked.number for asked in await asyncio.gather(*(ask() for _ in range(6)))} == {1}


async def test_a_number_that_only_a_document_names_is_not_believed(database: Database) -> None:
    """One that was given out is kept, by the first who has it; no other ever stands in the way of those to come."""
    async with database.write() as connection:
        given = await next_number(connection, "action_item")
    assert (await add(database, an_item(id="proposed", number=given))).number == given
    assert (await add(database, an_item(id="copied", number=given))).number == given + 1
    assert (await add(database, an_item(id="invented", number=given + 3))).number == given + 2
    for place in range(3, 6):
        assert (await add(database, an_item(id=f"i{place}", number=0))).number == given + place


async def test_of_several_who_take_an_item_at_once_one_has_it(database: Database) -> None:
    """The others leave it alone."""
    await add(database, an_item(state=ItemState.QUEUED))
    async with database.write() as connection:
        await items.wake(connection, "i1", NOW)

    async def take(work: str) -> object:
        async with database.write() as connection:
            return await items.take(connection, "i1", 0, work, NOW + timedelta(minutes=1))

    taken = await asyncio.gather(*(take(f"w{number}") for number in range(6)))
    assert sum(each is not None for each in taken) == 1


async def test_whoever_decides_by_what_is_past_decides_nothing(database: Database) -> None:
    """Three who each remember a question as they last saw it move it in any order: one decision, one use."""
    random = Random(20260414)
    for number in range(15):
        async with database.write() as connection:
            asked = await approvals.ask(connection, a_question(id=f"a{number}", number=0))
        remembered, path = [asked] * 3, [asked.state]
        for _ in range(12):
            who = random.randrange(3)
            if random.random() < 0.4:
                async with database.read() as connection:
                    seen = await approvals.get(connection, asked.id)
                assert seen is not None
                remembered[who] = seen
            try:
                after = move_approval(remembered[who], random.choice([*ApprovalState]))
            except Refused:
                continue
            async with database.write() as connection:
                if await approvals.decide(connection, remembered[who], after):
                    path.append(after.state)
        moves = {row[:2] for row in APPROVALS}
        assert all(pair in moves for pair in pairwise(path)), path


async def test_what_one_who_died_has_left_is_taken_up_once_more(database: Database) -> None:
    """Killed after the item was held, before anybody was told: it is found, and whoever takes it can tell."""
    await add(database, an_item(state=ItemState.QUEUED))
    async with database.write() as connection:
        await items.wake(connection, "i1", NOW)
        taken = await items.take(connection, "i1", 0, "first", NOW)
        assert taken is not None
        await items.keep(connection, taken[0].model_copy(update={"state": ItemState.HELD}), taken[1])
    async with database.write() as connection:
        assert list(await items.due(connection, NOW)) == [("i1", 1)]
        again = await items.take(connection, "i1", 1, "second", NOW)
        assert again is not None
        await items.let_go(connection, "i1", again[1], None)
        assert list(await items.due(connection, NOW)) == []
