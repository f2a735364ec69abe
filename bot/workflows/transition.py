"""One change, in one transaction: the incident, its timeline, the audit entry and a row for each effect outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Refused
from bot.incident.consequences import consequences
from bot.incident.model import Actor, Incident, Moved
from bot.ports import Outcome
from bot.storage import audit, effects, incidents, quotes, submissions
from bot.storage.db import Database

T = TypeVar("T")
Decide = Callable[[Incident, datetime], Moved]
#: From the number that the incident will have, and the time, to the new incident.
Create = Callable[[str, int, datetime], Moved]
Say = Callable[[Incident], str]
Load = Callable[[AsyncConnection, datetime], Awaitable[tuple[Incident | None, Moved]]]


@dataclass(frozen=True)
class Change:
    """A submission on its way into the database. `act` is the story's name, `actor` who asked."""

    submission: str
    actor: Actor
    act: str


class Transitions:
    """Applies what a story decides. Never calls the outside; `wake` is called when there is new work."""

    def __init__(self, database: Database, clock: Clock, owner: Actor | None, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner
        self._wake = wake

    async def create(self, change: Change, create: Create, say: Say) -> Outcome:
        """A new incident; its id follows from the submission, so that a second run finds the first."""

        async def load(connection: AsyncConnection, now: datetime) -> tuple[None, Moved]:
            number = await incidents.next_number(connection, "incident")
            return None, create(str(uuid5(NAMESPACE_URL, change.submission)), number, now)

        return await self._apply(change, load, say)

    async def apply(self, change: Change, incident_id: str, decide: Decide, say: Say) -> Outcome:
        """Decide about the incident as it stands now, while nobody else can change it."""

        async def load(connection: AsyncConnection, now: datetime) -> tuple[Incident, Moved]:
            before = await incidents.locked(connection, incident_id)
            return before, decide(before, now)

        return await self._apply(change, load, say)

    async def apply_with(
        self,
        change: Change,
        incident_id: str,
        fetch: Callable[[AsyncConnection], Awaitable[T]],
        decide: Callable[[Incident, T, datetime], Moved],
        say: Say,
    ) -> Outcome:
        """As `apply`, for a decision that needs something more from the same transaction, such as the timeline."""

        async def load(connection: AsyncConnection, now: datetime) -> tuple[Incident, Moved]:
            before = await incidents.locked(connection, incident_id)
            return before, decide(before, await fetch(connection), now)

        return await self._apply(change, load, say)

    async def _apply(self, change: Change, load: Load, say: Say) -> Outcome:
        try:
            async with self._database.write() as connection:
                now = self._clock.now()
                earlier = await submissions.claim(connection, change.submission, now)
                if earlier is not None:
                    return earlier
                before, moved = await load(connection, now)
                incident = await self._save(connection, change, before, moved, now)
                outcome = Outcome(ok=True, text=say(incident), incident_id=incident.id)
                await submissions.answer(connection, change.submission, outcome)
        except Refused as refusal:
            return Outcome(ok=False, text=refusal.sentence, fields=dict(refusal.fields))
        self._wake()
        return outcome

    async def _save(
        self, connection: AsyncConnection, change: Change, before: Incident | None, moved: Moved, now: datetime
    ) -> Incident:
        first = 1 if before is None else await incidents.next_event(connection, before.id)
        incident = await incidents.save(connection, moved.incident, moved.events, now)
        await quotes.follow(connection, incident.id, moved.events)
        saved = Moved(incident=incident, events=moved.events)
        wanted = consequences(before, saved, first, self._owner)
        await effects.add(connection, incident.id, incident.version, wanted, now)
        await effects.want_shown(connection, incident.id)
        details = {"state": incident.state.value, "severity": incident.severity, "version": str(incident.version)}
        await audit.record(connection, now, change.actor, change.act, incident.key, details)
        return incident
