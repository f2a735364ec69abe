"""What alerts lead to: their service's incident is opened or joined, hears what fires, and is asked when it stops."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.engine import Json
from bot.incident import alerts as rules
from bot.incident.alerts import QUIET, News, Sighting
from bot.incident.model import ALERTMANAGER, Incident, Moved
from bot.incident.requests_heard import HearAlerts
from bot.incident.schemes import scheme
from bot.ports import Outcome
from bot.storage import alerts, incidents
from bot.storage.alerts import Remembered
from bot.workflows.story import Desk
from bot.workflows.transition import Change, new_id

Decided = tuple[Incident | None, Moved]


async def alert(desk: Desk, id: str, payload: Json) -> Outcome:
    """One delivery. Each service in it is a transition of its own, so that one that fails holds up no other."""
    group = HearAlerts.model_validate(payload).group
    matchers = [rules.matcher(text) for text in desk.file.alerts.declare]
    seen = rules.sightings(group, matchers, desk.file.catalogue)
    said = [await _heard(desk, f"{id}:{place}", group.key, sighting) for place, sighting in enumerate(seen)]
    failed = next((outcome for outcome in said if not outcome.ok), None)
    return failed or Outcome(ok=True, text=f"Heard; {len(seen)} of our services concerned.")


async def _heard(desk: Desk, id: str, group_key: str, sighting: Sighting) -> Outcome:
    async def load(connection: AsyncConnection, now: datetime) -> Decided | None:
        await incidents.hold_reports(connection)
        return await _decided(desk, id, group_key, sighting, connection, now)

    return await desk.transitions.decide(Change(id, ALERTMANAGER, "alert"), load, lambda incident: incident.key)


async def _decided(
    desk: Desk, id: str, group_key: str, sighting: Sighting, connection: AsyncConnection, now: datetime
) -> Decided | None:
    """The incident, what becomes of it, and the row that remembers it; None where it is no news."""
    key = alerts.row_id(group_key, sighting.service)
    had = await alerts.get(connection, key)
    incident = await incidents.locked(connection, had.incident_id) if had else None
    found = rules.news(sighting, had.known if had else None, incident)
    if had and incident and found in (News.AGAIN, News.STOPPED):
        row, moved = await _followed(connection, found, had, incident, sighting, now)
        await alerts.remember(connection, had, row)
        return incident, moved
    if had and found is News.MORE:
        await alerts.remember(connection, had, had.model_copy(update={"latest": sighting.latest, "firing": True}))
    if found is not News.OPENS:
        return None
    before = await alerts.open_incident(connection, sighting.service)
    moved = rules.fired(before, sighting, now) if before else await _opened(desk, id, sighting, connection, now)
    row = Remembered(id=key, incident_id=moved.incident.id, firing=True, latest=sighting.latest, said="", said_at=None)
    await alerts.remember(connection, had, row)
    return before, moved


async def _opened(desk: Desk, id: str, sighting: Sighting, connection: AsyncConnection, now: datetime) -> Moved:
    number = await incidents.next_number(connection, "incident")
    chosen = scheme(desk.file.severity.scheme)
    return rules.declared(sighting, id=new_id(id), number=number, at=now, scheme=chosen, catalogue=desk.file.catalogue)


async def _followed(
    connection: AsyncConnection, found: News, had: Remembered, incident: Incident, sighting: Sighting, now: datetime
) -> tuple[Remembered, Moved]:
    """It fires again, or has stopped. The room hears of it where that changes whether anything fires at all."""
    rows = await alerts.of_incident(connection, incident.id)
    others = any(row.firing for row in rows if row.id != had.id)
    last = max((row for row in rows if row.said_at), key=lambda row: row.said_at or now, default=None)
    if found is News.AGAIN:
        tell = not others and last is not None and last.said == News.STOPPED
        moved = rules.fired(incident, sighting, now, again=tell)
    else:
        lately = last is not None and last.said_at is not None and now - last.said_at < QUIET
        tell = not others and not lately and incident.is_open
        moved = rules.stopped(incident, sighting, now, suggest=tell)
    fires = found is News.AGAIN
    said = {"said": found.value, "said_at": now} if tell else {}
    latest = max(had.latest, sighting.latest)
    return had.model_copy(update={"firing": fires, "latest": latest, **said}), moved
