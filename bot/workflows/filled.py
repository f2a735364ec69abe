"""What agents wrote for a post-mortem goes into the sections that nobody has written yet, for people to check."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.deps import WorkflowDeps
from bot.errors import Refused
from bot.incident.model import HOLDFAST, Event, EventKind, Incident
from bot.incident.postmortems import OPEN
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.render import render
from bot.postmortem.edit import with_part
from bot.storage import incidents
from bot.storage.postmortems import keep, written
from bot.workflows.drafting import leaving, recorded

#: Stands before what an agent wrote, so that nobody takes it for a person's word.
BY_AGENTS = "*Drafted by agents from the evidence; please check it.*"


async def filled(
    connection: AsyncConnection, deps: WorkflowDeps, incident: Incident, parts: Mapping[str, str], now: datetime
) -> tuple[Event, ...]:
    """Keep the sections that are still empty; an event for each. What people wrote, or git has, is left as it is."""
    if incident.postmortem not in OPEN or incident.places.document:
        return ()
    kept = await written(connection, incident.id)
    document = recorded(incident, await incidents.entries(connection, incident.id), deps)
    new = {part: said for part in Part if (said := _said(deps, parts.get(part.value, ""), part))}
    new = {part: said for part, said in new.items() if part not in kept.parts and not document.parts.get(part)}
    if not new:
        return ()
    await keep(connection, incident.id, kept.model_copy(update={"parts": {**kept.parts, **new}}))
    return tuple(
        Event(kind=EventKind.POSTMORTEM_WRITTEN, at=now, by=HOLDFAST, data={"part": part.value}) for part in new
    )


def _said(deps: WorkflowDeps, text: str, part: Part) -> str:
    """The section as it may stand in a document; empty where it would change anything beside its section."""
    said = leaving(deps).text(text.strip())
    if not said:
        return ""
    said = f"{BY_AGENTS}\n\n{said}"
    try:
        with_part(render(Document(title="-", date=date.min)), part, said)
    except Refused:
        return ""
    return said
