"""The engine on dbos: the only module that imports it. One an process, as dbos keeps its state in the module."""

import asyncio
import fcntl
import sqlite3
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from contextvars import Context
from functools import partial
from itertools import count
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import structlog
from dbos import DBOS, DBOSConfig, DBOSPortableJSONSerializer, SetWorkflowID, WorkflowHandleAsync
from dbos import error as failures
from sqlalchemy.engine import make_url

from bot.clock import monotonic
from bot.durable.engine import Json, WorkflowFunction
from bot.durable.failover import Failover
from bot.errors import Permanent, Temporary
from bot.storage.db import private_file
from bot.telemetry import about

log = structlog.get_logger(__name__)

#: Pinned: the default is a hash of our sources, and after any edit work in flight would wait for ever.
APPLICATION_VERSION = "holdfast-1"
#: How many calls to one outside service this process makes at a time.
LANE_WIDTH = 4
#: How many submissions' results we keep at hand; older ones are read from the database.
RESULTS_KEPT = 1000
#: dbos makes its own threads our loop's default ones, so looking up a host's name needs one too; and while the database
#: is away, each call that waits for it sleeps in one. So many that those who wait do not stop the others.
THREADS = 128
UNSEEN = "The other replicas cannot see that this one is alive, and may take its work over."
#: What dbos calls work that has not ended.
UNFINISHED = {"PENDING", "ENQUEUED", "DELAYED"}
#: How long a start waits for what was accepted before a crash, beyond the time in which it is taken over. Seconds.
CATCH_UP = 4.0
RETRY_SECONDS = (0.1, 0.5, 1.0, 2.0, 5.0)


