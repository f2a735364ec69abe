"""What documents say is to be done, followed: new rows become items, and rows that people finished are gone."""

from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.deciding import asks_first
from bot.change.lifecycle import OVER, move_approval, move_change
from bot.change.model import ApprovalState, Change, Drafted, ItemState, Round, TrackedItem
from bot.change.queue import followed
from bot.deps import WorkflowDeps
from bot.incident.model import Actor, EventKind
from bot.postmortem.words import digest
from bot.storage import approvals, changes, incidents, investigations, items, proposals, rounds
from bot.storage.documents import Stored
from bot.workflows.changes.rounds import settle


async def follow(
    deps: WorkflowDeps, connection: AsyncConnection, document: Stored, seen_at: datetime, *, first: bool = False
) -> None:
    """Bring the items of one document up to what it says. `seen_at` is when it was read: what we have changed since
    then ourselves is left. `first`: the repository is new to us, so nothing of it goes by itself.
    """
    now = deps.clock.now()
    known = await items.of_document(connection, document.name, lock=True)
    applied = await changes.in_effect(connection, [item.id for item in known])
    incident_id = await incidents.documented(connection, document.name) or ""
    by = await _publisher(connection, incident_id)
    how = await _remediation(deps, connection, incident_id)
    found = followed(known, document.reading, now, at_first=first, remediation=how, applied=applied)
    drafts = await _drafts(connection, incident_id) if found.new else {}
    round_id = await _round(connection, document.name, incident_id, by, found.new, now) if not first else ""
    for item in found.new:
        said = {"incident_id": incident_id, "requested_by": by, "round_id": round_id}
        item = item.model_copy(update=said | {"drafted": drafts.get(item.digest)})
        item = await items.add(connection, item)
        if item.state is ItemState.QUEUED:
            await items.wake(connection, item.id, now)
        elif item.state is ItemState.HELD and not first:
            await approvals.ask(connection, asks_first(item, now))
    for item in found.changed:
        before = next(each for each in known if each.id == item.id)
        if before.changed_at < seen_at:
            await _changed(deps, connection, before, item)
    if round_id:
        await settle(deps, connection, round_id)


async def gone(deps: WorkflowDeps, connection: AsyncConnection, document: str) -> None:
    """The document is not there any more, and neither is anything to be done in it."""
    known = await items.of_document(connection, document, lock=True)
    applied = await changes.in_effect(connection, [item.id for item in known])
    for item in known:
        if item.state is not ItemState.GONE and item.id not in applied:
            after = item.model_copy(update={"state": ItemState.GONE, "changed_at": deps.clock.now()})
            await _changed(deps, connection, item, after)


async def _changed(deps: WorkflowDeps, connection: AsyncConnection, before: TrackedItem, after: TrackedItem) -> None:
    """Written down; what is not to be done any more is withdrawn, as far as that can still be."""
    await items.save(connection, after)
    await rounds.want_shown(connection, after.round_id)
    if after.state not in (ItemState.GONE, ItemState.DONE) or before.state is after.state:
        return
    for asked in await approvals.pending_of_item(connection, after.id):
        over = move_approval(asked, ApprovalState.SUPERSEDED, reason="It is not open in its document any more.")
        await approvals.decide(connection, asked, over)
    change = await changes.newest(connection, after.id)
    if change is not None and change.state not in OVER and _can_end(change):
        await changes.save(connection, move_change(change, change.state.WITHDRAWN, problem="It is not open any more."))
    await settle(deps, connection, after.round_id)


def _can_end(change: Change) -> bool:
    return change.state in (
        change.state.PROPOSED,
        change.state.GATED,
        change.state.PLANNED,
        change.state.AWAITING,
        change.state.CLEARED,
    )


async def _remediation(deps: WorkflowDeps, connection: AsyncConnection, incident_id: str) -> str:
    """How far what is new may go: nowhere, where it is about a private incident, whose people see to it themselves."""
    incident = await incidents.get(connection, incident_id) if incident_id else None
    return "off" if incident is not None and incident.private else deps.file.remediation


async def _publisher(connection: AsyncConnection, incident_id: str) -> Actor:
    """Who published the document; nobody, where it came into git by itself."""
    if not incident_id:
        return ""
    event = await incidents.last_event(connection, incident_id, (EventKind.POSTMORTEM_SENT,))
    return "" if event is None else event.by


async def _round(
    connection: AsyncConnection,
    document: str,
    incident_id: str,
    by: Actor,
    new: Sequence[TrackedItem],
    now: datetime,
) -> str:
    """The round that new items belong to; the open one of the document, where there is one."""
    if not new:
        return ""
    running = await rounds.open_for(connection, document, incident_id)
    if running is not None:
        return running.id
    id = str(uuid5(NAMESPACE_URL, f"round:{new[0].id}"))
    await rounds.begin(connection, Round(id=id, document=document, incident_id=incident_id, by=by, began_at=now))
    return id


async def _drafts(connection: AsyncConnection, incident_id: str) -> dict[str, Drafted]:
    """What agents have drafted for the incident's action items, by the hash of their words."""
    found: dict[str, Drafted] = {}
    if not incident_id:
        return found
    for one in await investigations.of_incident(connection, incident_id):
        for item in one.findings.items if one.findings else ():
            if item.change:
                found[digest(item.action)] = Drafted(file=item.file, change=item.change, by="report_writer")
    for proposal in await proposals.of_incident(connection, incident_id):
        body = proposal.body
        if proposal.kind == "action_item" and body.get("change"):
            draft = Drafted(file=body.get("file", ""), change=body["change"], by=proposal.agent)
            found[digest(body["action"])] = draft
    return found
