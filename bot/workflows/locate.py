"""A reaction outside of a room: which incident's thread the message is in, only Slack can tell."""

from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.errors import HoldfastError, Refused
from bot.incident.model import HOLDFAST, Place
from bot.incident.requests import Mark
from bot.ports import Outcome
from bot.workflows import timeline
from bot.workflows.story import Desk

#: Asked once, since a reaction is easily given again, and told where nobody answered.
_LOST = "Slack does not tell me right now which incident this message belongs to. Take the reaction back and try again."


async def locate(deps: WorkflowDeps, desk: Desk, id: str, payload: Json) -> Outcome:
    """The mark, on the timeline of the incident in whose thread the message is; nothing where there is none."""
    request = Mark.model_validate(payload)
    try:
        said = await deps.slack.said(Place(channel=request.place, ts=request.ts))
    except Refused:
        said = None
    except HoldfastError:
        return Outcome(ok=False, text=_LOST)
    thread = Place(channel=request.place, ts=said.thread if said else "")
    incident = await deps.incidents.in_thread(thread, HOLDFAST) if thread.ts else None
    if incident is None:
        return Outcome(ok=True, text="")
    story = timeline.pin if request.on else timeline.unpin
    return await story(desk, id, payload | {"incident": incident.id})
