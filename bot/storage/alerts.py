"""Which incident a group of alerts belongs to, and what was last heard of it."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.alerts import Known
from bot.incident.catalogue import OTHER
from bot.incident.lifecycle import WORKING
from bot.incident.model import ALERTMANAGER, EventKind, Frozen, Incident
from bot.storage.tables import alert_groups, events, incidents

#: How many deliveries are read of what was told, the newest.
TOLD = 500
#: How many open incidents of one service are looked at; more than a few is a mistake that somebody is mending.
ENOUGH = 50


class Remembered(Frozen):
    """A row. `said` is what the room last heard because of it (`stopped` or `again`), and `said_at` when."""

    id: str
    incident_id: str
    firing: bool
    latest: datetime
    said: str
    said_at: datetime | None

    @property
    def known(self) -> Known:
        return Known(incident_id=self.incident_id, firing=self.firing, latest=self.latest)


def row_id(group_key: str, service: str) -> str:
    """The key of a row; a group's own key may be longer than a database indexes."""
    return hashlib.sha256(f"{group_key}\0{service}".encode()).hexdigest()


async def get(connection: AsyncConnection, id: str) -> Remembered | None:
    """What is remembered of a group and a service."""
    row = (await connection.execute(select(alert_groups).where(alert_groups.c.id == id))).mappings().one_or_none()
    return None if row is None else Remembered.model_validate(dict(row))


async def of_incident(connection: AsyncConnection, incident_id: str) -> Sequence[Remembered]:
    """Every group that belongs to an incident."""
    query = select(alert_groups).where(alert_groups.c.incident_id == incident_id)
    return [Remembered.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def remember(connection: AsyncConnection, had: Remembered | None, now: Remembered) -> None:
    """Write the row anew. Its incident need not be there yet: it comes in the same transaction."""
    values = now.model_dump()
    statement = insert(alert_groups) if had is None else update(alert_groups).where(alert_groups.c.id == now.id)
    await connection.execute(statement.values(**values))


async def pass_on(connection: AsyncConnection, ended: str, goes_on: str) -> None:
    """The groups of an incident that ended in another one belong to that from now on."""
    moved = update(alert_groups).where(alert_groups.c.incident_id == ended)
    await connection.execute(moved.values(incident_id=goes_on))


async def open_incident(connection: AsyncConnection, service: str) -> Incident | None:
    """The newest incident of this service that somebody works on, held until the transaction ends.

    A test is no outage; a private incident takes in no alert that others would then miss, unless it came from alerts;
    and two things that nobody can name are the same only where both came from alerts.
    """
    query = (
        select(incidents.c.body)
        .where(incidents.c.service == service, incidents.c.state.in_(sorted(WORKING)))
        .order_by(incidents.c.number.desc())
        .limit(ENOUGH)
        .with_for_update()
    )
    for body in (await connection.execute(query)).scalars():
        incident = Incident.model_validate(body)
        ours = incident.reporter == ALERTMANAGER
        if not incident.test and (ours or not (incident.private or service == OTHER)):
            return incident
    return None


class Told(Frozen):
    """What a delivery said of an incident's alerts: `names` fired or stopped at `at`, in the words of `text`."""

    incident_id: str
    service: str
    kind: EventKind
    at: datetime
    text: str
    names: tuple[str, ...]


async def told(
    connection: AsyncConnection, incident: Incident, services: Sequence[str], since: datetime
) -> Sequence[Told]:
    """What was told of this incident, and of others about these services that are neither private nor a test.

    From each incident in the order in which it was heard.
    """
    open_to_all = and_(incidents.c.private.is_(False), incidents.c.body["test"].as_boolean().is_(False))
    query = (
        select(incidents.c.service, events)
        .join(incidents, incidents.c.id == events.c.incident_id)
        .where(
            events.c.kind.in_([EventKind.ALERT_FIRED.value, EventKind.ALERT_STOPPED.value]),
            events.c.at >= since,
            or_(events.c.incident_id == incident.id, and_(open_to_all, incidents.c.service.in_(services))),
        )
        .order_by(events.c.at.desc(), events.c.number.desc())
        .limit(TOLD)
    )
    rows = sorted((await connection.execute(query)).mappings(), key=lambda row: (row["incident_id"], row["number"]))
    return [
        Told(
            incident_id=row["incident_id"],
            service=row["service"],
            kind=row["kind"],
            at=row["at"],
            text=row["text"],
            names=tuple(name for name in row["data"].get("alert", "").split(", ") if name),
        )
        for row in rows
    ]
