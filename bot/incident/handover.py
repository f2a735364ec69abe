"""Passing the lead with a written summary: offered, then accepted or not. Nothing changes until the other accepts."""

from datetime import datetime

from bot.errors import Refused
from bot.incident.acts import hand_over
from bot.incident.asking import refused, required
from bot.incident.lifecycle import WORKING
from bot.incident.model import Actor, Event, EventKind, Handover, Incident, Moved


def offer(incident: Incident, to: Actor, summary: str, by: Actor, at: datetime) -> Moved:
    """Offer the lead to somebody; a newer offer takes the place of an older one."""
    required(summary=(summary, "Write what they need to know: what is known, what is tried, what comes next."))
    if incident.state not in WORKING:
        raise Refused(f"{incident.key} is {incident.state}, so there is no lead to hand over.")
    if to == by:
        raise refused(lead="Choose somebody else, or take the lead with *Take the lead*.")
    if incident.lead == to:
        raise refused(lead=f"<@{to}> leads {incident.key} already.")
    if incident.lead not in (None, by):
        instead = "Only they hand it over; `/incident lead` takes it over."
        raise Refused(f"<@{incident.lead}> leads {incident.key}. {instead}")
    offered = Handover(to=to, by=by, summary=summary.strip(), at=at)
    event = Event(kind=EventKind.HANDOVER_OFFERED, at=at, by=by, text=offered.summary, data={"person": to})
    return Moved(incident=incident.model_copy(update={"handover": offered}), events=(event,))


def accept_handover(incident: Incident, by: Actor, at: datetime) -> Moved:
    """The other takes it: they lead from now on."""
    offered = _offered(incident, by)
    moved = hand_over(incident, by, offered.by, at)
    return Moved(incident=moved.incident.model_copy(update={"handover": None}), events=moved.events)


def decline_handover(incident: Incident, by: Actor, at: datetime) -> Moved:
    """The other cannot; whoever leads goes on leading."""
    _offered(incident, by)
    event = Event(kind=EventKind.HANDOVER_DECLINED, at=at, by=by)
    return Moved(incident=incident.model_copy(update={"handover": None}), events=(event,))


def _offered(incident: Incident, by: Actor) -> Handover:
    if incident.handover is None:
        raise Refused(f"The lead of {incident.key} is not on offer any more.")
    if incident.handover.to != by:
        raise Refused(f"The lead of {incident.key} is offered to <@{incident.handover.to}>.")
    return incident.handover
