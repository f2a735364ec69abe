"""One change, in one transaction: the incident, its timeline, the audit entry and a row for each effect outside."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import NAMESPACE_URL, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import Clock
from bot.errors import NotFound, Refused
from bot.incident.consequences import consequences
from bot.incident.decided import decides, told
from bot.incident.model import HOLDFAST, Actor, Incident, Moved
from bot.incident.policy import NotAllowed
from bot.incident.wanted import Wanted
from bot.ports import Outcome
from bot.settings import File
from bot.storage import alerts, audit, effects, homes, incidents, members, quotes, submissions
from bot.storage.db import Database
from bot.workflows import looking

log = structlog.get_logger(__name__)
T = TypeVar("T")
Decide = Callable[[Incident, datetime], Moved]
#: From the id and the number that the incident will have, and the time, to the new incident.
Create = Callable[[str, int, datetime], Moved]
DecideBoth = Callable[[Incident, Incident, datetime], tuple[Moved, Moved]]
#: From what is open, the incident that a report joins.
Find = Callable[[AsyncConnection, datetime], Awaitable[Incident | None]]
Say = Callable[[Incident], str]
#: What each incident was before (None: it is new) and what it became; the first is the one that is answered about.
Steps = Sequence[tuple[Incident | None, Moved]]
Load = Callable[[AsyncConnection, datetime], Awaitable[Steps]]
#: The incident as it was (None where there was none) and what becomes of it; None where nothing does.
LoadOne = Callable[[AsyncConnection, datetime], Awaitable[tuple[Incident | None, Moved] | None]]
#: Writes something that is about no incident, and says so.
Write = Callable[[AsyncConnection, datetime], Awaitable[str]]
#: What is decided with more than one row in view.
Act = Callable[[AsyncConnection, datetime], Awaitable[Outcome]]


@dataclass(frozen=True)
class House:
    """What the configuration says about every change: who the owner is, and whether looking begins by itself."""

    owner: Actor | None = None
    looks: bool = False

    @staticmethod
    def of(file: File) -> "House":
        """As `holdfast.yml` has it."""
        return House(owner=file.slack.owner, looks=file.agents.starts)


@dataclass(frozen=True)
class Change:
    """A submission on its way into the database. `act` is the story's name, `actor` who asked."""

    submission: str
    actor: Actor
    act: str


