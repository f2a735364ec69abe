"""Getting help: people called into the room, the incident escalated, and somebody who says that they have it."""

from collections.abc import Sequence
from datetime import datetime

from bot.errors import Refused
from bot.incident.acts import acknowledged, reached
from bot.incident.asking import refused, required
from bot.incident.lifecycle import WORKING
from bot.incident.model import Actor, Event, EventKind, Incident, Moved


def call(incident: Incident, people: Sequence[Actor], reason: str, by: Actor, at: datetime) -> Moved:
    """Ask people to come. Who is called, and as what, stands on the timeline."""
    if not people:
        raise refused(person="Say whom to call: a person, or a role that somebody plays.")
    _in_hand(incident)
    named = ",".join(dict.fromkeys(people))
    event = Event(kind=EventKind.CALLED, at=at, by=by, text=reason.strip(), data={"people": named})
    return Moved(incident=reached(incident, "paged", at), events=(event,))


def escalate(incident: Incident, reason: str, by: Actor, at: datetime) -> Moved:
    """It needs a person who can do more; it says so on the card and the issue until somebody acknowledges."""
    required(reason=(reason, "Say what you need, or what you cannot do; the owner reads it."))
    _in_hand(incident)
    event = Event(kind=EventKind.ESCALATED, at=at, by=by, text=reason.strip())
    return Moved(incident=reached(incident, "paged", at).model_copy(update={"needs_human": True}), events=(event,))


def acknowledge(incident: Incident, by: Actor, at: datetime) -> Moved:
    """Somebody says that they have seen it and are on it; that ends an escalation."""
    _in_hand(incident)
    if incident.milestones.acknowledged and not incident.needs_human:
        raise Refused(f"{incident.key} was acknowledged already.")
    seen = acknowledged(incident, by, at).model_copy(update={"needs_human": False})
    return Moved(incident=seen, events=(Event(kind=EventKind.ACKNOWLEDGED, at=at, by=by),))


def _in_hand(incident: Incident) -> None:
    if incident.state not in WORKING:
        raise Refused(f"{incident.key} is {incident.state}; nobody works on it now.")
