"""A process that dies at any point: the next one goes on, does nothing twice, and loses no money."""

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from agents.runtime.ends import Taken
from agents.runtime.llm import Ask, Reply
from agents.runtime.loop import work
from agents.runtime.role import Role
from agents.runtime.scripted import calls, says
from agents.runtime.tool import Capability, Result, Status
from agents.runtime.transcript import load
from bot.storage import transcripts
from bot.storage.db import Database
from bot.storage.tables import proposals, reservations
from bot.storage.transcripts import Draft
from tests.agents.runtime.kit import GOOD, Bench, Cluster, Pods, Verdict, bench, pods, role
from tests.agents.runtime.mortal import Killed, Mortal

ANSWER = Verdict(verdict="The disk of k3s-2 is full.", sure=0.8)


def _script(ask: Ask) -> Reply:
    """Looks and proposes, looks once more, and answers."""
    answers = sum(message["role"] == "assistant" for message in ask.messages)
    if ask.closed:
        return says(GOOD)
    if answers:
        return says("I know enough.")
    return calls(("t1", "pods", {"namespace": "a"}), ("t2", "propose_fix", {"namespace": "fix"}))


def _role(cluster: Cluster) -> Role[Verdict]:
    async def propose(_: Pods) -> Result:
        return Result(Status.OK, {"what": "Free the disk."}, query="fix")

    fix = pods(cluster, name="propose_fix", run=propose, capability=Capability.PROPOSE)
    return role(cluster, tools=(pods(cluster), fix), may=Capability.PROPOSE)


async def _check(run: Bench) -> None:
    """Its chain is whole, it has proposed once, and every call is booked."""
    rows = await run.rows()
    assert transcripts.broken(rows) is None
    assert sum(row.role == transcripts.ANSWER for row in rows) == 1
    async with run.database.read() as connection:
        mine = select(func.count()).where(proposals.c.run_id == run.session.run.id)
        assert (await connection.execute(mine)).scalar_one() == 1
        query = select(reservations.c.state, reservations.c.cost).where(reservations.c.run_id == run.session.run.id)
        held = (await connection.execute(query)).all()
    assert {state for state, _ in held} == {"settled"}
    asked = [row.reservation_id for row in rows if row.role == transcripts.ASKED]
    assert len(asked) == len(set(asked)) == len(held)


@pytest.mark.parametrize("committed", [False, True])
async def test_at_every_persist_point(database: Database, committed: bool) -> None:
    """Whichever writing a process dies with, its successor answers as if nothing had been."""
    for dies in range(1, 50):
        run = await bench(database, _script, run=f"run-{committed}-{dies}")
        mortal = Mortal(database, dies, committed=committed)
        try:
            await work(replace(run.session, database=mortal), _role(run.cluster), "Why?")
        except Killed:
            pass
        else:
            break
        later = run.again(run.llm)
        assert await work(later.session, _role(run.cluster), "Why?") == ANSWER
        assert len(run.asked) <= 4
        await _check(run)
    assert dies > 8


async def test_while_the_model_answers(database: Database) -> None:
    """The lost request is booked at its worst, and asked again with money of its own."""

    def dies(ask: Ask) -> Reply:
        raise Killed

    run = await bench(database, dies)
    mortal = Mortal(database, 2, committed=True)
    with pytest.raises(Killed):
        await work(replace(run.session, database=mortal), _role(run.cluster), "Why?")
    assert (await run.money()).held > 0
    later = run.again((await bench(database, _script, run="other")).llm)
    assert await work(later.session, _role(run.cluster), "Why?") == ANSWER
    rows = await run.rows()
    assert [row.role for row in rows][:4] == [
        transcripts.OURS,
        transcripts.ASKED,
        transcripts.BROKEN,
        transcripts.ASKED,
    ]
    assert (await run.money()).estimated > 0
    assert (await run.money()).held == 0


async def test_cancelled_while_the_model_answers(database: Database) -> None:
    """It ends at once; what the call may have cost is booked as an estimate."""

    async def hangs(_: Ask) -> Reply:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    asked = asyncio.Event()
    run = await bench(database, hangs)
    task = asyncio.create_task(work(run.session, _role(run.cluster), "Why?"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    money = await run.money()
    assert (money.spent > 0, money.estimated, money.held) == (True, money.spent, 0)


async def test_cancelled_while_a_tool_runs(database: Database) -> None:
    """It ends at once, and the tool with it; later it is called again."""

    async def hangs(_: Pods) -> Result:
        asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        raise AssertionError

    asked, ended = asyncio.Event(), asyncio.Event()
    run = await bench(database, _script)
    run.cluster.answers = hangs
    task = asyncio.create_task(work(run.session, _role(run.cluster), "Why?"))
    await asked.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()
    run.cluster.answers = None
    assert await work(run.again(run.llm).session, _role(run.cluster), "Why?") == ANSWER
    await _check(run)


async def test_cancelled_at_any_moment(database: Database) -> None:
    """Wherever the cancellation falls, it is passed on, and what is held is settled or released."""
    for steps in range(0, 120, 7):
        run = await bench(database, _script, run=f"run-{steps}")
        task = asyncio.create_task(work(run.session, _role(run.cluster), "Why?"))
        for _ in range(steps):
            await asyncio.sleep(0)
        done = task.done()
        task.cancel()
        if not done:
            with pytest.raises(asyncio.CancelledError):
                await task
        assert (await run.money()).held == 0


async def test_two_processes_on_one_run(database: Database) -> None:
    """Who is second cannot write, and stops."""
    run = await bench(database, _script)
    async with database.read() as connection:
        first = await load(connection, run.session.run.id, "cluster")
        second = await load(connection, run.session.run.id, "cluster")
    async with database.write() as connection:
        await first.write(connection, run.clock.now(), Draft(role=transcripts.OURS))
    with pytest.raises(Taken):
        async with database.write() as connection:
            await second.write(connection, run.clock.now(), Draft(role=transcripts.OURS))
