"""Making an open incident private: from now on its members alone; what was read before cannot be unread."""

from datetime import datetime

from bot.errors import Refused
from bot.incident.asking import required
from bot.incident.model import Actor, Event, EventKind, Incident, Moved


def make_private(incident: Incident, reason: str, by: Actor, at: datetime) -> Moved:
    """Only its members, the approvers and the owner see it from now on. There is no way back.

    The event keeps where it was worked on until then.
    """
    required(reason=(reason, "Say why; its members read it."))
    if incident.private:
        raise Refused(f"{incident.key} is private already.")
    if not incident.is_open:
        raise Refused(f"{incident.key} is {incident.state}; only an open incident can be made private.")
    data = {"left": incident.places.room} if incident.places.room else {}
    event = Event(kind=EventKind.MADE_PRIVATE, at=at, by=by, text=reason.strip(), data=data)
    return Moved(incident=incident.model_copy(update={"private": True}), events=(event,))
