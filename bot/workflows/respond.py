"""While it lasts: who leads, what we know, how bad it is, and how far we are."""

from datetime import datetime

from bot.durable.engine import Json
from bot.incident import acts
from bot.incident.model import Incident, Moved
from bot.incident.requests import ChangeSeverity, ChangeStatus, PostUpdate, TakeLead
from bot.incident.schemes import level_of
from bot.ports import Outcome
from bot.workflows.story import Desk


async def lead(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody leads from now on: whoever asks, or whom they name."""
    request = TakeLead.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        if request.lead == request.actor:
            return acts.take_lead(incident, request.actor, now, request.instead_of)
        desk.a_member(request.lead, "lead", "Only a member of the workspace can lead: no guest, and no app.")
        return acts.hand_over(incident, request.lead, request.actor, now, request.instead_of)

    def say(incident: Incident) -> str:
        return f"You lead {incident.key} now." if request.lead == request.actor else f"<@{request.lead}> leads it now."

    return await desk.change(id, "lead", request, decide, say)


async def update(desk: Desk, id: str, payload: Json) -> Outcome:
    """What we know now, and what comes next."""
    request = PostUpdate.model_validate(payload)
    return await desk.change(
        id,
        "update",
        request,
        lambda incident, now: acts.led(
            acts.post_update(incident, request.text, request.actor, now, request.next_steps, request.next_update),
            request.actor,
            now,
        ),
        lambda incident: f"Your update on {incident.key} is saved. It is posted as soon as Slack takes it.",
    )


async def severity(desk: Desk, id: str, payload: Json) -> Outcome:
    """How bad it is, and why."""
    request = ChangeSeverity.model_validate(payload)

    def decide(incident: Incident, now: datetime) -> Moved:
        if request.answers is not None:
            moved = acts.answer_severity(incident, request.answers, request.reason, request.actor, now)
        else:
            moved = acts.change_severity(incident, request.severity, request.reason, request.actor, now)
        return acts.led(moved, request.actor, now)

    def say(incident: Incident) -> str:
        return f"{incident.key} is {level_of(incident).wording} now."

    return await desk.change(id, "severity", request, decide, say)


async def status(desk: Desk, id: str, payload: Json) -> Outcome:
    """How far we are."""
    request = ChangeStatus.model_validate(payload)
    return await desk.change(
        id,
        "status",
        request,
        lambda incident, now: acts.led(
            acts.change_status(incident, request.state, request.actor, now, request.note), request.actor, now
        ),
        lambda incident: f"{incident.key} is {incident.state} now.",
    )
