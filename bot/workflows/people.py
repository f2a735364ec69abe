"""Who takes part: roles, people called, the lead handed over, an incident escalated and acknowledged."""

from datetime import datetime

from bot.durable.engine import Json
from bot.incident import calling, handover, roles
from bot.incident.acts import led
from bot.incident.asking import refused
from bot.incident.model import Actor, Incident, Moved
from bot.incident.requests import Acknowledge, AnswerOffer, Call, Escalate, OfferLead, PlayRole
from bot.ports import Outcome
from bot.workflows.story import Desk

_PLAYS = "Only a member of the workspace can take a part: no guest, and no app."


async def role(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody plays a part from now on, or no longer. The commander's part is the lead."""
    request = PlayRole.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        part = roles.find_role(desk.file.roles, request.role)
        if part.id == roles.LEAD.id:
            raise refused(role="Who leads is changed with `/incident lead`, or handed over with `/incident handover`.")
        if request.leave:
            return roles.leave_role(incident, part, request.person, request.actor, now)
        desk.a_member(request.person, "person", _PLAYS)
        return roles.take_role(incident, part, request.person, request.actor, now)

    def say(incident: Incident) -> str:
        part = roles.find_role(desk.file.roles, request.role).name.lower()
        mine = request.person == request.actor
        if request.leave:
            return f"{'You are' if mine else f'<@{request.person}> is'} no longer {part} of {incident.key}."
        return f"{'You are' if mine else f'<@{request.person}> is'} {part} of {incident.key} now."

    return await desk.change(id, "role", request, decide, say)


async def offer_lead(desk: Desk, id: str, payload: Json) -> Outcome:
    """The lead is offered with a summary; it passes when the other accepts."""
    request = OfferLead.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        desk.a_member(request.to, "lead", "Only a member of the workspace can lead: no guest, and no app.")
        return handover.offer(incident, request.to, request.summary, request.actor, now)

    def say(incident: Incident) -> str:
        return f"<@{request.to}> is asked to take the lead of {incident.key}. It passes when they accept."

    return await desk.change(id, "handover", request, decide, say)


async def answer_offer(desk: Desk, id: str, payload: Json) -> Outcome:
    """The other takes the lead, or cannot."""
    request = AnswerOffer.model_validate(payload)
    answer = handover.accept_handover if request.accept else handover.decline_handover

    def say(incident: Incident) -> str:
        return f"You lead {incident.key} now." if request.accept else "Thank you for saying so. The others hear it."

    return await desk.change(id, "offer", request, lambda incident, now: answer(incident, request.actor, now), say)


async def call(desk: Desk, id: str, payload: Json) -> Outcome:
    """A person is asked to come, or everybody who plays a part."""
    request = Call.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        return calling.call(incident, _wanted(desk, request, incident), request.reason, request.actor, now)

    def say(incident: Incident) -> str:
        named = ", ".join(f"<@{person}>" for person in _wanted(desk, request, incident))
        return f"{named} is asked to come to {incident.key}." if "," not in named else f"{named} are asked to come."

    return await desk.change(id, "call", request, decide, say)


def _wanted(desk: Desk, request: Call, incident: Incident) -> tuple[Actor, ...]:
    """Raises Refused, by field, where nobody is meant or nobody plays that part."""
    if request.person:
        return (request.person,)
    if not request.role.strip():
        raise refused(person="Say whom to call: a person, or a role that somebody plays.")
    part = roles.find_role(desk.file.roles, request.role)
    playing = (incident.lead,) if part.id == roles.LEAD.id else incident.roles.get(part.id, ())
    people = tuple(person for person in playing if person)
    if not people:
        raise refused(role=f"Nobody is {part.name.lower()} of {incident.key} yet. Name a person.")
    return people


async def escalate(desk: Desk, id: str, payload: Json) -> Outcome:
    """It needs somebody who can do more."""
    request = Escalate.model_validate(payload)
    told = "The owner is told." if desk.file.slack.owner else "No owner is configured, so tell somebody yourself, too."
    return await desk.change(
        id,
        "escalate",
        request,
        lambda incident, now: calling.escalate(incident, request.reason, request.actor, now),
        lambda incident: f"{incident.key} is escalated. {told}",
    )


async def acknowledge(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody has seen it and is on it."""
    request = Acknowledge.model_validate(payload)
    return await desk.change(
        id,
        "ack",
        request,
        lambda incident, now: led(calling.acknowledge(incident, request.actor, now), request.actor, now),
        lambda incident: f"{incident.key} is acknowledged. Thank you.",
    )
