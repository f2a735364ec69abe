"""One change, in one transaction: the incident, its timeline, the audit entry and a row for each effect outside."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import Refused
from bot.incident.consequences import consequences
from bot.incident.model import Actor, Incident, Moved
from bot.ports import Outcome
from bot.storage import audit, effects, homes, incidents, submissions
from bot.storage.db import Database

Decide = Callable[[Incident, datetime], Moved]
#: From the number that the incident will have, and the time, to the new incident.
Create = Callable[[str, int, datetime], Moved]
Say = Callable[[Incident], str]
#: The incident as it was (None where there was none) and what becomes of it; None where nothing does.
Load = Callable[[AsyncConnection, datetime], Awaitable[tuple[Incident | None, Moved] | None]]

#: Writes something, and says so.
Write = Callable[[AsyncConnection, datetime], Awaitable[str]]


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
            return None, create(new_id(change.submission), number, now)

        return await self._apply(change, load, say)

    async def apply(self, change: Change, incident_id: str, decide: Decide, say: Say) -> Outcome:
        """Decide about the incident as it stands now, while nobody else can change it."""

        async def load(connection: AsyncConnection, now: datetime) -> tuple[Incident, Moved]:
            before = await incidents.locked(connection, incident_id)
            return before, decide(before, now)

        return await self._apply(change, load, say)

    async def decide(self, change: Change, load: Load, say: Say) -> Outcome:
        """Decide where the incident itself is yet to be found, or made, or left alone."""
        return await self._apply(change, load, say)

    async def keep(self, submission: str, write: Write) -> Outcome:
        """Write what is about no incident, once for each submission."""
        async with self._database.write() as connection:
            now = self._clock.now()
            earlier = await submissions.claim(connection, submission, now)
            if earlier is not None:
                return earlier
            outcome = Outcome(ok=True, text=await write(connection, now))
            await submissions.answer(connection, submission, outcome)
        self._wake()
        return outcome

    async def _apply(self, change: Change, load: Load, say: Say) -> Outcome:
        try:
            async with self._database.write() as connection:
                now = self._clock.now()
                earlier = await submissions.claim(connection, change.submission, now)
                if earlier is not None:
                    return earlier
                decided = await load(connection, now)
                if decided is None:
                    nothing = Outcome(ok=True, text="That is no news.")
                    await submissions.answer(connection, change.submission, nothing)
                    return nothing
                before, moved = decided
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
        saved = Moved(incident=incident, events=moved.events)
        wanted = consequences(before, saved, first, self._owner)
        await effects.add(connection, incident.id, incident.version, wanted, now)
        await effects.want_shown(connection, incident.id)
        await homes.changed(connection, before, incident, now)
        details = {"state": incident.state.value, "severity": incident.severity, "version": str(incident.version)}
        await audit.record(connection, now, change.actor, change.act, incident.key, details)
        return incident


def new_id(submission: str) -> str:
    """The id of the incident that a submission makes."""
    return str(uuid5(NAMESPACE_URL, submission))
