"""Items that come from no document: a wish on GitHub that was assessed, and a fix that agents proposed."""

from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.deciding import asks_first
from bot.change.feature import judged
from bot.change.model import Drafted, ItemState, Round, Source, TrackedItem
from bot.incident.model import Actor, Incident
from bot.investigation.model import Findings
from bot.storage import approvals, items, rounds
from bot.storage.fixes import Fix


async def wished(
    connection: AsyncConnection, number: int, title: str, by: Actor, found: Findings, now: datetime
) -> TrackedItem | None:
    """A wish that may be prepared, as an item that waits for a click; None where it goes to a person."""
    if not found.known or not judged(found.wish).may_prepare:
        return None
    said = found.items[0] if found.items else None
    draft = Drafted(file=said.file, change=said.change, by="issue_responder") if said and said.change else None
    item = TrackedItem(
        id=str(uuid5(NAMESPACE_URL, f"wish:{number}")),
        number=0,
        source=Source.FEATURE,
        issue=number,
        action=said.action if said else title,
        details=found.verdict,
        kinds=(said.type,) if said else (),
        priority=said.priority if said else None,
        reason="A wish is prepared once somebody says so.",
        drafted=draft,
        state=ItemState.HELD,
        requested_by=by,
        changed_at=now,
    )
    return await _waits(connection, item, now)


async def fix(connection: AsyncConnection, incident: Incident, proposed: Fix, by: Actor, now: datetime) -> TrackedItem:
    """A fix that agents proposed, taken up by somebody: it waits for a click."""
    item = TrackedItem(
        id=str(uuid5(NAMESPACE_URL, f"fix:{proposed.id}")),
        number=0,
        source=Source.FIX,
        incident_id=incident.id,
        issue=None if incident.private else incident.places.issue_number,
        action=proposed.what,
        details=proposed.why,
        reason="A fix is prepared once somebody says so.",
        drafted=proposed.draft,
        state=ItemState.HELD,
        requested_by=by,
        changed_at=now,
    )
    return await _waits(connection, item, now)


async def _waits(connection: AsyncConnection, item: TrackedItem, now: datetime) -> TrackedItem:
    """Kept once, with the question whether to prepare it, in a round of its own."""
    known = await items.get(connection, item.id)
    if known is not None:
        return known
    round_id = str(uuid5(NAMESPACE_URL, f"round:{item.id}"))
    one = Round(id=round_id, incident_id=item.incident_id, by=item.requested_by, began_at=now)
    await rounds.begin(connection, one)
    item = await items.add(connection, item.model_copy(update={"round_id": round_id}))
    await approvals.ask(connection, asks_first(item, now, item.requested_by))
    return item
