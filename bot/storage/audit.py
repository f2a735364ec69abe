"""The audit log in the database: appended in the transaction of what it records, one entry after the other."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.audit import Broken, Entry, Head, append, head_of, verify
from bot.incident.model import Actor
from bot.storage.db import Database
from bot.storage.tables import audit, audit_head


async def record(
    connection: AsyncConnection, at: datetime, actor: Actor, act: str, subject: str, details: Mapping[str, str]
) -> None:
    """Append an entry. Holds the head until the transaction ends, so that the chain has no branches."""
    row = (await connection.execute(select(audit_head).with_for_update())).mappings().one()
    head = Head(number=row["number"], hash=row["hash"])
    entry = append(head, at=at, actor=actor, act=act, subject=subject, details=details)
    await connection.execute(insert(audit).values(**dict(entry)))
    await connection.execute(update(audit_head).values(**dict(head_of(entry))))


async def check(database: Database) -> Broken | None:
    """Read the whole chain and verify it against its head."""
    async with database.read() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.number))).mappings().all()
        end = (await connection.execute(select(audit_head))).mappings().one()
    entries = (Entry.model_validate(dict(row)) for row in rows)
    return verify(entries, Head(number=end["number"], hash=end["hash"]))
