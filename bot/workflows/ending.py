"""How it ends: resolved, confirmed by those who saw it broken, closed; or open again."""

from datetime import datetime

from bot.durable.engine import Json
from bot.incident import endings
from bot.incident.model import ALERTMANAGER, Incident, Moved
from bot.incident.requests import Close, Confirm, Reopen, Resolve
from bot.ports import Outcome
from bot.workflows.story import Desk


async def resolve(desk: Desk, id: str, payload: Json) -> Outcome:
    """It works again."""
    request = Resolve.model_validate(payload)

    def say(incident: Incident) -> str:
        missing = "; ".join(endings.before_closing(incident))
        later = f" Before closing, when there is time: {missing}." if missing else ""
        asked = "" if incident.reporter == ALERTMANAGER else " The reporter is asked whether it works for them."
        return f"{incident.key} is resolved.{asked}{later}"

    return await desk.change(
        id,
        "resolve",
        request,
        lambda incident, now: endings.resolve(incident, request.fix, request.actor, now, request.cause, request.ended),
        say,
    )


async def confirm(desk: Desk, id: str, payload: Json) -> Outcome:
    """The reporter's answer: it works, or it is still broken, which opens it again with their words."""
    request = Confirm.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        if request.works:
            return endings.confirm_fixed(incident, request.actor, now)
        return endings.reopen(incident, request.words, request.actor, now)

    def say(incident: Incident) -> str:
        return "Thank you. Good to hear." if request.works else f"Thank you. {incident.key} is open again."

    return await desk.change(id, "confirm", request, decide, say)


async def reopen(desk: Desk, id: str, payload: Json) -> Outcome:
    """It is not over."""
    request = Reopen.model_validate(payload)
    return await desk.change(
        id,
        "reopen",
        request,
        lambda incident, now: endings.reopen(incident, request.reason, request.actor, now),
        lambda incident: f"{incident.key} is open again.",
    )


async def close(desk: Desk, id: str, payload: Json) -> Outcome:
    """Nothing is left to do."""
    request = Close.model_validate(payload)
    return await desk.change(
        id,
        "close",
        request,
        lambda incident, now: endings.close(incident, request.actor, now, note=request.note),
        lambda incident: f"{incident.key} is closed.",
    )
