"""The hand of the clock: asks what is due, and submits it. Everything that waits, waits as a row."""

import asyncio
from datetime import datetime, timedelta

import structlog

from bot.clock import Clock
from bot.durable.engine import Engine, Json
from bot.durable.ledger import due, due_surfaces
from bot.errors import Temporary
from bot.incident.wanted import GOES_ON
from bot.storage import approvals, effects, homes, investigations, items, rounds
from bot.storage.db import Database

log = structlog.get_logger(__name__)

#: How many ids we remember as submitted. One that is forgotten is submitted again, and the engine knows it.
REMEMBERED = 10_000
#: What is still due so long after it was submitted is submitted anew, in case its run ended without a word in its row.
OVERDUE = timedelta(minutes=1)


class Dispatcher:
    """Submits due effects and renderings: at every tick, and at once when woken."""

    def __init__(self, database: Database, clock: Clock, engine: Engine, only: str = "") -> None:
        """`only` as in the settings: `apply` submits what is to be applied, and nothing else."""
        self._only = only
        self._database = database
        self._clock = clock
        self._engine = engine
        self._woken = asyncio.Event()
        #: How much was submitted so far; what does not grow any more is done.
        self.begun = 0
        self._submitted: dict[str, datetime] = {}

    def wake(self) -> None:
        """There may be new work."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled, tick whenever woken."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.tick()
            except Exception:  # The hand of the clock must not fall off; what is due stays due
                log.exception("nothing dispatched")

    async def tick(self) -> int:
        """Submit everything that is due now; how much that was. A database that is away is asked again next time."""
        now = self._clock.now()
        try:
            async with self._database.read() as connection:
                ready = due(await effects.waiting(connection), now)
                stale = due_surfaces(await effects.stale(connection), now)
                old = await homes.due(connection, now)
                looks = await investigations.due(connection, now)
                todo = await items.due(connection, now, self._only)
                told = await rounds.stale(connection, now)
                late = await approvals.expired(connection, now)
                if await investigations.halted(connection):
                    ready, stale, looks = [each for each in ready if each.kind in GOES_ON], [], []
                    todo, told = [], []  # what is being applied goes on to its end; nothing new begins
        except Temporary as error:
            log.warning("nothing dispatched", problem=error.sentence)
            return 0
        if self._only == "apply":
            ready, stale, old, looks, told, late = [], [], [], [], [], []
        work = [("effect", f"fx:{e.id}:{e.attempt}", {"effect": e.id, "attempt": e.attempt}, e.service) for e in ready]
        for s in stale:
            id = f"show:{s.incident_id}:{s.name}:{s.wanted}:{s.retry_at.isoformat()}"
            work.append(("show", id, {"incident": s.incident_id, "surface": s.name}, "slack"))
        work += [("show_home", f"show:{h.id}", {"person": h.person}, "slack") for h in old]
        work += [
            ("look_into", f"look:{id}:{attempt}", {"investigation": id, "attempt": attempt}, "agents")
            for id, attempt in looks
        ]
        work += [
            ("carry_out", f"item:{id}:{attempt}", {"item": id, "attempt": attempt}, "changes") for id, attempt in todo
        ]
        work += [
            ("show_round", f"show:round:{r.id}:{r.wanted}:{r.retry_at.isoformat()}", {"round": r.id}, "slack")
            for r in told
        ]
        work += [("expire", f"expire:{a.id}", {"approval": a.id}, "slack") for a in late]
        fresh = [item for item in work if item[1] not in self._submitted or self._submitted[item[1]] <= now - OVERDUE]
        return sum([await self._submit(name, id, payload, lane, now) for name, id, payload, lane in fresh])

    async def _submit(self, name: str, id: str, payload: Json, lane: str, now: datetime) -> bool:
        """Submit one; whether it is new. The engine begins nothing twice while it runs. One failure stops no other."""
        anew = id in self._submitted
        try:
            began = await self._engine.submit(name, id, payload, lane, anew=anew)
        except Exception:  # The hand of the clock must not stop at one; what is due stays due
            log.exception("not dispatched", work=id)
            return False
        self._submitted.pop(id, None)
        self._submitted[id] = now
        if anew and began:
            log.error("work ended and left its row due; it runs again", work=id)
        while len(self._submitted) > REMEMBERED:
            del self._submitted[next(iter(self._submitted))]
        self.begun += began or not anew
        return began or not anew
