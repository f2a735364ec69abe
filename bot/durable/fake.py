"""An engine in memory, for tests of what runs on it: same promises, except that nothing outlives the process."""

import asyncio
from collections.abc import Sequence

from bot.durable.engine import Json, WorkflowFunction


class FakeEngine:
    """Runs each id once, in tasks of this loop; `crash` forgets the tasks and `start` takes them up again."""

    def __init__(self) -> None:
        self._workflows: dict[str, WorkflowFunction] = {}
        self._accepted: dict[str, tuple[str, Json]] = {}
        self._results: dict[str, Json] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def register(self, name: str, function: WorkflowFunction) -> None:
        self._workflows[name] = function

    async def start(self) -> None:
        for id in self._accepted:
            self._run(id)

    async def submit(self, name: str, id: str, payload: Json, lane: str = "", *, anew: bool = False) -> bool:
        if id in self._accepted and not (anew and self._results.pop(id, None) is not None):
            return False
        self._accepted[id] = (name, payload)
        self._run(id)
        return True

    async def outcome(self, id: str, timeout: float) -> Json | None:
        if task := self._tasks.get(id):
            await asyncio.wait({task}, timeout=timeout)
        return self._results.get(id)

    def problems(self) -> Sequence[str]:
        return ()

    async def quiet(self, timeout: float) -> bool:
        if self._tasks:
            await asyncio.wait(set(self._tasks.values()), timeout=timeout)
        return not self._tasks

    async def stop(self, grace: float) -> None:
        await self.quiet(grace)
        self.crash()

    def crash(self) -> None:
        """Lose every running task, as a killed process does."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()

    def _run(self, id: str) -> None:
        if id not in self._results and id not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._work(id), name=id)
            self._tasks[id] = task
            task.add_done_callback(lambda _: self._tasks.pop(id, None))

    async def _work(self, id: str) -> None:
        name, payload = self._accepted[id]
        self._results[id] = await self._workflows[name](id, payload)