class Transitions:
    """Applies what a story decides. Never calls the outside; `wake` is called when there is new work."""

    def __init__(self, database: Database, clock: Clock, house: House, wake: Callable[[], None]) -> None:
        self._database = database
        self._clock = clock
        self._house = house
        self._wake = wake

    async def create(self, change: Change, create: Create, say: Say) -> Outcome:
        """A new incident; its id follows from the submission, so that a second run finds the first."""

        async def load(connection: AsyncConnection, now: datetime) -> Steps:
            return [(None, await self._created(connection, change, create, now))]

        return await self._apply(change, load, say)

    async def join_or_create(self, change: Change, find: Find, join: Decide, create: Create, say: Say) -> Outcome:
        """The incident that `find` names is joined; where it names none, a new one is created.

        One report is looked at after another, so that of two about the same thing the second finds the first.
        """

        async def load(connection: AsyncConnection, now: datetime) -> Steps:
            await incidents.hold_reports(connection)
            found = await find(connection, now)
            if found is None:
                return [(None, await self._created(connection, change, create, now))]
            before = await incidents.locked(connection, found.id)
            return [(before, join(before, now))]

        return await self._apply(change, load, say)

    async def apply(self, change: Change, incident_id: str, decide: Decide, say: Say) -> Outcome:
        """Decide about the incident as it stands now, while nobody else can change it."""
        keys: list[str] = []

        async def load(connection: AsyncConnection, now: datetime) -> Steps:
            before = await incidents.locked(connection, incident_id)
            keys.append(before.key)
            try:
                return [(before, decide(before, now))]
            except Refused as refusal:
                raise await _with_who(connection, change, before, refusal, now) from refusal

        return await self._apply(change, load, say, keys)

    async def apply_with(
        self,
        change: Change,
        incident_id: str,
        fetch: Callable[[AsyncConnection], Awaitable[T]],
        decide: Callable[[Incident, T, datetime], Moved],
        say: Say,
    ) -> Outcome:
        """As `apply`, for a decision that needs something more from the same transaction, such as the timeline."""

        async def load(connection: AsyncConnection, now: datetime) -> Steps:
            before = await incidents.locked(connection, incident_id)
            return [(before, decide(before, await fetch(connection), now))]

        return await self._apply(change, load, say)

    async def merge(self, change: Change, ids: tuple[str, str], decide: DecideBoth, say: Say) -> Outcome:
        """The first incident ends in the second; both are held in one order, whoever asks. Its alerts go along."""
        keys: list[str] = []

        async def load(connection: AsyncConnection, now: datetime) -> Steps:
            held = {id: await incidents.locked(connection, id) for id in sorted(set(ids))}
            first, second = held[ids[0]], held[ids[1]]
            keys.extend((first.key, second.key))
            steps = list(zip((first, second), decide(first, second, now), strict=True))
            await alerts.pass_on(connection, first.id, second.id)
            return steps

        return await self._apply(change, load, say, keys)

    async def membership(self, submission: str, room: str, person: Actor, *, inside: bool, stamp: str) -> Outcome:
        """Somebody came into a room or left it; kept where a private incident lives there."""
        async with self._database.write() as connection:
            if await members.is_private_room(connection, room):
                await members.keep(connection, room, person, inside=inside, stamp=stamp)
        return Outcome(ok=True, text="It is kept.")

    async def answer(self, submission: str, wanted: Wanted) -> Outcome:
        """An effect about no incident: once a submission, however often it comes and wherever."""

        async def write(connection: AsyncConnection, now: datetime) -> str:
            await effects.add_answer(connection, submission, wanted, now)
            return "It is answered."

        return await self.keep(submission, write)

    async def decide(self, change: Change, load: LoadOne, say: Say) -> Outcome:
        """Decide where the incident itself is yet to be found, or made, or left alone."""

        async def steps(connection: AsyncConnection, now: datetime) -> Steps:
            found = await load(connection, now)
            return [] if found is None else [found]

        return await self._apply(change, steps, say)

    async def keep(self, submission: str, write: Write) -> Outcome:
        """Write what is about no incident, once for each submission."""

        async def act(connection: AsyncConnection, now: datetime) -> Outcome:
            return Outcome(ok=True, text=await write(connection, now))

        return await self.record(Change(submission, HOLDFAST, "keep"), act)

    async def _created(self, connection: AsyncConnection, change: Change, create: Create, now: datetime) -> Moved:
        number = await incidents.next_number(connection, "incident")
        return create(new_id(change.submission), number, now)

    async def _apply(self, change: Change, load: Load, say: Say, keys: Sequence[str] = ()) -> Outcome:
        async def act(connection: AsyncConnection, now: datetime) -> Outcome:
            steps = await load(connection, now)
            if not steps:
                return Outcome(ok=True, text="That is no news.")
            after = [await saved(connection, change, before, moved, now, self._house) for before, moved in steps]
            return Outcome(ok=True, text=say(after[0]), incident_id=after[0].id)

        return await self.record(change, act, keys)

    async def record(self, change: Change, act: Act, keys: Sequence[str] = ()) -> Outcome:
        """Run `act` in one transaction, once for each submission; it saves what it decides with `saved`.

        `keys` are the incidents that it is about, once `act` knows them: what is refused is logged with them.
        """
        try:
            async with self._database.write() as connection:
                now = self._clock.now()
                earlier = await submissions.claim(connection, change.submission, now)
                if earlier is not None:
                    return earlier
                outcome = await act(connection, now)
                await submissions.answer(connection, change.submission, outcome)
        except Refused as refusal:
            about = {"incident": " ".join(keys), "rule": refusal.rule, "fields": " ".join(refusal.fields)}
            log.info("refused", actor=change.actor, verb=change.act, **about)
            return Outcome(ok=False, text=refusal.sentence, fields=dict(refusal.fields))
        self._wake()
        return outcome


async def saved(
    connection: AsyncConnection,
    change: Change,
    before: Incident | None,
    moved: Moved,
    now: datetime,
    house: House,
    more: tuple[Wanted, ...] = (),
) -> Incident:
    """Save what was decided: incident, timeline, an audit entry, and a row for each effect; `more` are further ones."""
    first = 1 if before is None else await incidents.next_event(connection, before.id)
    moved, begun = await looking.begun(connection, before, moved, now, by_itself=house.looks)
    incident = await incidents.save(connection, moved.incident, moved.events, now)
    await looking.follow(connection, incident, begun, now)
    await quotes.follow(connection, incident.id, moved.events)
    wanted = consequences(before, Moved(incident=incident, events=moved.events), first, house.owner)
    await effects.add(connection, incident.id, incident.version, (*wanted, *more), now)
    await effects.want_shown(connection, incident.id)
    await homes.changed(connection, before, incident, now)
    details = {"state": incident.state.value, "severity": incident.severity, "version": str(incident.version)}
    await audit.record(connection, now, change.actor, change.act, incident.key, details)
    return incident


def new_id(submission: str) -> str:
    """The id of the incident that a submission makes."""
    return str(uuid5(NAMESPACE_URL, submission))


async def _with_who(
    connection: AsyncConnection, change: Change, incident: Incident, refusal: Refused, now: datetime
) -> Refused:
    """The refusal, with who came first and when, where that is why; whoever may not is told no more than that."""
    kinds = () if isinstance(refusal, NotFound | NotAllowed) or refusal.fields else decides(change.act, incident)
    event = await incidents.last_event(connection, incident.id, kinds) if kinds else None
    return Refused(f"{refusal.sentence} {told(event, now)}") if event else refusal
