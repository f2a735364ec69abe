"""What is known beside its course, and what it turns out to be: impact, links, another incident, something private."""

from datetime import datetime

from bot.durable.engine import Json
from bot.errors import NotFound
from bot.incident import facts, merging, privacy
from bot.incident.model import Incident, Moved
from bot.incident.requests import AddLink, AssessImpact, MakePrivate, Merge
from bot.ports import Outcome
from bot.workflows.story import Desk
from bot.workflows.transition import Change


async def impact(desk: Desk, id: str, payload: Json) -> Outcome:
    """Whom it hurts, and how."""
    request = AssessImpact.model_validate(payload)
    return await desk.change(
        id,
        "impact",
        request,
        lambda incident, now: facts.assess_impact(incident, request.impact, request.actor, now),
        lambda incident: f"The impact of {incident.key} is written down.",
    )


async def link(desk: Desk, id: str, payload: Json) -> Outcome:
    """A page worth having at hand."""
    request = AddLink.model_validate(payload)
    return await desk.change(
        id,
        "link",
        request,
        lambda incident, now: facts.link(incident, request.url, request.name, request.actor, now),
        lambda incident: f"The link is on the card of {incident.key}.",
    )


async def merge(desk: Desk, id: str, payload: Json) -> Outcome:
    """It is the same as another one, which goes on for both. Whoever merges has to see both."""
    request = Merge.model_validate(payload)
    try:
        target = await desk.incidents.by_ref(request.into, request.actor, request.channel)
    except NotFound as error:
        return Outcome(ok=False, text=error.sentence, fields={"into": error.sentence})

    inside, there = await desk.incidents.members(request.incident), await desk.incidents.members(target.id)

    def decide(source: Incident, other: Incident, now: datetime) -> tuple[Moved, Moved]:
        desk.permit("merge", request, source, inside)
        desk.permit("merge", request, other, there)
        return merging.merge(source, other, request.actor, now, request.note)

    change = Change(id, request.actor, "merge")
    ids = (request.incident, target.id)
    return await desk.transitions.merge(
        change, ids, decide, lambda source: f"{source.key} is merged into {target.key}, which goes on for both."
    )


async def private(desk: Desk, id: str, payload: Json) -> Outcome:
    """From now on its members alone see it."""
    request = MakePrivate.model_validate(payload)

    def say(incident: Incident) -> str:
        told = f"{incident.key} is private now. What was read before cannot be unread."
        if incident.places.proposal is not None:
            return f"{told} Pull request #{incident.places.proposal} still holds its post-mortem until you close it."
        if incident.places.document is not None:
            return f"{told} Its post-mortem {incident.places.document} stays in git until you take it out there."
        return told

    return await desk.change(
        id,
        "private",
        request,
        lambda incident, now: privacy.make_private(incident, request.reason, request.actor, now),
        say,
    )
