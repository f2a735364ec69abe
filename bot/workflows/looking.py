"""When an incident begins to be looked into, when that ends, and what keeps models from it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.errors import Temporary
from bot.incident.model import HOLDFAST, Event, EventKind, Incident, Moved
from bot.investigation.model import Investigation, Kind
from bot.investigation.starting import begins, why_no_model
from bot.storage import budget, investigations
from bot.storage.db import Database

log = structlog.get_logger(__name__)

#: How often we look for calls that are lost.
EACH = timedelta(minutes=1)
#: After these an incident may begin to be looked into by itself.
_NEW = frozenset({EventKind.DECLARED, EventKind.ACCEPTED, EventKind.SEVERITY_CHANGED})


async def begun(
    connection: AsyncConnection, before: Incident | None, moved: Moved, now: datetime, *, by_itself: bool
) -> tuple[Moved, Sequence[Investigation]]:
    """The change with every look into it that begins with it, asked for or `by_itself`; and these, not yet written."""
    events = (*moved.events, *(_itself(before, moved, now) if by_itself else ()))
    new: list[Investigation] = []
    for event in (each for each in events if each.kind is EventKind.INVESTIGATION_BEGUN):
        of_kind = (Kind(event.data["kind"]), event.by, event.text, now)
        new.append(await investigations.prepared(connection, moved.incident.id, *of_kind))
    ids = iter(new)
    named = tuple(_named(each, next(ids)) if each.kind is EventKind.INVESTIGATION_BEGUN else each for each in events)
    return Moved(incident=moved.incident, events=named), new


def _itself(before: Incident | None, moved: Moved, now: datetime) -> tuple[Event, ...]:
    """The look that begins because the incident is new, or has become one of those that are looked into further."""
    happened = {event.kind for event in moved.events}
    kind = Kind.POSTMORTEM if EventKind.POSTMORTEM_BEGUN in happened else begins(moved.incident)
    if kind is None or EventKind.INVESTIGATION_BEGUN in happened:
        return ()
    if kind is not Kind.POSTMORTEM:
        same = before is not None and begins(before) in (kind, Kind.INVESTIGATION)
        if same or not _NEW & happened:
            return ()
    return (Event(kind=EventKind.INVESTIGATION_BEGUN, at=now, by=HOLDFAST, data={"kind": kind.value}),)


def _named(event: Event, one: Investigation) -> Event:
    named = {"investigation": one.id, "number": str(one.number)}
    return event.model_copy(update={"data": event.data | named})


async def follow(
    connection: AsyncConnection, incident: Incident, begun: Sequence[Investigation], now: datetime
) -> None:
    """Write what begins; where the incident is over, nobody looks any more, and the money is free."""
    for one in begun:
        await investigations.begin(connection, one)
    if not incident.is_open:
        for id in await investigations.stop_all(connection, incident.id, HOLDFAST, now):
            await budget.finish(connection, id, now)


async def no_model(deps: WorkflowDeps, incident: Incident) -> str:
    """Why no model may see this incident now, as a sentence; empty where one may."""
    async with deps.database.read() as connection:
        halt = await investigations.halted(connection)
    keys = deps.file.agents
    return why_no_model(
        incident,
        kill=keys.kill,
        private=keys.private,
        halted=halt is not None,
        absent=deps.agents.absent(),
        chosen=incident.models,
    )


class Reaper:
    """Books what calls may have cost whose process is gone without a word. It looks once a minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._next = datetime.min.replace(tzinfo=UTC)

    async def tick(self, now: datetime) -> None:
        """Look, if it is time. A database that is away is asked again."""
        if now < self._next:
            return
        try:
            async with self._database.write() as connection:
                await budget.reap(connection, now)
        except Temporary as error:
            log.warning("not reaped", problem=error.sentence)
        else:
            self._next = now + EACH
