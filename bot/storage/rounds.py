"""Rounds over action items in the database, and the message that shows each of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import RowMapping, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import Round
from bot.incident.model import Frozen, Place
from bot.storage.tables import rounds

_c = rounds.c


class Shown(Frozen):
    """The message of a round as its row stands; `ts` is empty until it is posted."""

    id: str
    channel: str
    ts: str
    wanted: int
    shown: int
    attempt: int
    retry_at: datetime
    digest: str


async def begin(connection: AsyncConnection, one: Round) -> None:
    """Write a new one; nothing is said of it yet."""
    shown = {"channel": "", "ts": "", "wanted": 0, "shown": 0, "attempt": 0, "retry_at": one.began_at, "digest": ""}
    await connection.execute(insert(rounds).values(one.model_dump() | shown))


async def get(connection: AsyncConnection, id: str, *, lock: bool = False) -> Round | None:
    """One of them; with `lock` its row is held until the transaction ends."""
    query = select(rounds).where(_c.id == id)
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return None if row is None else _round(row)


async def open_for(connection: AsyncConnection, document: str, incident_id: str) -> Round | None:
    """The one over that document that has not ended."""
    same = (_c.document == document, _c.incident_id == incident_id, _c.ended_at.is_(None))
    query = select(rounds).where(*same).order_by(_c.began_at.desc()).limit(1)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _round(row)


async def end(connection: AsyncConnection, id: str, at: datetime) -> None:
    """Nothing of it is under way any more."""
    await connection.execute(update(rounds).where(_c.id == id, _c.ended_at.is_(None)).values(ended_at=at))


async def place(connection: AsyncConnection, id: str, at: Place, digest: str, now: datetime) -> None:
    """Its message is there from now on; `digest` is of what it shows."""
    values = {"channel": at.channel, "ts": at.ts, "digest": digest, "retry_at": now, "wanted": _c.wanted + 1}
    await connection.execute(update(rounds).where(_c.id == id).values(values))


async def want_shown(connection: AsyncConnection, id: str) -> None:
    """Ask for its message to be rendered anew."""
    await connection.execute(update(rounds).where(_c.id == id).values(wanted=_c.wanted + 1))


async def shown(connection: AsyncConnection, id: str) -> Shown | None:
    """Its message, held until the transaction ends."""
    row = (await connection.execute(select(rounds).where(_c.id == id).with_for_update())).mappings().one_or_none()
    return None if row is None else _shown(row)


async def places(connection: AsyncConnection, incident_id: str) -> Sequence[Place]:
    """Where the messages of all rounds about an incident are."""
    query = select(_c.channel, _c.ts).where(_c.incident_id == incident_id, _c.ts != "").order_by(_c.began_at)
    return [Place(channel=row.channel, ts=row.ts) for row in await connection.execute(query)]


async def stale(connection: AsyncConnection, now: datetime) -> Sequence[Shown]:
    """Every message that does not show the newest yet, and may be edited now."""
    query = select(rounds).where(_c.ts != "", _c.wanted > _c.shown, _c.retry_at <= now)
    return [_shown(row) for row in (await connection.execute(query)).mappings()]


async def change(connection: AsyncConnection, id: str, **values: object) -> None:
    """Write some columns of a row."""
    await connection.execute(update(rounds).where(_c.id == id).values(**values))


def _round(row: RowMapping) -> Round:
    return Round.model_validate({name: row[name] for name in Round.model_fields})


def _shown(row: RowMapping) -> Shown:
    return Shown.model_validate({name: row[name] for name in Shown.model_fields})
