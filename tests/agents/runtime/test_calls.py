"""A call to a model: money held before each attempt, booked after it; attempts, waits, and the other model."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from agents.runtime.ends import Broke, NoAnswer, Overrun, Unreachable
from agents.runtime.llm import Ask, Fault, Reply, Unanswered
from agents.runtime.loop import work
from agents.runtime.null import NullLLM
from agents.runtime.scripted import Line, calls, says
from bot.budget.caps import Caps
from bot.budget.prices import Unpriced
from bot.settings.agents import ModelKeys
from bot.storage import transcripts
from bot.storage.db import Database
from bot.storage.tables import audit, reservations
from tests.agents.runtime.kit import CAPS, FALLBACK, GOOD, MODEL, Bench, Verdict, bench, role

BUSY = Unanswered(Fault.BUSY, "The model is busy.", charged=False)
LOST = Unanswered(Fault.AWAY, "The model took too long.", charged=True)
CUT = Reply((), "", {"input_tokens": 500, "output_tokens": 1}, complete=False, why="the model's answer broke off")
LOOK = calls(("t1", "pods", {"namespace": "a"}))


async def _held(run: Bench) -> list[dict[str, Any]]:
    """Every reservation, in the order they were made."""
    async with run.database.read() as connection:
        rows = (await connection.execute(select(reservations))).mappings().all()
    return sorted(map(dict, rows), key=lambda row: int(row["id"].rpartition(":")[2]))


def _caps(**cents: int) -> Caps:
    return Caps(**(CAPS.model_dump() | {cap: Decimal(value) / 100 for cap, value in cents.items()}))


async def test_each_attempt_has_money_of_its_own(database: Database) -> None:
    """What was refused costs nothing, what broke off the most it can have cost, what is whole what it says."""
    run = await bench(database, [BUSY, CUT, says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    rows = await _held(run)
    assert [row["state"] for row in rows] == ["settled"] * 3
    assert [row["estimated"] for row in rows] == [False, True, False]
    assert [row["cost"] for row in rows] == [0, 500 * 2 + 4000 * 10, 3000]
    assert run.waits == [1.0, 4.0]
    assert (await run.money()).held == 0


async def test_nothing_is_sent_without_a_reservation(database: Database) -> None:
    """When the model is asked, the most that it can cost is held already, and the transcript tells of it."""

    async def answer(ask: Ask) -> Reply:
        held.append((await run.money()).held)
        rows.append([row.role for row in await run.rows()])
        return says(GOOD)

    held: list[int] = []
    rows: list[list[str]] = []
    run = await bench(database, answer)
    await work(run.session, role(run.cluster), "Why?")
    assert held[0] >= 4000 * 10
    assert rows == [[transcripts.OURS, transcripts.ASKED]]


async def test_waiting_as_long_as_we_are_told(database: Database) -> None:
    """Up to a minute, and never past the time for looking."""
    slow = Unanswered(Fault.BUSY, "The model is busy.", charged=False, after=3600)
    run = await bench(database, [replace_after(slow, 7), says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert run.waits == [7]
    run = await bench(database, [slow, says(GOOD)], run="run-2")
    await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert run.waits == [60]
    assert "waiting 60 s: The model is busy." in [step.text for step in run.steps]
    run = await bench(database, [slow, says(GOOD)], run="run-3")
    await work(run.session, role(run.cluster, seconds=60), "Why?")
    assert (run.waits, run.asked[-1].model) == ([], FALLBACK)


def replace_after(error: Unanswered, after: float) -> Unanswered:
    """The same, with another time to wait."""
    return Unanswered(error.fault, error.sentence, charged=error.charged, after=after)


async def test_a_storm(database: Database) -> None:
    """Three attempts with each model, then it is over; it cost nothing, and both are left alone for a while."""
    run = await bench(database, [BUSY] * 20)
    with pytest.raises(Unreachable, match="busy"):
        await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert [ask.model for ask in run.asked] == [MODEL] * 3 + [FALLBACK] * 3
    assert (await run.money()).spent == 0
    with pytest.raises(Unreachable, match="not asked now"):
        await work(run.session, role(run.cluster, name="network"), "Why?")
    assert len(run.asked) == 6
    run.clock.advance(61)
    with pytest.raises(Unreachable):
        await work(run.session, role(run.cluster, name="network"), "Why?")
    assert len(run.asked) == 8  # one each finds out


async def test_the_other_model_only_where_it_can_be_paid(database: Database) -> None:
    """A fallback that costs more than is left is not asked."""
    dear = ModelKeys(model=MODEL, fallback="claude-fable-5")
    run = await bench(database, [BUSY] * 3, caps=_caps(run=6))
    with pytest.raises(Unreachable):
        await work(run.session, role(run.cluster, model=dear, seconds=240), "Why?")
    assert [ask.model for ask in run.asked] == [MODEL] * 3


async def test_a_key_that_is_wrong_is_told_at_once(database: Database) -> None:
    """Nothing is tried again, and no other model."""
    run = await bench(database, [Unanswered(Fault.BARRED, "The API does not take our key.", charged=False)])
    with pytest.raises(Unreachable, match="key"):
        await work(run.session, role(run.cluster), "Why?")
    assert len(run.asked) == 1


async def test_a_model_that_there_is_not(database: Database) -> None:
    """The other one is asked."""
    run = await bench(database, [Unanswered(Fault.UNKNOWN, "No such model.", charged=False), says(GOOD)])
    assert isinstance(await work(run.session, role(run.cluster), "Why?"), Verdict)
    assert [ask.model for ask in run.asked] == [MODEL, FALLBACK]


async def test_no_model_at_all(database: Database) -> None:
    """It says why."""
    run = await bench(database, NullLLM("There is no key."))
    with pytest.raises(Unreachable, match="There is no key"):
        await work(run.session, role(run.cluster), "Why?")
    assert (await run.money()).spent == 0


@pytest.mark.parametrize("keys", [ModelKeys(model="claude-9"), ModelKeys(model=MODEL, fallback="claude-9")])
async def test_a_model_without_a_price(database: Database, keys: ModelKeys) -> None:
    """Nothing is sent, also where only the fallback has none."""
    run = await bench(database, [says(GOOD)])
    with pytest.raises(Unpriced):
        await work(run.session, role(run.cluster, model=keys), "Why?")
    assert run.asked == []


async def test_a_shorter_answer_where_money_is_short(database: Database) -> None:
    """As much is asked for as can be paid."""
    run = await bench(database, [says(GOOD)], caps=_caps(run=5))
    await work(run.session, role(run.cluster, max_tokens=8000), "Why?")
    (row,) = await _held(run)
    assert 1024 <= run.asked[0].max_tokens < 8000
    assert row["amount"] <= 50_000


async def test_no_money_for_looking_is_enough_for_the_answer(database: Database) -> None:
    """Where another look costs too much, the last turn comes, which the run kept money for."""
    usage = {"input_tokens": 1000, "output_tokens": 4000}
    lines: list[Line] = [replace(LOOK, usage=usage), says(GOOD)]
    run = await bench(database, lines, caps=_caps(run=13), earmark=80_000)
    await work(run.session, role(run.cluster, earmarked=True), "Why?")
    assert [ask.closed for ask in run.asked] == [False, True]
    assert (await run.money()).spent == 42_000 + 3000


async def test_no_money_at_all(database: Database) -> None:
    """It says which cap it was, and asks nothing."""
    run = await bench(database, [says(GOOD)], caps=_caps(day=1))
    with pytest.raises(Broke, match="All runs of a day may cost"):
        await work(run.session, role(run.cluster), "Why?")
    assert run.asked == []


async def test_more_used_than_asked_for_ends_the_run(database: Database) -> None:
    """It is booked, kept in the audit log, and no agent goes on."""
    run = await bench(database, [says(GOOD, {"input_tokens": 10, "output_tokens": 400_000})])
    with pytest.raises(Overrun):
        await work(run.session, role(run.cluster), "Why?")
    assert (await run.money()).spent == 4_000_020
    async with database.read() as connection:
        acts = (await connection.execute(select(audit.c.act))).scalars().all()
    assert acts == ["agent_overran"]
    for name in ("cluster", "network"):
        with pytest.raises(Overrun):
            await work(run.again(run.llm).session, role(run.cluster, name=name), "Why?")
    assert len(run.asked) == 1


@pytest.mark.parametrize(
    "usage",
    [
        {},
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": -5, "output_tokens": -5},
        {"input_tokens": 10**12, "output_tokens": 1},
        {"input_tokens": "many", "output_tokens": None},
        {"input_tokens": float("nan"), "output_tokens": 1},
    ],
)
async def test_odd_usage_is_booked_as_the_worst(database: Database, usage: dict[str, Any]) -> None:
    """It makes no call cheaper; and the answer, where it is one, counts."""
    run = await bench(database, lambda ask: says(GOOD, usage))
    try:
        await work(run.session, role(run.cluster), "Why?")
    except Unreachable:
        assert usage["input_tokens"] != usage["input_tokens"]  # what is no JSON is no answer
    rows = await _held(run)
    assert all(row["estimated"] and row["cost"] == row["amount"] for row in rows)


@pytest.mark.parametrize(
    "reply",
    [
        replace(LOOK, blocks=({"type": "tool_use", "id": "", "name": "pods", "input": {}},)),
        replace(LOOK, blocks=({"type": "tool_use", "id": "a", "name": "pods", "input": []},)),
        replace(LOOK, blocks=({"type": "tool_use", "id": "a b", "name": "pods", "input": {}},)),
        calls(("a", "pods", {"namespace": "a"}), ("a", "pods", {"namespace": "b"})),
        says("\ud800"),
        says("x", stop_reason="a\x00b"),
    ],
)
async def test_what_makes_no_sense_is_no_answer(database: Database, reply: Reply) -> None:
    """It is booked as broken off, nothing of it runs or is kept, and it is asked again."""
    run = await bench(database, [reply, says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert run.cluster.asked == []
    assert [row.role for row in await run.rows()][2] == transcripts.BROKEN


async def test_a_role_that_is_too_late(database: Database) -> None:
    """A model that does not answer in time ends this role, and what it may have cost is booked."""

    async def hangs(_: Ask) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError

    run = await bench(database, hangs)
    with pytest.raises(NoAnswer, match="had no answer within"):
        await work(run.session, role(run.cluster, seconds=3), "Why?")
    (row,) = await _held(run)
    assert (row["estimated"], row["cost"]) == (True, row["amount"])