class DbosEngine:
    """Stores what is submitted, runs it in this loop, and takes it up again after a crash."""

    def __init__(self, url: str, *, poll: float = 0.5, takeover: float = 6.0) -> None:
        """`url` is SQLAlchemy's; on PostgreSQL dbos has a schema of its own. `poll` is in seconds (tests: 0.02).

        `takeover` is how long a replica must have been gone, in seconds, before we take its work over.
        """
        parsed = make_url(url)
        self._is_sqlite = parsed.get_backend_name() == "sqlite"
        self._file = Path(parsed.database or "") if self._is_sqlite else None
        self._url = (
            url if self._is_sqlite else parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        )
        self._poll = poll
        self._takeover = takeover
        self._lock: IO[str] | None = None
        self._failover: Failover | None = None
        self._watching: asyncio.Task[None] | None = None
        self._workflows: dict[str, WorkflowFunction] = {}
        self._lanes: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(LANE_WIDTH))
        #: What our functions answered, and the tasks that wait until dbos knows an answer; both by the work's id.
        self._answers: OrderedDict[str, Json] = OrderedDict()
        self._results: OrderedDict[str, asyncio.Task[Json]] = OrderedDict()
        #: Runs that ended here while dbos could not write it down: it takes them for running until our next start.
        self._unrecorded: set[str] = set()
        self._running: set[asyncio.Task[Any]] = set()  # Any: whatever dbos returns to itself
        #: On PostgreSQL an id of this process alone; SQLite has one process, so the same name finds its work again.
        self.executor_id = "local" if self._is_sqlite else f"r-{uuid4()}"

    def register(self, name: str, function: WorkflowFunction) -> None:
        self._workflows[name] = function

    async def start(self) -> None:
        """Raises Permanent when another process holds the same SQLite file."""
        if self._file is not None:
            self._lock = _hold(self._file.with_suffix(".lock"))
            private_file(self._file)
            with sqlite3.connect(self._file) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
            connection.close()
        config: DBOSConfig = {
            "name": "holdfast",
            "system_database_url": self._url,
            "application_version": APPLICATION_VERSION,
            "executor_id": self.executor_id,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": THREADS,
            "notification_listener_polling_interval_sec": self._poll,
            "log_level": "WARNING",
        }
        engine = DBOS(config=config)
        await self._hold_liveness()
        self._start = {
            name: DBOS.workflow(name=name, max_recovery_attempts=None)(self._durable(name)) for name in self._workflows
        }
        # dbos runs our work in the loop that it knows at launch. Launched in that loop, it would hold everything up for
        # as long as the database is away; no public call tells it the loop, and the tests hold this name to its duty.
        engine._background_event_loop.set_main_loop()
        await _apart(DBOS.launch)
        if self._failover is not None:  # only now are the tables there in which it looks
            self._watching = asyncio.create_task(self._failover.run(), name="failover")
        await self._catch_up()

    async def _catch_up(self) -> None:
        """Let what was accepted before a crash go first: newer words of the same person must not be undone by it."""
        until = monotonic() + self._takeover + CATCH_UP
        while await self._is_behind():
            if monotonic() > until:
                log.warning("older submissions still run; newer ones are taken meanwhile")
                return
            await asyncio.sleep(self._poll / 10)

    async def _is_behind(self) -> bool:
        """Whether a submission waits; calls to services, which have a lane, keep their order by their rows."""
        waiting = await DBOS.list_workflows_async(status=sorted(UNFINISHED), load_output=False)
        return any(workflow.input is not None and not workflow.input["args"][2] for workflow in waiting)

    async def _hold_liveness(self) -> None:
        """On PostgreSQL others watch whether we live, from before we take any work."""
        if self._file is None:
            self._failover = Failover(self._url, self.executor_id, self._unfinished, self._take_over, self._takeover)
            await self._failover.hold()

    async def _unfinished(self) -> set[str]:
        waiting = await DBOS.list_workflows_async(status="PENDING", load_input=False, load_output=False)
        return {workflow.executor_id for workflow in waiting if workflow.executor_id}

    async def _take_over(self, executor_id: str) -> None:
        # Public calls cannot do this without losing the work's queue; the tests hold this name to what it does.
        await _apart(partial(DBOS._recover_pending_workflows, [executor_id]))

    def _durable(self, name: str) -> Callable[[str, Json, str], Coroutine[Any, Any, Json]]:
        async def workflow(id: str, payload: Json, lane: str) -> Json:
            task = asyncio.current_task()
            assert task is not None
            self._track(task)
            async with self._lanes[lane] if lane else nullcontext():
                with about(work=id):
                    answer = await self._run(name, id, payload)
            if not lane:  # nobody asks what came of a call to a service: its row says so
                self._answers[id] = answer
            if len(self._answers) > RESULTS_KEPT:
                self._answers.popitem(last=False)
            return answer

        return workflow

    async def _run(self, name: str, id: str, payload: Json) -> Json:
        """Run it until it ends. What was accepted is not dropped because the database is away for a while.

        It is no step of dbos's: a workflow of ours is one idempotent function, so a checkpoint inside it buys nothing.
        """
        waits = iter(RETRY_SECONDS)
        while True:
            try:
                return await self._workflows[name](id, payload)
            except Temporary as error:
                log.warning("work waits for the database", workflow=name, id=id, problem=error.sentence)
                await asyncio.sleep(next(waits, RETRY_SECONDS[-1]))
            except Exception:  # The step runner: an exception that escapes ends a workflow for good, unseen
                log.exception("workflow broke", workflow=name, id=id)
                return {"ok": False, "text": f"Something went wrong inside Holdfast; it is in the log under {id}."}

    def _track(self, task: asyncio.Task[Any]) -> None:
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def submit(self, name: str, id: str, payload: Json, lane: str = "", *, anew: bool = False) -> bool:
        # In a context of its own: what is begun by other work must not be that work's child, and end with it. And whole
        # once begun, whatever becomes of whoever asks: stored but not started, it would wait for our next start.
        begin = self._begin(name, id, payload, lane, anew)
        beginning = asyncio.get_running_loop().create_task(begin, context=Context())
        self._track(beginning)
        return await asyncio.shield(beginning)

    async def _begin(self, name: str, id: str, payload: Json, lane: str, anew: bool) -> bool:
        """Begin the first run whose id is not taken, `ID`, `ID~1` and so on, unless the last one is to stay."""
        for number in count():
            run = f"{id}~{number}" if number else id
            try:
                with SetWorkflowID(run, workflow_id_reuse_policy="reject"):
                    handle = await DBOS.start_workflow_async(self._start[name], id, payload, lane)
            except failures.DBOSWorkflowIDInUseError as taken:
                runs = taken.workflow_status in UNFINISHED and run not in self._unrecorded
                if runs or (taken.workflow_status == "SUCCESS" and not anew):
                    await self._follow(id, run)
                    return False
            else:
                self._answers.pop(id, None)
                self._await(id, run, handle)
                return True
        raise AssertionError("there is always another number")

    async def _follow(self, id: str, run: str) -> None:
        """Wait for what somebody else runs, unless we do already."""
        if id not in self._answers and id not in self._results:
            self._await(id, run, await DBOS.retrieve_workflow_async(run))

    def _await(self, id: str, run: str, handle: WorkflowHandleAsync[Json]) -> None:
        task = self._results[id] = asyncio.create_task(self._result_of(handle), name=f"result {run}")
        task.add_done_callback(lambda _: self._ended(id, run, task))
        self._track(task)
        if len(self._results) > RESULTS_KEPT:
            self._results.popitem(last=False)

    def _ended(self, id: str, run: str, task: asyncio.Task[Json]) -> None:
        """Forget a result that could not be had, so that whoever asks next asks anew."""
        if not task.cancelled() and task.exception() is None:
            return
        if self._results.get(id) is task:
            del self._results[id]
        if not task.cancelled():
            log.warning("no result", id=id, problem=repr(task.exception()))
            self._unrecorded.add(run)

    async def _result_of(self, handle: WorkflowHandleAsync[Json]) -> Json:
        return await handle.get_result(polling_interval_sec=self._poll)

    async def outcome(self, id: str, timeout: float) -> Json | None:
        task = self._results.get(id)
        try:
            async with asyncio.timeout(timeout):
                if task is None and id not in self._answers:
                    return await self._stored(id)
                if task is not None:
                    await asyncio.wait({task})
        except TimeoutError:
            pass
        if id in self._answers or task is None:
            return self._answers.get(id)
        return task.result() if task.done() and not task.cancelled() and task.exception() is None else None

    async def _stored(self, id: str) -> Json:
        return await self._result_of(await DBOS.retrieve_workflow_async(id))

    def problems(self) -> Sequence[str]:
        if self._failover is None:
            return ()
        watching = self._watching is not None and not self._watching.done()
        return () if watching and self._failover.is_held else (UNSEEN,)

    async def quiet(self, timeout: float) -> bool:
        until = monotonic() + timeout
        while self._running and (left := until - monotonic()) > 0:
            await asyncio.wait(set(self._running), timeout=left)
        return not self._running

    async def stop(self, grace: float) -> None:
        await self.quiet(grace)
        left = set(self._running)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if self._watching is not None:
            self._watching.cancel()
        await _apart(partial(DBOS.destroy, destroy_registry=True))
        if self._failover is not None:
            await self._failover.release()
        if self._lock is not None:
            self._lock.close()


async def _apart(work: Callable[[], object]) -> None:
    """Run it in a thread of its own: the loop's default ones are dbos's, and may be those of an engine that stopped."""
    with ThreadPoolExecutor(1, "dbos") as thread:
        await asyncio.get_running_loop().run_in_executor(thread, work)


def engine_url(database: str) -> str:
    """Where dbos keeps its tables: a file of its own beside ours on SQLite, a schema of its own on PostgreSQL."""
    ours = make_url(database)
    if ours.get_backend_name() != "sqlite":
        return database
    return f"sqlite:///{Path(ours.database or '').resolve().with_name('engine.db')}"


def _hold(path: Path) -> IO[str]:
    """Hold the file for as long as we live: a second process on one SQLite file would share our name with dbos."""
    private_file(path)
    lock = path.open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.close()
        raise Permanent(f"Another Holdfast already runs on {path.parent}. Stop it first, or use PostgreSQL.") from error
    return lock
