"""For whoever comes second: who decided it before them, and when; from the last event of that kind."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.incident.lifecycle import WORKING
from bot.incident.model import Event, EventKind, Incident, State
from bot.incident.severity import in_words
from bot.incident.timeline import sentence

#: The event by which an incident came to be over.
_ENDED: Mapping[State, tuple[EventKind, ...]] = {
    State.RESOLVED: (EventKind.RESOLVED,),
    State.CLOSED: (EventKind.CLOSED,),
    State.DECLINED: (EventKind.DECLINED,),
    State.MERGED: (EventKind.MERGED,),
}
_BEGUN = (EventKind.ACCEPTED, EventKind.REOPENED)
_LED = (EventKind.LEAD_CHANGED,)


def decides(story: str, incident: Incident) -> tuple[EventKind, ...]:
    """The kinds of events of which the last one is why that story is refused as the incident stands; none: no event is.

    Somebody let it in, ended it, took the lead or acknowledged it first.
    """
    ended = _ENDED.get(incident.state, ())
    if story == "accept":
        return (*_BEGUN, *ended)
    if story == "offer":
        return ended or (*_LED, EventKind.HANDOVER_DECLINED)
    if story == "lead":
        return ended if incident.state is not State.RESOLVED and ended else _LED
    if story == "ack":
        return ended or (EventKind.ACKNOWLEDGED, *_LED)
    if story in ("close", "reopen", "confirm"):
        waits = incident.state is State.RESOLVED and story == "close"  # for what is missing, not for somebody
        return () if waits else _BEGUN if incident.state in WORKING else ended
    return ended


def told(event: Event, now: datetime) -> str:
    """One sentence without what was said: who did it, at what time (UTC), and how long ago."""
    data = {key: said for key, said in event.data.items() if key != "first"}
    by = data.get("lead", event.by) if "first" in event.data else event.by  # they acted, and so lead
    plain = event.model_copy(update={"text": "", "by": by, "data": data})
    did = sentence(plain, lambda actor: f"<@{actor}>").rstrip(".")
    passed = now - event.at
    ago = f"{in_words(passed)} ago" if passed >= timedelta(minutes=1) else "just now"
    return f"{did} at {event.at:%H:%M} UTC, {ago}."
