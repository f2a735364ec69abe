"""The engine's port: what a durable engine promises, in seven calls. Nothing here knows of incidents."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

#: What goes in and comes out of a workflow: JSON, so that any replica and any later version can read it.
Json = dict[str, Any]
#: Called with the submission's id and its payload. It may run again from its beginning, so it is idempotent by that id.
WorkflowFunction = Callable[[str, Json], Awaitable[Json]]


class Engine(Protocol):
    """Runs workflows once each, by id, and finishes them after a crash."""

    def register(self, name: str, function: WorkflowFunction) -> None:
        """Make `function` known as `name`; before `start`."""
        ...

    async def start(self) -> None:
        """Take up what a dead process left unfinished, then accept work. Call it in the loop that will run the work."""
        ...

    async def submit(self, name: str, id: str, payload: Json, lane: str = "", *, anew: bool = False) -> bool:
        """Store the work, then return whether this began it; it runs even if we die now.

        The same id again is nothing new, unless its run broke before its end was stored: then it runs again. With
        `anew` it also runs again after any other end; never while it is still running. `lane` names the outside service
        whose concurrency bounds it; empty means unbounded.
        """
        ...

    async def outcome(self, id: str, timeout: float) -> Json | None:
        """The newest result of submitted work, or None if there is none within `timeout` seconds."""
        ...

    def problems(self) -> Sequence[str]:
        """What keeps it from keeping its promises right now, a sentence each; empty when all is well."""
        ...

    async def quiet(self, timeout: float) -> bool:
        """Wait until nothing that this process runs is unfinished; False if it takes longer than `timeout` seconds."""
        ...

    async def stop(self, grace: float) -> None:
        """Let running work finish for up to `grace` seconds; what is left is taken up at the next start."""
        ...
