"""Changes in the database: what each is made of, what the gates said, and how far it is."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import Change, ChangeState, ItemState
from bot.storage import items
from bot.storage.db import upsert
from bot.storage.tables import changes

_c = changes.c
#: It may be on its way into the world, or be there without being in git.
_UNSETTLED = (
    *(ChangeState.APPLYING, ChangeState.APPLIED, ChangeState.VERIFIED),
    *(ChangeState.UNVERIFIED, ChangeState.UNKNOWN),
)
_SETTLED = frozenset({ItemState.DONE, ItemState.GONE})


async def save(connection: AsyncConnection, change: Change) -> None:
    """Write it, new or as it stands now."""
    values = {
        "id": change.id,
        "item_id": change.item_id,
        "number": change.number,
        "state": change.state.value,
        "stack": change.stack,
        "landed": change.landed,
        "body": change.model_dump(mode="json"),
    }
    statement = upsert(connection)(changes).values(values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values))


async def get(connection: AsyncConnection, id: str, *, lock: bool = False) -> Change | None:
    """One of them; with `lock` its row is held until the transaction ends."""
    query = select(_c.body).where(_c.id == id)
    found = (await connection.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    return None if found is None else Change.model_validate(found)


async def of_item(connection: AsyncConnection, item_id: str) -> Sequence[Change]:
    """All of an item's, the oldest first."""
    return await _all(connection, _c.item_id == item_id)


async def newest(connection: AsyncConnection, item_id: str) -> Change | None:
    """The newest of an item's."""
    query = select(_c.body).where(_c.item_id == item_id).order_by(_c.number.desc()).limit(1)
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else Change.model_validate(found)


async def next_number(connection: AsyncConnection, item_id: str) -> int:
    """Of the next change of an item, from 1; whoever asks holds the item."""
    last = (await connection.execute(select(func.max(_c.number)).where(_c.item_id == item_id))).scalar_one()
    return int(last or 0) + 1


async def in_state(connection: AsyncConnection, state: ChangeState) -> Sequence[Change]:
    """All that are so far."""
    return await _all(connection, _c.state == state.value)


async def in_effect(connection: AsyncConnection, item_ids: Collection[str]) -> frozenset[str]:
    """Those of the items whose change is in effect, or may be, and is not in git yet."""
    unsettled = _c.state.in_([state.value for state in _UNSETTLED])
    found = await _all(connection, _c.item_id.in_(item_ids), unsettled, _c.landed == "")
    return frozenset(change.item_id for change in found)


async def planned_on(connection: AsyncConnection, stack: str, but: str) -> Sequence[Change]:
    """The changes of a stack that wait for a click, but those of that item."""
    return await _all(connection, _c.stack == stack, _c.item_id != but, _c.state == ChangeState.AWAITING.value)


async def applying(connection: AsyncConnection, stack: str, but: str) -> Change | None:
    """A change of the stack that is being applied, or of which git does not know yet, but those of that item.

    Only an item's newest counts: what became of an earlier one is settled with it. So is one of which nobody knew
    how far it came, once people say that the item is done.
    """
    unsettled = _c.state.in_([state.value for state in _UNSETTLED])
    for change in await _all(connection, _c.stack == stack, _c.item_id != but, unsettled, _c.landed == ""):
        last = await newest(connection, change.item_id)
        if last is None or last.id != change.id:
            continue
        item = await items.get(connection, change.item_id)
        if change.state is not ChangeState.UNKNOWN or item is None or item.state not in _SETTLED:
            return change
    return None


async def _all(connection: AsyncConnection, *where: Any) -> Sequence[Change]:  # Any: conditions of SQLAlchemy's
    found = (await connection.execute(select(_c.body).where(*where).order_by(_c.number))).scalars()
    return [Change.model_validate(body) for body in found]
