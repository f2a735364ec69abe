"""What only people can go on with is handed to them: the issue says so and is assigned, and the owner is told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import TrackedItem
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent
from bot.incident.heard import NEEDS_HUMAN
from bot.incident.wanted import EffectKind, Wanted
from bot.storage import changes, effects, incidents, items
from bot.storage.effects import Effect
from bot.views import github_comments
from bot.views import issue as issues
from bot.workflows import owner
from bot.workflows.github_effects import client


async def hand_over(deps: WorkflowDeps, connection: AsyncConnection, of: Sequence[TrackedItem]) -> None:
    """Tell of all of them, once: one message to the owner, and each on its own issue."""
    found = [await items.get(connection, item.id, lock=True) for item in of if not item.told]
    same = {item.id: item.state for item in of}  # whoever clicked in this very moment goes first
    new = [item for item in found if item is not None and not item.told and item.state is same[item.id]]
    if not new:
        return
    now = deps.clock.now()
    for item in new:
        told = item.model_copy(update={"told": True})
        await items.save(connection, told)
        await _on_issue(connection, item, now)
    names = ",".join(item.id for item in new)
    wanted = owner.wanted(deps, "handed_over")
    wanted = wanted.model_copy(update={"request": wanted.request | {"items": names}})
    stamp = f"{now.timestamp():.6f}"
    await effects.add_answer(connection, f"handed_over:{new[0].id}:{stamp}", wanted, now)


async def tell_now(deps: WorkflowDeps, connection: AsyncConnection, item: TrackedItem) -> None:
    """As `hand_over`, for one that goes on by itself and needs a person all the same."""
    wanted = owner.wanted(deps, "handed_over")
    wanted = wanted.model_copy(update={"request": wanted.request | {"items": item.id}})
    now = deps.clock.now()
    await effects.add_answer(connection, f"handed_over:{item.id}:{now.timestamp():.6f}", wanted, now)


async def _on_issue(connection: AsyncConnection, item: TrackedItem, now: datetime) -> None:
    number = item.issue
    if number is None and item.incident_id:
        incident = await incidents.get(connection, item.incident_id)
        number = None if incident is None or incident.private else incident.places.issue_number
    if number is None:
        return
    request = {"item": item.id, "number": str(number), "say": "needs_human"}
    wanted = Wanted(kind=EffectKind.ITEM_ISSUE, line="issue", request=request)
    await effects.add_answer(connection, f"needs_human:{item.id}:{now.timestamp():.6f}", wanted, now)


async def on_issue(deps: WorkflowDeps, effect: Effect) -> Result:
    """Say on the issue what became of an item: it needs a person, or it is done."""
    number, asked = int(effect.request["number"]), effect.request
    async with deps.database.read() as connection:
        item = await items.get(connection, asked["item"])
        change = await changes.newest(connection, asked["item"])
    if item is None:
        raise Permanent("There is no such action item any more.")
    if asked["say"] == "done":
        await client(deps).comment(number, github_comments.item_done(item, change, effect.id))
        await client(deps).set_state(number, is_open=False)
        return {}
    await client(deps).relabel(number, [NEEDS_HUMAN], [])
    login = next((each.github for each in deps.file.people if each.slack == deps.file.slack.owner), "")
    if login:
        await client(deps).assign(number, login)
    await client(deps).comment(number, github_comments.item_needs_human(item, change, effect.id))
    return {}


async def find_on_issue(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """The comment, after a lost answer; it comes last but for the closing, which is done again."""
    number, marker = int(effect.request["number"]), issues.marker(effect.id)
    if not await client(deps).has_comment(number, marker, since=effect.created_at):
        return None
    if effect.request["say"] == "done":
        await client(deps).set_state(number, is_open=False)
    return {}
