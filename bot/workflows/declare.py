"""Something is broken: an incident is declared, or queued where nobody vouches for it; then let in or declined."""

from datetime import datetime

from bot.durable.engine import Json
from bot.incident import acts
from bot.incident.model import Incident, Moved, State
from bot.incident.policy import trusted_reporter
from bot.incident.requests import Accept, Declare, Decline
from bot.incident.schemes import level_of, scheme
from bot.ports import Outcome
from bot.workflows.story import Desk
from bot.workflows.transition import Change


async def declare(desk: Desk, id: str, payload: Json) -> Outcome:
    """A new incident from a report."""
    request = Declare.model_validate(payload)
    rights = desk.rights(request.actor)

    def create(incident_id: str, number: int, now: datetime) -> Moved:
        return acts.declare(
            request.report,
            id=incident_id,
            number=number,
            by=request.actor,
            at=now,
            trusted=trusted_reporter(rights),
            scheme=scheme(desk.file.severity.scheme),
            catalogue=desk.file.catalogue,
            private=request.private,
            test=request.test,
            origin=request.channel,
        )

    return await desk.transitions.create(Change(id, request.actor, "declare"), create, _declared)


def _declared(incident: Incident) -> str:
    if incident.state is State.QUEUED:
        return f"{incident.key} is reported. A responder looks at it before anything starts."
    return f"{incident.key} is declared as {level_of(incident).wording}. {incident.severity_reason}"


async def accept(desk: Desk, id: str, payload: Json) -> Outcome:
    """A queued report is let in."""
    request = Accept.model_validate(payload)
    return await desk.change(
        id,
        "accept",
        request,
        lambda incident, now: acts.accept(incident, request.actor, now),
        lambda incident: f"{incident.key} is accepted.",
    )


async def decline(desk: Desk, id: str, payload: Json) -> Outcome:
    """Nothing is wrong; the reporter hears what was checked."""
    request = Decline.model_validate(payload)
    return await desk.change(
        id,
        "decline",
        request,
        lambda incident, now: acts.decline(incident, request.checked, request.actor, now),
        lambda incident: f"{incident.key} is declined, and the reporter hears what you checked.",
    )
