"""An approval that nobody decided in time: the item waits again; one of the night is planned anew for the morning."""

from bot.change.lifecycle import OVER, move_approval, move_change, move_item
from bot.change.model import ApprovalState, ChangeState, ItemState
from bot.change.steps import all_asleep, in_the_morning
from bot.deps import WorkflowDeps
from bot.incident.model import HOLDFAST
from bot.storage import approvals, audit, changes, homes, items, rounds
from bot.workflows.changes.critical import critical
from bot.workflows.changes.hand import of
from bot.workflows.changes.rounds import settle

LATE = "Nobody decided in time, so this plan is not applied any more. It can be planned again."


async def expire(deps: WorkflowDeps, approval_id: str) -> None:
    """Once: whoever clicked a moment earlier was quicker, and theirs counts."""
    async with deps.database.write() as connection:
        now = deps.clock.now()
        known = await approvals.get(connection, approval_id)
        if known is None:
            return
        item = await items.get(connection, known.item_id, lock=True)
        asked = await approvals.get(connection, approval_id, lock=True)
        if item is None or asked is None or not asked.is_pending or asked.expires_at is None or asked.expires_at > now:
            return
        await approvals.decide(connection, asked, move_approval(asked, ApprovalState.EXPIRED, reason=LATE))
        change = await changes.get(connection, asked.change_id, lock=True)
        if change is not None and change.state not in OVER:
            await changes.save(connection, move_change(change, ChangeState.STALE, problem=LATE))
        details = {"approval": asked.id} | (of(change) if change else {})
        await audit.record(connection, now, HOLDFAST, "expire", asked.key, details)
        able = deps.file.policy.allowed(
            item.change_class, deps.file.slack.circle, critical=await critical(connection, item)
        )
        zones = [deps.people.get(person).timezone for person in able]
        if not item.again and item.state is ItemState.IMPLEMENTING and all_asleep(now, zones):
            first = min(in_the_morning(now, zone) for zone in zones)
            await items.save(connection, item.model_copy(update={"again": True, "changed_at": now}))
            await items.wake(connection, item.id, first)
        elif item.state is ItemState.IMPLEMENTING:
            held = move_item(item, ItemState.HELD, reason=LATE, told=True, changed_at=now)
            await items.save(connection, held)
            await settle(deps, connection, item.round_id)
        await homes.all_changed(connection, now)
        await rounds.want_shown(connection, item.round_id)
    deps.wake()
