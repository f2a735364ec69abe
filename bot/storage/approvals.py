"""Questions that wait for a click: asked once, decided once, by compare-and-set."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import Approval, ApprovalState
from bot.storage.counters import next_number
from bot.storage.tables import approvals

_c = approvals.c
_PENDING = _c.state == ApprovalState.PENDING.value


async def ask(connection: AsyncConnection, approval: Approval) -> Approval:
    """Write a new one, with the next number; one that is there is returned as it stands."""
    known = await get(connection, approval.id, lock=True)
    if known is not None:
        return known
    await next_number(connection, "approval", 0)  # takes none, and lets one be asked after the other
    known = await get(connection, approval.id, lock=True)
    if known is not None:
        return known
    approval = approval.model_copy(update={"number": await next_number(connection, "approval")})
    values = {"id": approval.id, "number": approval.number, "item_id": approval.item_id, "ask": approval.ask.value}
    values |= {"change_id": approval.change_id, "expires_at": approval.expires_at} | _decided(approval)
    await connection.execute(insert(approvals).values(values))
    return approval


async def get(connection: AsyncConnection, id: str, *, lock: bool = False) -> Approval | None:
    """One of them; with `lock` its row is held until the transaction ends."""
    query = select(_c.body).where(_c.id == id)
    found = (await connection.execute(query.with_for_update() if lock else query)).scalar_one_or_none()
    return None if found is None else Approval.model_validate(found)


async def by_number(connection: AsyncConnection, number: int) -> Approval | None:
    """By the number that people see."""
    found = (await connection.execute(select(_c.body).where(_c.number == number))).scalar_one_or_none()
    return None if found is None else Approval.model_validate(found)


async def pending(connection: AsyncConnection) -> Sequence[Approval]:
    """All that wait, the oldest first."""
    return await _all(connection, _PENDING)


async def of_item(connection: AsyncConnection, item_id: str) -> Sequence[Approval]:
    """All that were asked about an item, the oldest first."""
    return await _all(connection, _c.item_id == item_id)


async def newest(connection: AsyncConnection, item_id: str) -> Approval | None:
    """What was asked last about an item."""
    query = select(_c.body).where(_c.item_id == item_id).order_by(_c.number.desc()).limit(1)
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else Approval.model_validate(found)


async def pending_of_item(connection: AsyncConnection, item_id: str) -> Sequence[Approval]:
    """Those about an item that wait."""
    return await _all(connection, _c.item_id == item_id, _PENDING)


async def expired(connection: AsyncConnection, now: datetime) -> Sequence[Approval]:
    """Those that wait and have waited too long."""
    return await _all(connection, _PENDING, _c.expires_at <= now)


async def decide(connection: AsyncConnection, was: Approval, now: Approval) -> bool:
    """From what it was to what it is; False where somebody was quicker."""
    same = (_c.id == was.id, _c.state == was.state.value, _c.agreed == len(was.agreed))
    return (await connection.execute(update(approvals).where(*same).values(_decided(now)))).rowcount == 1


async def _all(connection: AsyncConnection, *where: Any) -> Sequence[Approval]:  # Any: conditions of SQLAlchemy's
    found = (await connection.execute(select(_c.body).where(*where).order_by(_c.number))).scalars()
    return [Approval.model_validate(body) for body in found]


def _decided(approval: Approval) -> dict[str, Any]:
    body = approval.model_dump(mode="json")
    return {"state": approval.state.value, "agreed": len(approval.agreed), "body": body}
