"""Something is broken: an incident is declared, or queued where nobody vouches for it; then let in or declined."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.engine import Json
from bot.incident import acts, merging
from bot.incident.model import Incident, Moved, State
from bot.incident.policy import may_see, trusted_reporter
from bot.incident.requests import Accept, Declare, Decline
from bot.incident.schemes import level_of, scheme
from bot.ports import Outcome
from bot.storage import incidents
from bot.workflows.story import Desk
from bot.workflows.transition import Change


async def declare(desk: Desk, id: str, payload: Json) -> Outcome:
    """A new incident from a report, or one more report of what is open already."""
    request = Declare.model_validate(payload)
    rights = desk.rights(request.actor)

    async def find(connection: AsyncConnection, now: datetime) -> Incident | None:
        if request.private or request.test or request.anew:
            return None
        known = await incidents.open_of(connection, request.report.service)
        if request.joins:
            return next((each for each in known if each.id == request.joins and may_see(each, rights)), None)
        return merging.same(known, request.report, now)

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

    def join(incident: Incident, now: datetime) -> Moved:
        return merging.join(incident, request.report, request.actor, now, desk.file.catalogue)

    def say(incident: Incident) -> str:
        return _declared(incident) if incident.version == 1 else _joined(incident)

    change = Change(id, request.actor, "declare")
    return await desk.transitions.join_or_create(change, find, join, create, say)


def _joined(incident: Incident) -> str:
    return f"Thank you. {incident.key} is about this already; your report was added to it."


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
