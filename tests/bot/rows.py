"""Rows to try the memory on: incidents with ids as the database has them, saved with their effects."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, select

from bot.incident.model import Incident
from bot.incident.wanted import EffectKind, Landmark, Wanted
from bot.storage import effects, incidents
from bot.storage.db import Database
from bot.storage.effects import WAITING, Effect
from bot.storage.tables import metadata
from tests.bot.incident.examples import NOW, declared


async def saved(database: Database, wanted: Sequence[Wanted] = (), at: datetime = NOW) -> Incident:
    """A declared incident with an id and a number of its own, and rows for the effects it wants."""
    moved = declared()
    async with database.write() as connection:
        number = await incidents.next_number(connection, "incident")
        mine = moved.incident.model_copy(update={"id": str(uuid4()), "number": number})
        incident = await incidents.save(connection, mine, moved.events, at)
        await effects.add(connection, incident.id, incident.version, wanted, at)
    return incident


async def row(database: Database, incident: Incident, place: int = 0) -> Effect:
    """The effect of that incident which was wanted at that place, whatever has become of it."""
    async with database.read() as connection:
        table = metadata.tables["effects"]
        query = select(table.c.id).where(table.c.incident_id == incident.id).order_by(table.c.number)
        effect = await effects.get(connection, (await connection.execute(query)).scalars().all()[place])
    assert effect is not None
    return effect


async def count(database: Database, table: str) -> int:
    """How many rows a table has."""
    async with database.read() as connection:
        query = select(func.count()).select_from(metadata.tables[table])
        return int((await connection.execute(query)).scalar_one())


def an_effect(**changes: object) -> Effect:
    """An effect that has not been tried, unless said otherwise; not in any database."""
    values: dict[str, object] = {
        "id": str(uuid4()),
        "number": 1,
        "incident_id": "incident-12",
        "kind": EffectKind.POST,
        "service": "slack",
        "provides": None,
        "needs": None,
        "line": None,
        "request": {},
        "state": WAITING,
        "attempt": 0,
        "intent_at": None,
        "retry_at": NOW,
        "problem": "",
        "result": None,
        "created_at": NOW,
    }
    return Effect.model_validate(values | changes)


PLACES: tuple[Landmark | None, ...] = (None, *Landmark)
