"""A round over action items: it ends once nothing of it is under way, and then one message says what came of it."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import ItemState, Standing
from bot.change.steps import is_busy, to_write
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result, backoff
from bot.errors import Paced, Permanent, Temporary
from bot.incident.model import HOLDFAST, Place
from bot.incident.wanted import EffectKind, Wanted
from bot.storage import changes, effects, homes, items, rounds
from bot.storage.change_store import masked, standing
from bot.storage.counters import next_number
from bot.storage.effects import Effect
from bot.views.blocks import Rendered
from bot.views.rounds import round_message
from bot.workflows.changes.critical import critical
from bot.workflows.changes.handover import hand_over
from bot.workflows.messages import digest

#: These are told to the owner, once.
_FOR_PEOPLE = frozenset({ItemState.HELD, ItemState.FAILED})


async def settle(deps: WorkflowDeps, connection: AsyncConnection, round_id: str) -> None:
    """Once nothing of it is under way any more: the document follows where it has to, then it is told."""
    if not round_id:
        return
    found = await items.of_round(connection, round_id)
    members = [(item, await changes.newest(connection, item.id)) for item in found]
    if any(is_busy(item, change) for item, change in members):
        return
    now = deps.clock.now()
    await rounds.end(connection, round_id, now)
    await homes.all_changed(connection, now)
    if to_write(members):
        number = await next_number(connection, "follow_up")
        wanted = Wanted(kind=EffectKind.FOLLOW_UP, request={"round": round_id})
        await effects.add_answer(connection, f"follow_up:{round_id}:{number}", wanted, now)
    else:
        await say(deps, connection, round_id)
    tried = [item for item, change in members if item.state in _FOR_PEOPLE and change is not None]
    await hand_over(deps, connection, tried)


async def say(deps: WorkflowDeps, connection: AsyncConnection, round_id: str) -> None:
    """The one message, or what it says anew."""
    one = await rounds.get(connection, round_id)
    if one is None:
        return
    await rounds.want_shown(connection, round_id)
    if one.said_at is None:
        await rounds.change(connection, round_id, said_at=deps.clock.now())
        wanted = Wanted(kind=EffectKind.ROUND, request={"round": round_id})
        await effects.add_answer(connection, f"round:{round_id}", wanted, deps.clock.now())


async def standings(connection: AsyncConnection, round_id: str) -> list[Standing]:
    """Its items with what belongs to each, by priority and line."""
    return [await standing(connection, item) for item in await items.of_round(connection, round_id)]


async def post(deps: WorkflowDeps, effect: Effect) -> Result:
    """Post it where those read who decide: the incident's room while it is open, else the thread of its announcement,
    else among the alerts. Nothing to say is not said.
    """
    said, where = await message(deps, effect.request["round"]), await _where(deps, effect.request["round"])
    if said is None or where is None:
        return {}
    channel, thread = where
    place = await deps.slack.post(channel, said.text, said.blocks, marker=effect.marker, thread=thread)
    return {"channel": place.channel, "ts": place.ts, "digest": digest(said)}


async def posted(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """From now on it is edited there."""
    if "ts" in result:
        place = Place(channel=result["channel"], ts=result["ts"])
        await rounds.place(connection, effect.request["round"], place, result["digest"], now)


async def find(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """The message, after a lost answer."""
    where = await _where(deps, effect.request["round"])
    if where is None:
        return {}
    channel, thread = where
    since = effect.created_at - timedelta(seconds=1)
    place = await deps.slack.find_post(channel, effect.marker, since=since, thread=thread)
    return None if place is None else {"channel": place.channel, "ts": place.ts, "digest": ""}


async def message(deps: WorkflowDeps, round_id: str) -> Rendered | None:
    """What it says as things stand; secrets are masked."""
    async with deps.database.read() as connection:
        one = await rounds.get(connection, round_id)
        found = await standings(connection, round_id)
    if one is None:
        return None
    return round_message(
        one, [await able(deps, masked(each, deps.redactor)) for each in found], sum(each.cost for each in found)
    )


async def able(deps: WorkflowDeps, of: Standing) -> Standing:
    """With who may decide, as of now."""
    async with deps.database.read() as connection:
        hurried = await critical(connection, of.item)
    file = deps.file
    may = file.policy.allowed(of.item.change_class, file.slack.circle, critical=hurried)
    return of.model_copy(update={"able": tuple(sorted(may))})


async def _where(deps: WorkflowDeps, round_id: str) -> tuple[str, str | None] | None:
    """Channel and thread; None where there is no place that only those can read who may."""
    async with deps.database.read() as connection:
        one = await rounds.get(connection, round_id)
    if one is not None and one.incident_id:
        incident = await deps.incidents.by_id(one.incident_id, HOLDFAST)
        places = incident.places
        if places.room and (incident.is_open or incident.private):
            return places.room, None
        if incident.private:
            return None
        if places.announcement:
            return places.announcement.channel, places.announcement.ts
    return deps.alerts_channel, None


async def show(deps: WorkflowDeps, round_id: str) -> None:
    """Edit its message so that it shows how things stand, if that changes anything."""
    now = deps.clock.now()
    async with deps.database.write() as connection:
        row = await rounds.shown(connection, round_id)
        if row is None or not row.ts or row.shown >= row.wanted or row.retry_at > now:
            return
        ours_until = now + timedelta(seconds=deps.timing.http_timeout + deps.timing.card_interval)
        await rounds.change(connection, round_id, retry_at=ours_until, digest="")
    said = await message(deps, round_id)
    values: dict[str, object] = {"shown": row.wanted, "attempt": 0}
    values["retry_at"] = now + timedelta(seconds=deps.timing.card_interval)
    try:
        if said is not None:
            values["digest"] = digest(said)
            if digest(said) != row.digest:
                await deps.slack.edit(Place(channel=row.channel, ts=row.ts), said.text, said.blocks)
    except Paced as error:
        values = {"retry_at": deps.clock.now() + timedelta(seconds=error.after), "digest": row.digest}
    except Temporary as error:
        wait = max(timedelta(seconds=error.after), backoff(row.attempt, deps.timing))
        values = {"retry_at": deps.clock.now() + wait, "attempt": row.attempt + 1}
    except Permanent:
        pass  # the message is gone: nothing to edit any more
    async with deps.database.write() as connection:
        await rounds.change(connection, round_id, **values)
