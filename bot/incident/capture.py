"""What people put on the timeline, and how they correct it; nothing is ever taken out of the record."""

import re
from collections.abc import Sequence
from datetime import date, datetime

from bot.errors import Refused
from bot.incident.acts import SKEW
from bot.incident.asking import refused, required
from bot.incident.entries import Entry, Mark
from bot.incident.model import HOLDFAST, Actor, Event, EventKind, Incident, Moved

#: The types of an action item; without one a person decides later what it is.
TYPES = ("Alert", "Config", "Monitor", "Architecture", "Investigation", "Runbook", "Migration")
#: Kinds that somebody wrote on the timeline themselves; all else is the record of what was done.
_WRITTEN = {EventKind.NOTED, EventKind.ACTION_ITEM_PROPOSED}
_TS = re.compile(r"\d{1,10}\.\d{6}")


def mark(incident: Incident, how: str, on: bool, place: str, ts: str, stamp: str, by: Actor, at: datetime) -> Moved:
    """A message is put on the timeline or taken off; the first public one tells the room what a pin means."""
    if how not in set(Mark) or not _TS.fullmatch(ts):
        raise Refused("I cannot tell which message this is about.")
    public = on and how != Mark.STAR and not (incident.private or incident.test)
    first = public and not incident.pins_told
    data = {"channel": place, "ts": ts, "mark": how, "stamp": stamp} | ({"first": "yes"} if first else {})
    event = Event(kind=EventKind.PINNED if on else EventKind.UNPINNED, at=at, by=by, data=data)
    told = incident.model_copy(update={"pins_told": incident.pins_told or first})
    return Moved(incident=told, events=(event,))


def follow(incident: Incident, place: str, ts: str, gone: bool, by: Actor, at: datetime) -> Moved:
    """A message on the timeline was edited or deleted."""
    kind = EventKind.MESSAGE_DELETED if gone else EventKind.MESSAGE_EDITED
    event = Event(kind=kind, at=at, by=by or HOLDFAST, data={"channel": place, "ts": ts})
    return Moved(incident=incident, events=(event,))


def note(incident: Incident, text: str, by: Actor, at: datetime, *, when: datetime | None, public: bool) -> Moved:
    """Something to remember; `when` is the time it happened, None for now."""
    required(text=(text, "Say what is to be remembered."))
    if when and when > at + SKEW:
        raise refused(at="It cannot have happened in the future. Look at the date and the time zone.")
    data = {"public": "yes"} if public else {}
    event = Event(kind=EventKind.NOTED, at=min(when, at) if when else at, by=by, text=text.strip(), data=data)
    return Moved(incident=incident, events=(event,))


def star(incident: Incident, entries: Sequence[Entry], number: int, by: Actor, at: datetime) -> Moved:
    """One of the moments that matter."""
    entry = _found(incident, entries, number)
    if entry.starred:
        raise refused(entry=f"Entry {number} has a star already.")
    return _about(incident, EventKind.STARRED, entry, by, at)


def hide(incident: Incident, entries: Sequence[Entry], number: int, why: str, by: Actor, at: datetime) -> Moved:
    """Taken back: no view, document or mirror shows it any more, and the record keeps it."""
    entry = _found(incident, entries, number)
    if entry.source is None and entry.event.kind not in _WRITTEN:
        raise refused(entry=f"Entry {number} is what was done, so it stays. Notes and messages can be hidden.")
    return _about(incident, EventKind.HIDDEN, entry, by, at, why)


def correct_time(
    incident: Incident, entries: Sequence[Entry], number: int, when: datetime | None, by: Actor, at: datetime
) -> Moved:
    """When it really happened."""
    entry = _found(incident, entries, number)
    if when is None:
        raise refused(at="Say when it was, such as 14:05 or 2026-11-20 14:05; without a zone it is read in yours.")
    if when > at + SKEW:
        raise refused(at="It cannot have happened in the future. Look at the date and the time zone.")
    return _about(incident, EventKind.TIME_CORRECTED, entry, by, at, time=when.isoformat())


def propose(
    incident: Incident, number: int, text: str, type: str, owner: Actor, due: str, by: Actor, at: datetime
) -> Moved:
    """A follow-up, to be written into the post-mortem; `number` makes its key."""
    required(what=(text, "Say what is to be done."))
    if type and type not in TYPES:
        raise refused(type=f"Choose one of {', '.join(TYPES)}.")
    if due and _day(due) is None:
        raise refused(due="Choose a day, such as 2026-11-30.")
    given = {"key": f"T-{number}", "type": type, "owner": owner, "due": due}
    data = {name: value for name, value in given.items() if value}
    event = Event(kind=EventKind.ACTION_ITEM_PROPOSED, at=at, by=by, text=text.strip(), data=data)
    return Moved(incident=incident, events=(event,))


def _found(incident: Incident, entries: Sequence[Entry], number: int) -> Entry:
    for entry in entries:
        if entry.number == number and not entry.hidden:
            return entry
    raise refused(entry=f"{incident.key} has no entry {number}. `/incident timeline` shows their numbers.")


def _about(
    incident: Incident, kind: EventKind, entry: Entry, by: Actor, at: datetime, why: str = "", **data: str
) -> Moved:
    event = Event(kind=kind, at=at, by=by, text=why.strip(), data={"entry": str(entry.number)} | data)
    return Moved(incident=incident, events=(event,))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
