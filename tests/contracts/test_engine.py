"""What every engine promises, held against all three: in memory, dbos on SQLite, dbos on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.durable.dbos_engine import DbosEngine
from bot.durable.engine import Engine, Json
from bot.durable.fake import FakeEngine
from bot.errors import Permanent, Temporary
from tests import postgres

KINDS = ["fake", "sqlite", pytest.param("postgres", marks=pytest.mark.sockets)]


class Recorder:
    """A workflow that counts its runs and can be held up."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self, id: str, payload: Json) -> Json:
        self.runs.append(id)
        await self.gate.wait()
        return {"ok": True, "got": payload}


@pytest.fixture
def recorder() -> Recorder:
    """The workflow under the name `work`."""
    return Recorder()


@pytest.fixture(params=KINDS)
def make(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Engine]:
    """Makes an engine over the same storage each time, as a restarted process does."""
    kind = request.param
    if kind == "fake":
        engine = FakeEngine()
        return lambda: engine
    url = f"sqlite:///{tmp_path / 'engine.db'}"
    if kind == "postgres":
        url = postgres.fresh_database(request.getfixturevalue("postgres_server"))
    return lambda: DbosEngine(url, poll=0.02, takeover=1.0)


@pytest.fixture
async def engine(make: Callable[[], Engine], recorder: Recorder) -> AsyncIterator[Engine]:
    """A started engine that knows `work`."""
    made = make()
    made.register("work", recorder)
    await made.start()
    yield made
    recorder.gate.set()
    await made.stop(2.0)


async def test_what_is_submitted_runs_and_answers(engine: Engine) -> None:
    """The outcome is what the workflow returned."""
    await engine.submit("work", "a", {"x": 1})
    assert await engine.outcome("a", 5.0) == {"ok": True, "got": {"x": 1}}


async def test_the_same_id_is_one_run(engine: Engine, recorder: Recorder) -> None:
    """A redelivered submission changes nothing and gets the first one's answer."""
    await engine.submit("work", "a", {"x": 1})
    await engine.outcome("a", 5.0)
    await engine.submit("work", "a", {"x": 2})
    assert await engine.outcome("a", 5.0) == {"ok": True, "got": {"x": 1}}
    assert recorder.runs == ["a"]


async def test_two_racing_submissions_of_one_id_are_one_run(engine: Engine, recorder: Recorder) -> None:
    """Two deliveries at the same moment have one effect."""
    await asyncio.gather(*(engine.submit("work", "a", {"x": n}) for n in range(8)))
    await engine.outcome("a", 5.0)
    await engine.quiet(5.0)
    assert recorder.runs == ["a"]


async def test_an_outcome_that_is_not_there_yet_is_none(engine: Engine, recorder: Recorder) -> None:
    """Waiting ends in time, and the work goes on."""
    recorder.gate.clear()
    await engine.submit("work", "slow", {})
    assert await engine.outcome("slow", 0.05) is None
    recorder.gate.set()
    assert await engine.outcome("slow", 5.0) == {"ok": True, "got": {}}


async def test_whoever_submits_may_leave_at_any_moment(engine: Engine, recorder: Recorder) -> None:
    """What was stored by then also runs, now and once: a stop or a lost line leaves nothing lying until a restart."""
    for moment in range(20):
        leaving = asyncio.create_task(engine.submit("work", str(moment), {}))
        await asyncio.sleep(moment / 2000)
        leaving.cancel()
        await asyncio.wait({leaving})
    assert await engine.quiet(5.0)
    for moment in range(20):
        await engine.submit("work", str(moment), {})
        assert await engine.outcome(str(moment), 5.0) == {"ok": True, "got": {}}
    assert sorted(recorder.runs, key=int) == [str(moment) for moment in range(20)]


async def test_quiet_says_whether_work_runs(engine: Engine, recorder: Recorder) -> None:
    """It is False while something runs, and True when all is done."""
    recorder.gate.clear()
    await engine.submit("work", "slow", {})
    assert not await engine.quiet(0.05)
    recorder.gate.set()
    assert await engine.quiet(5.0)


async def test_unfinished_work_is_taken_up_after_a_restart(make: Callable[[], Engine], recorder: Recorder) -> None:
    """What was accepted and not finished runs again in the next process of the same name."""
    first = make()
    first.register("work", recorder)
    await first.start()
    recorder.gate.clear()
    await first.submit("work", "a", {"x": 1})
    await first.outcome("a", 0.05)
    if isinstance(first, DbosEngine):
        first.executor_id = "local"
    await first.stop(0.05)
    recorder.gate.set()
    second = make()
    second.register("work", recorder)
    if isinstance(second, DbosEngine):
        second.executor_id = first.executor_id if isinstance(first, DbosEngine) else ""
    await second.start()
    assert await second.outcome("a", 10.0) == {"ok": True, "got": {"x": 1}}
    assert recorder.runs == ["a", "a"]
    await second.stop(2.0)


@pytest.fixture
def files(tmp_path: Path) -> Callable[[], DbosEngine]:
    """Engines on one SQLite file."""
    return lambda: DbosEngine(f"sqlite:///{tmp_path / 'engine.db'}", poll=0.02)


async def test_a_second_process_on_one_sqlite_file_is_refused(files: Callable[[], DbosEngine]) -> None:
    """Two processes would share one name and steal each other's work; the second says so and ends."""
    first = files()
    await first.start()
    with pytest.raises(Permanent, match="Another Holdfast already runs"):
        await files().start()
    await first.stop(1.0)


async def test_work_waits_while_the_database_is_away(files: Callable[[], DbosEngine]) -> None:
    """Accepted work is not dropped because our own tables are out of reach for a moment."""
    tries: list[str] = []

    async def work(id: str, payload: Json) -> Json:
        tries.append(id)
        if len(tries) < 3:
            raise Temporary("The database does not answer right now.")
        return {"ok": True}

    engine = files()
    engine.register("work", work)
    await engine.start()
    await engine.submit("work", "a", {})
    assert await engine.outcome("a", 5.0) == {"ok": True}
    assert len(tries) == 3
    await engine.stop(1.0)


async def test_a_bug_in_a_workflow_ends_with_a_sentence(files: Callable[[], DbosEngine]) -> None:
    """No exception escapes a workflow: that would end it for good, unseen."""

    async def work(id: str, payload: Json) -> Json:
        raise ZeroDivisionError

    engine = files()
    engine.register("work", work)
    await engine.start()
    await engine.submit("work", "a", {})
    outcome = await engine.outcome("a", 5.0)
    assert outcome is not None
    assert outcome["ok"] is False
    assert "in the log under a" in outcome["text"]
    await engine.stop(1.0)


async def test_a_lane_bounds_what_runs_at_once(files: Callable[[], DbosEngine]) -> None:
    """Calls to one outside service are bounded, and another lane is not held up by them."""
    running, most = 0, 0
    gate = asyncio.Event()

    async def work(id: str, payload: Json) -> Json:
        nonlocal running, most
        running += 1
        most = max(most, running)
        if payload.get("wait"):
            await gate.wait()
        running -= 1
        return {}

    engine = files()
    engine.register("work", work)
    await engine.start()
    for number in range(20):
        await engine.submit("work", f"slow{number}", {"wait": True}, "github")
    await engine.submit("work", "quick", {}, "slack")
    assert await engine.outcome("quick", 5.0) == {}
    assert most <= 9
    gate.set()
    assert await engine.quiet(10.0)
    await engine.stop(1.0)
