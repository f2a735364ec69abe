"""Action items, changes, approvals and rounds as rows: on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.change.lifecycle import move_approval, move_item
from bot.change.model import (
    Approval,
    ApprovalState,
    Ask,
    Change,
    ChangeState,
    ItemState,
    Round,
    TrackedItem,
)
from bot.incident.model import Place
from bot.storage import approvals, changes, items, rounds
from bot.storage.db import Database

NOW = datetime(2026, 4, 14, 12, tzinfo=UTC)


def item(id: str = "i1", **values: object) -> TrackedItem:
    """An item that waits for its turn."""
    said = {"id": id, "number": 0, "action": "Add an alert", "state": ItemState.QUEUED, "changed_at": NOW}
    return TrackedItem.model_validate(said | values)


async def test_a_new_item_gets_the_next_number_and_the_same_again_is_the_first(database: Database) -> None:
    """Following a document twice makes nothing twice."""
    async with database.write() as connection:
        first = await items.add(connection, item())
        again = await items.add(connection, item())
        second = await items.add(connection, item("i2"))
    assert (first.number, again.number, second.number) == (1, 1, 2)


async def test_one_piece_of_work_has_an_item_and_goes_on_with_it_after_a_crash(database: Database) -> None:
    """Another piece is kept away until the lease is over, and whoever lost it writes nothing more."""
    async with database.write() as connection:
        await items.add(connection, item())
        await items.wake(connection, "i1", NOW)
        assert await items.due(connection, NOW) == [("i1", 0)]
        taken = await items.take(connection, "i1", 0, "item:i1:0", NOW + timedelta(minutes=1))
        assert taken is not None
        assert await items.due(connection, NOW) == []
        assert await items.take(connection, "i1", 0, "item:i1:other", NOW + timedelta(minutes=1)) is None
        again = await items.take(connection, "i1", 0, "item:i1:0", NOW + timedelta(minutes=1))
        assert again is not None
        with pytest.raises(items.Lost):
            await items.keep(connection, taken[0], taken[1])
        await items.keep(connection, move_item(again[0], ItemState.IMPLEMENTING), again[1])
        await items.let_go(connection, "i1", again[1], None)
        assert await items.due(connection, NOW + timedelta(hours=1)) == []


async def test_the_most_urgent_is_due_first(database: Database) -> None:
    """By priority, then by number; what has none comes last."""
    async with database.write() as connection:
        for id, priority in (("a", None), ("b", "P3"), ("c", "P0"), ("d", "P0")):
            await items.add(connection, item(id, priority=priority))
            await items.wake(connection, id, NOW)
        assert [id for id, _ in await items.due(connection, NOW)] == ["c", "d", "b", "a"]


async def test_of_two_who_decide_at_once_one_does(database: Database) -> None:
    """By compare-and-set: the other is told, and changes nothing."""
    asked = Approval(id="a1", number=0, ask=Ask.APPLY, item_id="i1", asked_at=NOW)
    async with database.write() as connection:
        asked = await approvals.ask(connection, asked)
    assert asked.key == "A-1"

    async def decide(state: ApprovalState, by: str) -> bool:
        async with database.write() as connection:
            return await approvals.decide(connection, asked, move_approval(asked, state, decided_by=by))

    won = await asyncio.gather(decide(ApprovalState.APPROVED, "U1"), decide(ApprovalState.REJECTED, "U2"))
    assert sorted(won) == [False, True]
    async with database.read() as connection:
        assert await approvals.pending(connection) == []
        kept = await approvals.newest(connection, "i1")
    assert kept is not None
    assert kept.decided_by == ("U1" if won[0] else "U2")


async def test_two_people_who_agree_at_once_are_two(database: Database) -> None:
    """Who agreed is part of what is compared, so that neither is lost; the second looks again."""
    asked = Approval(id="a1", number=0, ask=Ask.APPLY, item_id="i1", asked_at=NOW, people=2)
    async with database.write() as connection:
        asked = await approvals.ask(connection, asked)

    async def agree(by: str) -> bool:
        async with database.write() as connection:
            return await approvals.decide(connection, asked, asked.model_copy(update={"agreed": (by,)}))

    assert sorted(await asyncio.gather(agree("U1"), agree("U2"))) == [False, True]


async def test_a_stack_is_locked_until_what_was_applied_is_in_git(database: Database) -> None:
    """Another item's change of it waits; the item's own does not."""
    change = Change(id="c1", item_id="i1", number=1, state=ChangeState.VERIFIED, stack="stacks/a", made_at=NOW)
    async with database.write() as connection:
        await changes.save(connection, change)
        assert await changes.applying(connection, "stacks/a", "i2") == change
        assert await changes.applying(connection, "stacks/a", "i1") is None
        assert await changes.applying(connection, "stacks/b", "i2") is None
        await changes.save(connection, change.model_copy(update={"landed": "f" * 40}))
        assert await changes.applying(connection, "stacks/a", "i2") is None
        assert await changes.next_number(connection, "i1") == 2


async def test_what_waits_too_long_is_found(database: Database) -> None:
    """At its instant, and only while it waits."""
    asked = Approval(id="a1", number=0, ask=Ask.APPLY, item_id="i1", asked_at=NOW, expires_at=NOW + timedelta(hours=4))
    async with database.write() as connection:
        asked = await approvals.ask(connection, asked)
        assert await approvals.expired(connection, NOW) == []
        assert await approvals.expired(connection, NOW + timedelta(hours=4)) == [asked]


async def test_a_round_is_shown_once_it_is_said_and_edited_when_it_changes(database: Database) -> None:
    """A message that was never posted is never edited."""
    async with database.write() as connection:
        await rounds.begin(connection, Round(id="r1", document="a.md", began_at=NOW))
        assert (await rounds.open_for(connection, "a.md", "")) is not None
        await rounds.want_shown(connection, "r1")
        assert await rounds.stale(connection, NOW) == []
        await rounds.place(connection, "r1", Place(channel="C1", ts="1.1"), "digest", NOW)
        stale = await rounds.stale(connection, NOW)
        assert [each.id for each in stale] == ["r1"]
        await rounds.change(connection, "r1", shown=stale[0].wanted)
        assert await rounds.stale(connection, NOW) == []
        await rounds.end(connection, "r1", NOW)
        assert await rounds.open_for(connection, "a.md", "") is None
