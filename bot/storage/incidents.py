"""Incidents and their timelines: saved in the transition's transaction, read by everybody else."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, Select, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import NotFound
from bot.incident.entries import Entry, fold
from bot.incident.model import HOLDFAST, OVER, Actor, Event, EventKind, Incident, Place, State
from bot.incident.policy import UNSEEN, Rank, Rights, may_see
from bot.incident.search import Found, Page, Query
from bot.investigation.standing import Looked
from bot.storage import budget, investigations, quotes, search
from bot.storage.counters import next_number as next_number  # noqa: PLC0414 - callers know it from here
from bot.storage.db import Database
from bot.storage.members import members
from bot.storage.tables import events, incidents, surfaces
from bot.storage.troubles import troubles
from bot.storage.visible import private_seen_by

#: How many incidents stand on a page of a list.
PAGE = 10
NEWEST = Page()
REF = re.compile(r"#?(?:inc-)?(\d{1,9})(?:-.*)?", re.IGNORECASE)


async def hold_reports(connection: AsyncConnection) -> None:
    """Whoever opens incidents comes one after another from here to the end of the transaction, in every process."""
    await next_number(connection, "report", 0)


async def get(connection: AsyncConnection, incident_id: str) -> Incident | None:
    """As it stands, not held; None where there is none."""
    query = select(incidents.c.body).where(incidents.c.id == incident_id)
    body = (await connection.execute(query)).scalar_one_or_none()
    return None if body is None else Incident.model_validate(body)


async def locked(connection: AsyncConnection, incident_id: str) -> Incident:
    """The incident as it stands, held until the transaction ends. Raises NotFound."""
    query = select(incidents.c.body).where(incidents.c.id == incident_id).with_for_update()
    body = (await connection.execute(query)).scalar_one_or_none()
    if body is None:
        raise NotFound(UNSEEN)
    return Incident.model_validate(body)


async def open_of(connection: AsyncConnection, service: str) -> Sequence[Incident]:
    """The open incidents of a service, by its name as it stands in the catalogue; at most fifty, the newest."""
    over = [state.value for state in OVER]
    query = select(incidents.c.body).where(incidents.c.service == service, incidents.c.state.not_in(over))
    bodies = (await connection.execute(query.order_by(incidents.c.number.desc()).limit(50))).scalars().all()
    return [Incident.model_validate(body) for body in bodies]


async def documented(connection: AsyncConnection, name: str) -> str | None:
    """The id of the incident whose post-mortem is published under this file name."""
    query = select(incidents.c.id).where(incidents.c.body["places"]["document"].as_string() == name)
    return (await connection.execute(query.limit(1))).scalar_one_or_none()


async def proposed(connection: AsyncConnection) -> Sequence[tuple[str, int]]:
    """Incidents whose post-mortem waits in a pull request, by id, with the number of that."""
    number = incidents.c.body["places"]["proposal"].as_integer()
    rows = (await connection.execute(select(incidents.c.id, number).where(number.is_not(None)))).all()
    return [(row[0], row[1]) for row in rows]


async def save(connection: AsyncConnection, incident: Incident, happened: Sequence[Event], now: datetime) -> Incident:
    """Save it with what happened; the saved incident has the next version."""
    saved = incident.model_copy(update={"version": incident.version + 1})
    row = _row(saved, now)
    if incident.version == 0:
        await connection.execute(insert(incidents).values(**row))
    else:
        await connection.execute(update(incidents).where(incidents.c.id == saved.id).values(**row))
    await search.index(connection, saved, now)
    await _record(connection, saved.id, happened, now)
    return saved


async def timeline(connection: AsyncConnection, incident_id: str) -> Sequence[Event]:
    """Everything that happened to it, in the order in which it was recorded."""
    query = select(events).where(events.c.incident_id == incident_id).order_by(events.c.number)
    return [_event(row) for row in (await connection.execute(query)).mappings()]


async def entries(connection: AsyncConnection, incident_id: str) -> tuple[Entry, ...]:
    """Its timeline as people read it, by time; hidden entries too."""
    return fold(await timeline(connection, incident_id), await quotes.texts(connection, incident_id))


async def next_event(connection: AsyncConnection, incident_id: str) -> int:
    """The number that the next event on its timeline gets; 1 is the first."""
    newest = select(func.coalesce(func.max(events.c.number), 0)).where(events.c.incident_id == incident_id)
    return int((await connection.execute(newest)).scalar_one()) + 1


async def last_event(connection: AsyncConnection, incident_id: str, kinds: Sequence[EventKind]) -> Event | None:
    """The newest event of one of these kinds on its timeline."""
    wanted = (events.c.incident_id == incident_id, events.c.kind.in_([kind.value for kind in kinds]))
    query = select(events).where(*wanted).order_by(events.c.number.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _event(row)


async def _record(connection: AsyncConnection, incident_id: str, happened: Sequence[Event], now: datetime) -> None:
    if not happened:
        return
    first = await next_event(connection, incident_id)
    rows = [
        {
            "incident_id": incident_id,
            "number": first + place,
            "kind": event.kind.value,
            "at": event.at,
            "recorded_at": now,
            "by": event.by,
            "text": event.text,
            "data": dict(event.data),
        }
        for place, event in enumerate(happened)
    ]
    await connection.execute(insert(events), rows)


def _row(incident: Incident, now: datetime) -> dict[str, object]:
    return {
        "id": incident.id,
        "number": incident.number,
        "state": incident.state.value,
        "severity": incident.severity,
        "service": incident.service,
        "private": incident.private,
        "room": incident.places.room,
        "room_name": incident.places.room_name,
        "declared_at": incident.milestones.declared or now,
        "changed_at": now,
        "version": incident.version,
        "body": incident.model_dump(mode="json"),
    }


class IncidentStore:
    """Reads incidents; everything leaves out what the viewer may not see.

    `privileged` are the people who see every private incident (approvers and the owner).
    """

    def __init__(self, database: Database, privileged: frozenset[Actor]) -> None:
        self._database = database
        self._privileged = privileged | {HOLDFAST}

    async def by_id(self, incident_id: str, viewer: Actor, place: str = "") -> Incident:
        """Raises NotFound."""
        return await self._one(select(incidents.c.body).where(incidents.c.id == incident_id), viewer, place)

    async def by_ref(self, ref: str, viewer: Actor, place: str = "") -> Incident:
        """By `12`, `inc-12`, `INC-12` or the room's name. Raises NotFound."""
        match = REF.fullmatch(ref.strip())
        if match is None:
            raise NotFound(f"“{ref}” is not an incident. Incidents are named like INC-12.")
        return await self._one(select(incidents.c.body).where(incidents.c.number == int(match[1])), viewer, place)

    async def in_room(self, channel: str, viewer: Actor, place: str = "") -> Incident | None:
        """The incident whose room this channel is."""
        try:
            return await self._one(select(incidents.c.body).where(incidents.c.room == channel), viewer, place)
        except NotFound:
            return None

    async def listed(
        self, viewer: Actor, *, open_only: bool = False, service: str | None = None, limit: int = 5
    ) -> Sequence[Incident]:
        """The newest first."""
        query = select(incidents.c.body).order_by(incidents.c.number.desc()).limit(limit)
        if open_only:
            query = query.where(incidents.c.state.in_(sorted(set(State) - OVER)))
        if service is not None:
            query = query.where(incidents.c.service == service)
        if viewer not in self._privileged:
            query = query.where(or_(~incidents.c.private, incidents.c.id.in_(private_seen_by(viewer))))
        async with self._database.read() as connection:
            bodies = (await connection.execute(query)).scalars().all()
        return [Incident.model_validate(body) for body in bodies]

    async def found(self, viewer: Actor, query: Query, page: Page = NEWEST, limit: int = PAGE) -> Found:
        """One page of what fits, the newest first."""
        async with self._database.read() as connection:
            return await search.find(connection, query, page, limit, viewer, sees_all=viewer in self._privileged)

    async def timeline(self, incident_id: str) -> Sequence[Event]:
        """Everything that happened to it, in the order in which it was recorded."""
        async with self._database.read() as connection:
            return await timeline(connection, incident_id)

    async def entries(self, incident_id: str) -> Sequence[Entry]:
        """Its timeline as people read it, by time; hidden entries too."""
        async with self._database.read() as connection:
            return await entries(connection, incident_id)

    async def in_thread(self, place: Place, viewer: Actor) -> Incident | None:
        """The incident in the thread of whose announcement something was said; `place.ts` is the thread's."""
        told = (surfaces.c.name == "announcement", surfaces.c.channel == place.channel, surfaces.c.ts == place.ts)
        announced = select(surfaces.c.incident_id).where(*told)
        try:
            return await self._one(select(incidents.c.body).where(incidents.c.id.in_(announced)), viewer, "")
        except NotFound:
            return None

    async def announced_in(self, channel: str) -> bool:
        """Whether incidents are announced in this channel."""
        told = (surfaces.c.name == "announcement", surfaces.c.channel == channel)
        async with self._database.read() as connection:
            return (await connection.execute(select(surfaces.c.incident_id).where(*told).limit(1))).first() is not None

    async def has_marked(self, incident_id: str, place: Place) -> bool:
        """Whether this message was ever put on the incident's timeline, or taken off it."""
        query = select(events.c.number).where(
            events.c.incident_id == incident_id,
            events.c.kind.in_((EventKind.PINNED.value, EventKind.UNPINNED.value)),
            events.c.data["ts"].as_string() == place.ts,
            events.c.data["channel"].as_string() == place.channel,
        )
        async with self._database.read() as connection:
            return (await connection.execute(query.limit(1))).first() is not None

    async def members(self, incident_id: str) -> frozenset[Actor]:
        """Who is in the room of a private incident; nobody has to be in that of another one to see it."""
        query = select(incidents.c.room).where(incidents.c.id == incident_id, incidents.c.private)
        async with self._database.read() as connection:
            return await members(connection, (await connection.execute(query)).scalar_one_or_none())

    async def troubles(self, incident_id: str) -> Sequence[str]:
        """What could not be done outside yet, a sentence each."""
        async with self._database.read() as connection:
            return await troubles(connection, incident_id)

    async def looked(self, incident_id: str) -> Looked:
        """What agents did about it, and what that has cost."""
        async with self._database.read() as connection:
            last = await investigations.last_of(connection, incident_id)
            return Looked(last=last, cost=await budget.of_issue(connection, incident_id))

    async def event(self, incident_id: str, number: int) -> Event:
        """One entry of its timeline. Raises NotFound."""
        query = select(events).where(events.c.incident_id == incident_id, events.c.number == number)
        async with self._database.read() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise NotFound("There is no such entry on the timeline.")
        return _event(row)

    async def _one(self, query: Select[tuple[dict[str, object]]], viewer: Actor, place: str) -> Incident:
        async with self._database.read() as connection:
            body = (await connection.execute(query)).scalar_one_or_none()
            incident = None if body is None else Incident.model_validate(body)
            inside = await members(connection, incident.places.room) if incident and incident.private else frozenset()
        if incident is None or not self._sees(incident, viewer, place, inside):
            raise NotFound(UNSEEN)
        return incident

    def _sees(self, incident: Incident, viewer: Actor, place: str, inside: frozenset[Actor]) -> bool:
        rank = Rank.APPROVER if viewer in self._privileged else Rank.GUEST
        here = {viewer} if place and place == incident.places.room else set()
        return may_see(incident, Rights(actor=viewer, rank=rank), inside | here)


def _event(row: RowMapping) -> Event:
    return Event(kind=EventKind(row["kind"]), at=row["at"], by=row["by"], text=row["text"], data=row["data"])
