"""The document follows: rows of what is done, and of what waits for people, in one commit at the end of a round."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.repository import Repository
from bot.change.lifecycle import move_item
from bot.change.messages import final_message
from bot.change.model import Change, ItemState, Source, TrackedItem
from bot.change.record import done as done_row
from bot.change.record import held as held_row
from bot.change.steps import FOR_PEOPLE, is_landed
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent, Refused
from bot.postmortem.implemented import with_done, with_followup
from bot.storage import changes, items
from bot.storage.effects import Effect
from bot.telemetry import log
from bot.workflows.changes.hand import Hand
from bot.workflows.changes.rounds import say


async def follow_up(deps: WorkflowDeps, effect: Effect) -> Result:
    """The commit. Done again after a lost answer it finds its own, and changes nothing."""
    repository, round_id = _repository(deps), effect.request["round"]
    members = await _members(deps, round_id)
    document = next((item.document for item, _ in members if item.document), "")
    if not document:
        return {}
    path, day = f"{repository.folder}/{document}", next((item.day for item, _ in members if item.day), None)
    done = [item.id for item, change in members if is_landed(item, change)]
    told = [item.id for item, _ in members if item.state in FOR_PEOPLE and not item.written]

    async def write(head: str) -> Mapping[str, str | None]:
        content = await repository.text(head, path)
        if content is None:
            return {}
        written = content
        for item, change in members:
            written = _written(deps, written, item, change, done, told)
        return {path: written} if written != content else {}

    commit = await repository.land(write, final_message(day), effect.marker, deps.clock.now())
    return {"commit": commit, "done": done, "told": told}


def _written(
    deps: WorkflowDeps,
    content: str,
    item: TrackedItem,
    change: Change | None,
    done: Sequence[str],
    told: Sequence[str],
) -> str:
    """The document with what one item came to. A row that people have changed or removed meanwhile stays as it is."""
    if item.id in done and change is not None:
        try:
            content = with_done(content, item.identity)
        except Refused as refusal:
            log(__name__).warning("row not set to done", item=item.key, problem=refusal.sentence)
            return content
        row = done_row(item, _day(change), change.landed, _repository(deps).web, change.by)
    elif item.id in told:
        row = held_row(item, item.reason)
    else:
        return content
    try:
        return with_followup(content, [row])
    except Refused as refusal:
        log(__name__).warning("row not written", item=item.key, problem=refusal.sentence)
        return content


def _day(change: Change) -> date:
    return (change.planned_at or change.made_at).date()


async def followed_up(
    deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime
) -> None:
    """The document says so: what is done is done."""
    for id in result.get("done", []):
        item = await items.get(connection, id, lock=True)
        if item is not None and item.state is ItemState.IMPLEMENTING:
            done = move_item(item, ItemState.DONE, written=True, reason="", changed_at=now)
            await items.save(connection, done)
    for id in result.get("told", []):
        item = await items.get(connection, id, lock=True)
        if item is not None and item.state in FOR_PEOPLE:
            await items.save(connection, item.model_copy(update={"written": True}))
    await say(deps, connection, effect.request["round"])


async def _members(deps: WorkflowDeps, round_id: str) -> list[tuple[TrackedItem, Change | None]]:
    async with deps.database.read() as connection:
        found = await items.of_round(connection, round_id)
        return [(item, await changes.newest(connection, item.id)) for item in found]


def _repository(deps: WorkflowDeps) -> Repository:
    """Raises Permanent where there is none."""
    if deps.workshop is None:
        raise Permanent("No repository is set up, so there is no document to follow.")
    return deps.workshop.repository


async def done_by_proposal(hand: Hand, head: str) -> dict[str, str | None]:
    """The document's row, done, as it stands in a pull request beside what was drafted."""
    repository, item = hand.workshop.repository, hand.item
    if item.source is not Source.DOCUMENT:
        return {}
    path = f"{repository.folder}/{item.document}"
    content = await repository.text(head, path)
    if content is None:
        return {}
    try:
        done = with_done(content, item.identity)
        return {path: with_followup(done, [done_row(item, _day(hand.made), "", "", hand.made.by)])}
    except Refused as refusal:
        log(__name__).warning("row not set to done", item=item.key, problem=refusal.sentence)
        return {}
