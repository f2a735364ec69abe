"""Action items in the database: what they say, where they stand, and who works on one."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.lifecycle import ACTIVE
from bot.change.model import ItemState, TrackedItem
from bot.change.steps import IN_APPLY
from bot.postmortem.model import Priority
from bot.storage.counters import next_number
from bot.storage.investigations import Lost as Lost  # noqa: PLC0414 - callers know it from here
from bot.storage.tables import action_items, changes

#: Of an item without a priority; after all others.
LAST = 9
_COUNTER = "action_item"
_c = action_items.c
_ORDER = (_c.rank, _c.number)
_ACTIVE = _c.state.in_([state.value for state in ACTIVE])


async def add(connection: AsyncConnection, item: TrackedItem) -> TrackedItem:
    """Write a new one. One that is there is returned as it stands.

    It keeps its number where that was given out and nothing else has it, since anybody can write one into a document;
    else it gets the next one.
    """
    known = await get(connection, item.id, lock=True)
    if known is not None:
        return known
    free = await next_number(connection, _COUNTER, 0)  # takes none, and lets one be added after the other
    known = await get(connection, item.id, lock=True)
    if known is not None:
        return known
    if not 0 < item.number < free or await by_number(connection, item.number) is not None:
        item = item.model_copy(update={"number": await next_number(connection, _COUNTER)})
    values = _columns(item) | {"id": item.id, "attempt": 0, "holder": "", "due_at": None, "progress": ""}
    await connection.execute(insert(action_items).values(values))
    return item


async def save(connection: AsyncConnection, item: TrackedItem) -> None:
    """Write how it stands; who works on it, and when it is due, stays."""
    await connection.execute(update(action_items).where(_c.id == item.id).values(_columns(item)))


async def keep(connection: AsyncConnection, item: TrackedItem, holder: str) -> None:
    """As `save`, for whoever works on it. Raises Lost where somebody else does."""
    await _write(connection, item.id, holder, _columns(item))


async def get(connection: AsyncConnection, id: str, *, lock: bool = False) -> TrackedItem | None:
    """One of them; with `lock` its row is held until the transaction ends."""
    query = select(_c.body).where(_c.id == id)
    found = (await connection.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    return None if found is None else TrackedItem.model_validate(found)


async def by_number(connection: AsyncConnection, number: int) -> TrackedItem | None:
    """By the number that people see."""
    found = (await connection.execute(select(_c.body).where(_c.number == number))).scalar_one_or_none()
    return None if found is None else TrackedItem.model_validate(found)


async def of_document(connection: AsyncConnection, document: str, *, lock: bool = False) -> Sequence[TrackedItem]:
    """All that were ever read in a document, by priority; with `lock` they are held until the transaction ends."""
    return await _all(connection, _c.document == document, lock=lock)


async def of_round(connection: AsyncConnection, round_id: str) -> Sequence[TrackedItem]:
    """Those of a round, by priority."""
    return await _all(connection, _c.round_id == round_id)


async def all_of(connection: AsyncConnection, states: Collection[ItemState]) -> Sequence[TrackedItem]:
    """All in one of these states, by priority."""
    return await _all(connection, _c.state.in_([state.value for state in states]))


async def due(connection: AsyncConnection, now: datetime, only: str = "") -> Sequence[tuple[str, int]]:
    """Id and attempt of each that somebody has to work on now, or that one who died has left; urgent ones first.

    `only` as in the settings.
    """
    query = select(_c.id, _c.attempt).where(or_(_ACTIVE, _c.holder != ""), _c.due_at <= now).order_by(*_ORDER)
    if only:
        c = changes.c
        applies = exists().where(c.item_id == _c.id, c.state.in_([state.value for state in IN_APPLY]))
        query = query.where(applies if only == "apply" else ~applies)
    return [(row.id, row.attempt) for row in await connection.execute(query)]


async def take(
    connection: AsyncConnection, id: str, attempt: int, work: str, until: datetime
) -> tuple[TrackedItem, str] | None:
    """Work on it from now on, and keep others away until then: the item, and the name of whoever holds it.

    `work` is the name of the piece of work that does; begun again after a crash it is the same, and goes on. None
    where another piece has taken it, or there is nothing to do.
    """
    row = (await connection.execute(select(action_items).where(_c.id == id).with_for_update())).mappings().one_or_none()
    if row is None or row["due_at"] is None or (ItemState(row["state"]) not in ACTIVE and not row["holder"]):
        return None
    again = row["holder"].startswith(f"{work}#")
    if row["attempt"] != attempt and not again:
        return None
    holder = f"{work}#{uuid4()}"
    values = {"holder": holder, "due_at": until, "attempt": row["attempt"] + 1}
    await connection.execute(update(action_items).where(_c.id == id).values(values))
    return TrackedItem.model_validate(row["body"]), holder


async def hold(connection: AsyncConnection, id: str, holder: str, until: datetime) -> None:
    """Keep others away for longer. Raises Lost."""
    await _write(connection, id, holder, {"due_at": until})


async def let_go(connection: AsyncConnection, id: str, holder: str, due_at: datetime | None) -> None:
    """Leave it until then, or until somebody wakes it. Raises Lost."""
    values: dict[str, Any] = {"holder": "", "due_at": due_at}
    await _write(connection, id, holder, values | ({"progress": ""} if due_at is None else {}))


async def wake(connection: AsyncConnection, id: str, at: datetime) -> None:
    """Somebody has to work on it from then on, where nobody does."""
    await connection.execute(update(action_items).where(_c.id == id, _c.holder == "").values(due_at=at))


async def progress(connection: AsyncConnection, id: str, holder: str, line: str) -> None:
    """What is being done right now. Raises Lost."""
    await _write(connection, id, holder, {"progress": line})


async def doing(connection: AsyncConnection, id: str) -> str:
    """What is being done right now, a line; empty where nothing is."""
    return str((await connection.execute(select(_c.progress).where(_c.id == id))).scalar_one_or_none() or "")


async def _all(
    connection: AsyncConnection, where: Any, *, lock: bool = False
) -> Sequence[TrackedItem]:  # Any: a condition of SQLAlchemy's
    query = select(_c.body).where(where).order_by(*_ORDER)
    found = (await connection.execute(query.with_for_update() if lock else query)).scalars()
    return [TrackedItem.model_validate(body) for body in found]


async def _write(connection: AsyncConnection, id: str, holder: str, values: dict[str, Any]) -> None:
    statement = update(action_items).where(_c.id == id, _c.holder == holder).values(values)
    if (await connection.execute(statement)).rowcount != 1:
        raise Lost


def _columns(item: TrackedItem) -> dict[str, Any]:
    return {
        "number": item.number,
        "source": item.source.value,
        "document": item.document,
        "state": item.state.value,
        "rank": LAST if item.priority is None else list(Priority).index(item.priority),
        "round_id": item.round_id,
        "body": item.model_dump(mode="json"),
    }
