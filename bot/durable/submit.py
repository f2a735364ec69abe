"""The door to the engine: a submission is stored, and its outcome waited for while somebody waits for an answer."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bot.clock import monotonic
from bot.durable.engine import Engine, Json
from bot.ports import Outcome

#: How many refused submissions we remember, so that the same form may be sent again.
REMEMBERED = 1000


class Submit:
    """Stores a submission, then waits up to `patience` seconds for its outcome: Slack wants an answer within three."""

    def __init__(self, engine: Engine, patience: float, track: Callable[[Coroutine[Any, Any, Any], str], None]) -> None:
        """`track` holds what is left to run beside us."""
        self._engine = engine
        self._patience = patience
        self._track = track
        self._refused: dict[str, int] = {}

    async def __call__(self, workflow: str, id: str, payload: Json) -> Outcome:
        """The same id again answers the same; one that was refused is asked anew."""
        began = monotonic()
        asked, id = id, f"{id}#{self._refused[id]}" if id in self._refused else id
        storing = asyncio.ensure_future(self._engine.submit(workflow, id, payload))
        done, _ = await asyncio.wait({storing}, timeout=self._patience)
        if not done:
            self._track(_finish(storing), f"storing {id}")
            words = "Storage is slow right now. Please look in a minute whether it happened before you repeat it."
            return Outcome(ok=False, pending=True, text=words)
        storing.result()
        result = await self._engine.outcome(id, max(0.0, self._patience - (monotonic() - began)))
        if result is None:
            return Outcome(ok=True, pending=True, text="It is stored and will happen; no need to repeat it.")
        outcome = Outcome.model_validate(result)
        if not outcome.ok:  # nothing was done, and what stood in the way may be gone when they try again
            self._refused[asked] = self._refused.get(asked, 0) + 1
            while len(self._refused) > REMEMBERED:
                del self._refused[next(iter(self._refused))]
        return outcome


async def _finish(storing: asyncio.Future[None]) -> None:
    await storing
