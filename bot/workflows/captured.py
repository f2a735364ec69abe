"""A message on the timeline is read from Slack, when it is put there and after every edit, and kept with its hash."""

from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.durable.ledger import Performer, Result
from bot.incident.consequences import consequences
from bot.incident.model import HOLDFAST, Event, EventKind, Moved, Place
from bot.storage import effects, incidents, quotes
from bot.storage.effects import Effect


def reader(deps: WorkflowDeps) -> Performer:
    """Reading twice is harmless, so nothing is looked for after a lost answer."""
    return Performer(partial(read, deps), None, partial(kept, deps))


async def read(deps: WorkflowDeps, effect: Effect) -> Result:
    """The message as it is now; `gone` where it is no more."""
    said = await deps.slack.said(Place(channel=effect.request["channel"], ts=effect.request["ts"]))
    if said is None:
        return {"gone": True}
    known = {"author": said.author, "permalink": said.permalink}
    return known | {"text": said.text, "pictures": str(said.pictures), "files": str(said.files)}


async def kept(deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """The timeline gets that it was read, and its hash; its words are kept where they can be forgotten, only there."""
    place = Place(channel=effect.request["channel"], ts=effect.request["ts"])
    await effects.change(connection, effect.id, result={})
    before = await incidents.locked(connection, effect.incident_id)
    data = {"channel": place.channel, "ts": place.ts}
    if result.get("gone"):
        kind = EventKind.MESSAGE_DELETED
    else:
        kind = EventKind.CAPTURED
        text = deps.redactor.text(str(result["text"]))
        data |= {name: str(result[name]) for name in ("author", "permalink", "pictures", "files")}
        data["hash"] = await quotes.keep(connection, effect.incident_id, place, text)
    event = Event(kind=kind, at=now, by=HOLDFAST, data=data)
    await quotes.follow(connection, before.id, (event,))
    number = await incidents.next_event(connection, before.id)
    after = await incidents.save(connection, before, (event,), now)
    wanted = consequences(before, Moved(incident=after, events=(event,)), number, deps.file.slack.owner)
    await effects.add(connection, after.id, after.version, wanted, now)
    if effect.attempt > 0:  # the card may have spoken of trouble that is over
        await effects.want_shown(connection, after.id)
