"""The ledger of outside effects: intent first, act, record; after a lost answer wait, look for the marker, act again.

Reasoned and measured in docs/adr/0003-transitions-and-effects.md. Nothing here sleeps: an attempt that cannot go on now
writes when the next may, and ends.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Paced, Permanent, Refused, Temporary, Unsure
from bot.incident.wanted import EffectKind
from bot.settings import Timing
from bot.storage import effects
from bot.storage.db import Database
from bot.storage.effects import DONE, FAILED, WAITING, Effect, Surface

log = structlog.get_logger(__name__)

Result = dict[str, Any]  # Any: what the service answered, in our words, as JSON


@dataclass(frozen=True)
class Performer:
    """How one kind of effect is done.

    `act` does it and returns what came of it. `find` looks for it after a lost answer; None where doing it twice is
    harmless. `landed` records the result in the effect's own transaction.
    """

    act: Callable[[Effect], Awaitable[Result]]
    find: Callable[[Effect], Awaitable[Result | None]] | None
    landed: Callable[[AsyncConnection, Effect, Result, datetime], Awaitable[None]]


class Step(Enum):
    """What an attempt does next."""

    ACT = auto()
    LOOK = auto()
    WAIT = auto()


def next_step(effect: Effect, now: datetime, settle: timedelta) -> Step:
    """Act unless an earlier call may have landed; then wait until it would be visible, and look.

    An intent since `retry_at` is of a run of this very attempt that died, nobody knows how late in it: wait from now.
    """
    if effect.intent_at is None:
        return Step.ACT
    died = effect.intent_at >= effect.retry_at
    return Step.WAIT if died or now < effect.intent_at + settle else Step.LOOK


def backoff(attempt: int, timing: Timing) -> timedelta:
    """How long to wait after the given number of failed attempts."""
    return timedelta(seconds=min(timing.backoff_cap, timing.backoff_first * timing.backoff_factor ** min(attempt, 30)))


def due(waiting: Sequence[Effect], now: datetime) -> list[Effect]:
    """The effects that may start: their time has come, their landmark is there, and they are first in their line.

    Those that most others wait for come first.
    """
    coming = {(effect.incident_id, effect.provides) for effect in waiting if effect.provides}
    lines: set[tuple[str, str]] = set()
    ready = []
    for effect in waiting:
        is_first = effect.line is None or (effect.incident_id, effect.line) not in lines
        if effect.line is not None:
            lines.add((effect.incident_id, effect.line))
        if is_first and effect.retry_at <= now and (effect.incident_id, effect.needs) not in coming:
            ready.append(effect)
    wanted_by = Counter((effect.incident_id, effect.needs) for effect in waiting)
    return sorted(ready, key=lambda effect: -wanted_by[(effect.incident_id, effect.provides)] if effect.provides else 0)


def due_surfaces(stale: Sequence[Surface], now: datetime) -> list[Surface]:
    """The surfaces that may be rendered now."""
    return [surface for surface in stale if surface.retry_at <= now]


class Ledger:
    """Performs effects, each exactly once as far as the outside lets itself be asked."""

    def __init__(
        self, database: Database, clock: Clock, timing: Timing, performers: Mapping[EffectKind, Performer]
    ) -> None:
        self._database = database
        self._clock = clock
        self._timing = timing
        self._performers = performers

    async def perform(self, effect_id: str, attempt: int) -> None:
        """Make one attempt; a second run of the same attempt, after a crash, goes on where it must."""
        effect, step = await self._claim(effect_id, attempt)
        if effect is None or step is Step.WAIT:
            return
        performer = self._performers[effect.kind]
        try:
            result = await self._find(performer, effect) if step is Step.LOOK else None
            if result is None:
                result = await performer.act(effect)
            await self._landed(performer, effect, result)
        except Paced as error:
            await self._pace(effect, error.after, unsure=step is Step.LOOK)
        except Unsure as error:
            await self._later(effect, error.sentence, error.after, unsure=True)
        except Temporary as error:
            await self._later(effect, error.sentence, error.after, unsure=False)
        except (Permanent, Refused) as error:
            await self._give_up(effect, error.sentence)
        except Exception:  # The step runner: a bug must not leave an effect that nobody takes up again
            log.exception("effect broke", effect=effect.id, kind=effect.kind)
            await self._later(effect, "Something unexpected went wrong; it is in the log.", 60.0, unsure=True)

    async def _find(self, performer: Performer, effect: Effect) -> Result | None:
        with _still_unsure():
            return await performer.find(effect) if performer.find else None

    async def _claim(self, effect_id: str, attempt: int) -> tuple[Effect | None, Step]:
        async with self._database.write() as connection:
            effect = await effects.get(connection, effect_id, lock=True)
            if effect is None or effect.state != WAITING or effect.attempt != attempt:
                return None, Step.WAIT
            now = self._clock.now()
            step = next_step(effect, now, timedelta(seconds=self._timing.settle))
            if step is Step.WAIT:
                until = now + timedelta(seconds=self._timing.settle)
                await effects.change(connection, effect_id, attempt=attempt + 1, retry_at=until)
            else:
                await effects.change(connection, effect_id, intent_at=now)
            return effect, step

    async def _pace(self, effect: Effect, after: float, *, unsure: bool) -> None:
        """By our own limits it is not its turn: soon again, and no trouble that anybody should read of."""
        wait = timedelta(seconds=max(after, self._timing.settle) if unsure else after)
        values: dict[str, object] = {"attempt": effect.attempt + 1, "retry_at": self._clock.now() + wait}
        await self._write(effect, None, **(values if unsure else values | {"intent_at": None}))

    async def _later(self, effect: Effect, sentence: str, after: float, *, unsure: bool) -> None:
        wait = max(timedelta(seconds=after), backoff(effect.attempt, self._timing))
        if unsure:
            wait = max(wait, timedelta(seconds=self._timing.settle))
        values: dict[str, object] = {"attempt": effect.attempt + 1, "retry_at": self._clock.now() + wait}
        if await self._write(effect, sentence, **(values if unsure else values | {"intent_at": None})):
            log.warning("effect later", effect=effect.id, kind=effect.kind, attempt=effect.attempt, problem=sentence)

    async def _give_up(self, effect: Effect, sentence: str) -> None:
        if await self._write(effect, sentence, state=FAILED, intent_at=None, done_at=self._clock.now()):
            log.error("effect given up", effect=effect.id, kind=effect.kind, problem=sentence)

    async def _write(self, effect: Effect, sentence: str | None, **values: object) -> bool:
        """What this attempt came to, unless another one has taken the effect further; whether it was written.

        A sentence is shown on the card; None leaves there what is shown.
        """
        async with self._database.write() as connection:
            current = await effects.get(connection, effect.id, lock=True)
            if current is None or current.state != WAITING or current.attempt != effect.attempt:
                return False
            if sentence is not None:
                values["problem"] = sentence
                await effects.want_shown(connection, effect.incident_id)
            await effects.change(connection, effect.id, **values)
        return True

    async def _landed(self, performer: Performer, effect: Effect, result: Result) -> None:
        with _still_unsure():
            await self._record(performer, effect, result)

    async def _record(self, performer: Performer, effect: Effect, result: Result) -> None:
        async with self._database.write() as connection:
            current = await effects.get(connection, effect.id, lock=True)
            if current is None or current.state != WAITING:
                return
            now = self._clock.now()
            await effects.change(
                connection, effect.id, state=DONE, result=result, problem="", intent_at=None, done_at=now
            )
            await performer.landed(connection, effect, result, now)


@contextmanager
def _still_unsure() -> Iterator[None]:
    """Around what follows a call that may have landed: what fails for now takes no intent back."""
    try:
        yield
    except Paced:
        raise
    except Temporary as error:
        raise Unsure(error.sentence, error.after) from error
