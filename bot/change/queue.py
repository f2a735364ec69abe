"""What documents say is to be done, against what is known: the document wins, and one never keeps another waiting."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from bot.change.model import ItemState, Source, TrackedItem
from bot.incident.model import Frozen
from bot.postmortem.model import Item, Reading, Status

BEFORE = "It was open before Holdfast came, so nothing is done about it by itself."
AGAIN = "It is open again in its document."
OFF = "Changes are switched off (remediation: off)."
#: A row that somebody proposed in Slack keeps its number.
_PROPOSED = re.compile(r"^Proposed as T-(\d{1,9})\b")


class Followed(Frozen):
    """Items that are new, and those that stand elsewhere or otherwise by now."""

    new: tuple[TrackedItem, ...] = ()
    changed: tuple[TrackedItem, ...] = ()


def followed(
    known: Sequence[TrackedItem],
    reading: Reading,
    now: datetime,
    *,
    at_first: bool,
    remediation: str,
    applied: Collection[str] = (),
) -> Followed:
    """What one document says now. `known` are all items that were ever read in it.

    An item's identity is its document, the hash of its words and its place among equals. `at_first`: the repository is
    new to us, so that nothing of it goes by itself. `applied` are ids of items whose change is in effect,
    or may be, and is not in git yet: no row ends those, closed or missing, since nobody would land the change then.
    """
    before = {item.id: item for item in known}
    rows = {identity(reading.document, row): row for row in reading.items}
    new = [
        _new(id, reading, row, now, at_first=at_first, remediation=remediation)
        for id, row in rows.items()
        if id not in before and row.is_open
    ]
    changed = []
    for id, item in before.items():
        row = rows.get(id)
        ends = row is None or not row.is_open
        if not (ends and id in applied) and (after := _after(item, row, now, remediation)) != item:
            changed.append(after)
    return Followed(new=tuple(sorted(new, key=_order)), changed=tuple(changed))


def identity(document: str, row: Item) -> str:
    """The id of a row's item: the same wherever the row stands in the document."""
    return str(uuid5(NAMESPACE_URL, f"action-item:{document}:{row.identity.digest}:{row.identity.ordinal}"))


def _new(id: str, reading: Reading, row: Item, now: datetime, *, at_first: bool, remediation: str) -> TrackedItem:
    proposed = _PROPOSED.match(row.details)
    item = TrackedItem(
        id=id,
        number=int(proposed[1]) if proposed else 0,
        source=Source.DOCUMENT,
        document=reading.document,
        digest=row.identity.digest,
        ordinal=row.identity.ordinal,
        day=reading.date,
        action=row.action,
        changed_at=now,
    )
    item = _as_written(item, row)
    if remediation == "off":
        return item.model_copy(update={"state": ItemState.OPEN, "reason": OFF})
    if row.safe and not at_first:
        return item.model_copy(update={"state": ItemState.QUEUED})
    return item.model_copy(update={"state": ItemState.HELD, "reason": row.reason or BEFORE})


def _as_written(item: TrackedItem, row: Item) -> TrackedItem:
    """With what may change in a row without making it another one."""
    written = {
        "line": row.line,
        "details": row.details,
        "type": row.type,
        "kinds": row.kinds,
        "priority": row.priority,
        "owner": row.owner,
        "safe": row.safe,
    }
    return item.model_copy(update=written)


def _after(item: TrackedItem, row: Item | None, now: datetime, remediation: str) -> TrackedItem:
    """How an item stands by what its row says now; None: there is no such row any more."""
    if row is None or not row.is_open:
        return _closed(item, row, now)
    after = _as_written(item, row)
    if item.state in (ItemState.GONE, ItemState.DONE):
        again = {"state": ItemState.HELD, "reason": AGAIN, "changed_at": now, "written": False, "told": True}
        return after.model_copy(update=again)
    if item.state is ItemState.OPEN and remediation != "off":  # switched on since it was read
        return after.model_copy(update={"state": ItemState.HELD, "reason": row.reason or BEFORE, "changed_at": now})
    if item.state is ItemState.QUEUED and not row.safe:  # its words changed: they hold it now
        return after.model_copy(update={"state": ItemState.HELD, "reason": row.reason, "changed_at": now})
    return after


def _closed(item: TrackedItem, row: Item | None, now: datetime) -> TrackedItem:
    """Finished, dropped or taken out of the document by people, or by our own proposal that they merged."""
    if item.state in (ItemState.GONE, ItemState.DONE):
        return item
    finished = row is not None and row.status is Status.DONE
    done = finished and item.state in (ItemState.TAKEN, ItemState.IMPLEMENTING, ItemState.FAILED)
    state = ItemState.DONE if done else ItemState.GONE
    return item.model_copy(update={"state": state, "reason": "", "changed_at": now})


def _order(item: TrackedItem) -> tuple[str, int]:
    return (item.priority.value if item.priority else "P9", item.line)
