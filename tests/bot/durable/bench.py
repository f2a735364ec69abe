"""A ledger with one effect over a real database, and an outside that answers as it is told."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.ledger import Ledger, Performer, Result
from bot.incident.wanted import EffectKind
from bot.settings import Timing
from bot.storage import effects
from bot.storage.db import Database
from bot.storage.effects import WAITING, Effect
from tests.clock import ManualClock

TIMING = Timing(http_timeout=4, settle=10, backoff_first=2, backoff_cap=300)


@dataclass
class Outside:
    """Somewhere that keeps what reaches it. Each answer: an error or None, and whether it landed all the same."""

    answers: Iterable[tuple[Exception | None, bool]] = ()
    looks: Iterable[Exception | None] = ()
    kept: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    landings: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._answers, self._looks = iter(self.answers), iter(self.looks)
        self.gate.set()

    async def act(self, effect: Effect) -> Result:
        error, lands = next(self._answers, (None, True))
        await self._asked("act")
        if lands:
            self.kept.append(effect.marker)
        if error is not None:
            raise error
        return {"ts": "1"}

    async def find(self, effect: Effect) -> Result | None:
        await self._asked("look")
        if error := next(self._looks, None):
            raise error
        return {"ts": "1"} if effect.marker in self.kept else None

    async def landed(self, connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
        self.landings += 1

    async def _asked(self, what: str) -> None:
        self.asked.append(what)
        self.reached.set()
        await self.gate.wait()

    def hold_only_what_is_here(self) -> asyncio.Event:
        """Whoever comes next passes; what is held already goes on when the returned gate is set."""
        held, self.gate = self.gate, asyncio.Event()
        self.gate.set()
        return held

    @property
    def performer(self) -> Performer:
        return Performer(self.act, self.find, self.landed)


@dataclass
class Bench:
    """A ledger with one effect, and the outside that it goes to."""

    database: Database
    clock: ManualClock
    outside: Outside
    effect_id: str

    async def row(self) -> Effect:
        async with self.database.read() as connection:
            effect = await effects.get(connection, self.effect_id)
        assert effect is not None
        return effect

    async def attempt(self, number: int | None = None) -> Effect:
        """The attempt whose turn it is, or that one; the row after it."""
        ledger = Ledger(self.database, self.clock, TIMING, {EffectKind.POST: self.outside.performer})
        await ledger.perform(self.effect_id, (await self.row()).attempt if number is None else number)
        return await self.row()

    async def finish(self) -> Effect:
        """Attempt after attempt, each when its time has come, until it no longer waits."""
        for _ in range(20):
            effect = await self.row()
            if effect.state != WAITING:
                return effect
            self.clock.advance(max(0.0, (effect.retry_at - self.clock.now()).total_seconds()))
            await self.attempt()
        raise AssertionError("it never ends")

    async def wait(self) -> float:
        """Seconds until the next attempt."""
        return ((await self.row()).retry_at - self.clock.now()).total_seconds()
