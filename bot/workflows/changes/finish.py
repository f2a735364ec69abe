"""What follows elsewhere from a change that landed, or from others' commits: plans that hold no more are made anew."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.stacks import inputs
from bot.change.lifecycle import move_approval, move_change, move_item
from bot.change.model import ApprovalState, Change, ChangeState, ItemState, TrackedItem
from bot.deps import WorkflowDeps
from bot.storage import approvals, changes, items, rounds
from bot.workflows.changes.judge import MOVED


async def others(deps: WorkflowDeps, connection: AsyncConnection, item: TrackedItem, change: Change | None) -> None:
    """Plans of the same stack that wait: they began from what is no more, and are made again at once."""
    if change is None or not change.landed or not change.stack:
        return
    for other in await changes.planned_on(connection, change.stack, item.id):
        await stale(deps, connection, other)


async def stale(deps: WorkflowDeps, connection: AsyncConnection, change: Change) -> None:
    """The world moved: what was asked is not asked any more, and the item is planned anew."""
    item = await items.get(connection, change.item_id, lock=True)
    current = await changes.get(connection, change.id, lock=True)
    if item is None or current is None or item.state is not ItemState.IMPLEMENTING:
        return
    if current.state is not ChangeState.AWAITING:
        return
    await changes.save(connection, move_change(current, ChangeState.STALE, problem=MOVED))
    for asked in await approvals.pending_of_item(connection, item.id):
        await approvals.decide(connection, asked, move_approval(asked, ApprovalState.SUPERSEDED, reason=MOVED))
    await items.wake(connection, item.id, deps.clock.now())
    await rounds.want_shown(connection, item.round_id)


async def moved(deps: WorkflowDeps, head: str) -> None:
    """The branch has new commits: whatever waits for a click and has read what changed is planned anew."""
    if deps.workshop is None:
        return
    async with deps.database.read() as connection:
        waiting = await changes.in_state(connection, ChangeState.AWAITING)
    for change in waiting:
        stacks = deps.workshop.stacks
        if head == change.base:
            continue
        before = await inputs(stacks, change.base, change.stack, change.reads)
        if before != await inputs(stacks, head, change.stack, change.reads):
            async with deps.database.write() as connection:
                await stale(deps, connection, change)


async def proposals(deps: WorkflowDeps) -> None:
    """Pull requests of ours that people closed without a merge: their items wait for somebody again."""
    if deps.github is None:
        return
    async with deps.database.read() as connection:
        implementing = await items.all_of(connection, [ItemState.IMPLEMENTING])
        open_ones = [(item, await changes.newest(connection, item.id)) for item in implementing]
    for item, change in open_ones:
        if change is None or not change.url:
            continue
        number = change.url.rstrip("/").rpartition("/")[2]
        pull = await deps.github.pull(int(number))
        if pull.state != "closed":
            continue
        async with deps.database.write() as connection:
            held = await items.get(connection, item.id, lock=True)
            if held is not None and held.state is ItemState.IMPLEMENTING:
                why = f"Pull request #{number} was closed without a merge."
                moved = move_item(held, ItemState.HELD, reason=why, changed_at=deps.clock.now())
                await items.save(connection, moved)
                await rounds.want_shown(connection, item.round_id)
