"""When work with an id that is known runs again: on each engine, and what dbos could not note is no end for ever."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.durable.dbos_engine import DbosEngine
from bot.durable.engine import Engine, Json
from tests.contracts.test_engine import Recorder, engine, make, recorder

__all__ = ["engine", "make", "recorder"]


@pytest.fixture
def file(tmp_path: Path) -> Callable[[], DbosEngine]:
    """Engines on one SQLite file."""
    return lambda: DbosEngine(f"sqlite:///{tmp_path / 'engine.db'}", poll=0.02)


async def test_who_submits_knows_whether_that_began_it(engine: Engine) -> None:
    """The first time it does, and then no more."""
    assert await engine.submit("work", "a", {"x": 1})
    await engine.outcome("a", 5.0)
    assert not await engine.submit("work", "a", {"x": 1})


async def test_what_ended_runs_anew_when_asked_to(engine: Engine, recorder: Recorder) -> None:
    """With what is handed over now; its newest answer is the one that counts, however often."""
    for number in range(3):
        assert await engine.submit("work", "a", {"x": number}, anew=True)
        assert await engine.outcome("a", 5.0) == {"ok": True, "got": {"x": number}}
    assert recorder.runs == ["a"] * 3


async def test_what_runs_is_not_begun_anew(engine: Engine, recorder: Recorder) -> None:
    """However often it is asked for."""
    recorder.gate.clear()
    await engine.submit("work", "a", {"x": 1})
    await engine.outcome("a", 0.05)
    assert not any([await engine.submit("work", "a", {"x": 2}, anew=True) for _ in range(3)])
    recorder.gate.set()
    assert await engine.outcome("a", 5.0) == {"ok": True, "got": {"x": 1}}
    assert recorder.runs == ["a"]


async def test_two_that_ask_anew_at_once_are_one_run(engine: Engine, recorder: Recorder) -> None:
    """Two deliveries of what was refused before."""
    await engine.submit("work", "a", {})
    await engine.outcome("a", 5.0)
    recorder.gate.clear()
    began = await asyncio.gather(*(engine.submit("work", "a", {}, anew=True) for _ in range(4)))
    recorder.gate.set()
    assert await engine.outcome("a", 5.0) is not None
    assert (sorted(began), len(recorder.runs)) == ([False, False, False, True], 2)


async def test_an_end_that_dbos_cannot_note_is_answered_and_no_end_for_ever(file: Callable[[], DbosEngine]) -> None:
    """Whoever waits reads what it came to; the same id runs again, as does its answer."""
    runs: list[str] = []

    async def work(id: str, payload: Json) -> Json:
        runs.append(id)
        return {"ok": True, "run": len(runs)} | ({"x": object()} if payload else {})

    engine = file()
    engine.register("work", work)
    await engine.start()
    assert await engine.submit("work", "a", {"breaks": 1})
    broken = await engine.outcome("a", 5.0)
    assert broken is not None
    assert broken["run"] == 1
    assert await engine.submit("work", "a", {})
    assert await engine.outcome("a", 5.0) == {"ok": True, "run": 2}
    assert not await engine.submit("work", "a", {})
    assert (await engine.outcome("a", 5.0), runs) == ({"ok": True, "run": 2}, ["a", "a"])
    await engine.stop(1.0)


async def test_what_another_process_could_not_note_runs_again(file: Callable[[], DbosEngine]) -> None:
    """Also when nobody remembers it: its broken end stands in the journal alone."""
    runs: list[str] = []

    async def work(id: str, payload: Json) -> Json:
        runs.append(id)
        return {"ok": True, "x": object()} if len(runs) == 1 else {"ok": True}

    for began in (True, True, False):
        engine = file()
        engine.register("work", work)
        await engine.start()
        assert await engine.submit("work", "a", {}) is began
        assert (await engine.outcome("a", 5.0) or {})["ok"] is True
        await engine.stop(1.0)
    assert runs == ["a", "a"]


async def test_work_that_begins_work_leaves_it_on_its_own(file: Callable[[], DbosEngine]) -> None:
    """It is begun under the id that was given, runs in our loop, and another run may begin it anew."""
    engine, loops = file(), set()

    async def outer(id: str, payload: Json) -> Json:
        return {"began": await engine.submit("inner", "inner", {}, anew=True)}

    async def inner(id: str, payload: Json) -> Json:
        loops.add(asyncio.get_running_loop())
        return {"id": id}

    engine.register("outer", outer)
    engine.register("inner", inner)
    await engine.start()
    for id in ("a", "b"):
        await engine.submit("outer", id, {})
        assert await engine.outcome(id, 5.0) == {"began": True}
        assert await engine.outcome("inner", 5.0) == {"id": "inner"}
    assert loops == {asyncio.get_running_loop()}
    await engine.stop(1.0)


async def test_a_journal_that_is_held_at_start_holds_up_nothing_else(
    file: Callable[[], DbosEngine], tmp_path: Path
) -> None:
    """While the engine waits for its tables, this process goes on answering."""
    first = file()
    await first.start()
    await first.stop(1.0)
    with closing(sqlite3.connect(tmp_path / "engine.db", isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN EXCLUSIVE")
        release = threading.Timer(1.0, other.execute, ("ROLLBACK",))
        release.start()
        second, turns = file(), 0
        starting = asyncio.create_task(second.start())
        while not starting.done():
            await asyncio.wait({starting}, timeout=0.05)
            turns += 1
        release.join()
    assert turns > 5
    await starting
    await second.stop(1.0)


async def test_what_was_accepted_before_a_crash_goes_first(file: Callable[[], DbosEngine], tmp_path: Path) -> None:
    """Else a line that somebody typed again after the crash would be undone by its older self."""
    runs: list[str] = []

    async def work(id: str, payload: Json) -> Json:
        await asyncio.sleep(0.2)
        runs.append(id)
        return {"ok": True}

    for died in (True, False):
        engine = file()
        engine.register("work", work)
        await engine.start()
        if died:
            await engine.submit("work", "a", {})
            await engine.outcome("a", 5.0)
            runs.clear()
        else:
            assert runs == ["a"]
        await engine.stop(1.0)
        with closing(sqlite3.connect(tmp_path / "engine.db")) as journal, journal:
            journal.execute("UPDATE workflow_status SET status = 'PENDING', output = NULL")
