"""What follows outside when people put something on the timeline, correct it, or take it off again."""

from collections.abc import Callable, Mapping

from bot.incident import consequences_github
from bot.incident.model import EventKind, Incident
from bot.incident.wanted import EffectKind, Happened, Landmark, Wanted, has_room, line, post, where


def _noted(it: Happened) -> list[Wanted]:
    """A note of ours, or something that people did on GitHub."""
    if it.event.data.get("what"):
        return consequences_github.noted(it)
    if it.event.data.get("public"):
        return [*line(it), *_mirror(it.incident, str(it.number))]
    return _among_us(it)


def _read(it: Happened) -> list[Wanted]:
    """A message is read before it is mirrored, and again after each edit."""
    request = {"channel": it.event.data.get("channel", ""), "ts": it.event.data.get("ts", "")}
    read = Wanted(kind=EffectKind.CAPTURE, line="capture", request=request)
    return [*_pins_told(it), read]


def _curated(it: Happened) -> list[Wanted]:
    """Each change of an entry is mirrored anew."""
    data = it.event.data
    about = f"{data.get('channel', '')}:{data.get('ts', '')}" if "ts" in data else data.get("entry", "")
    return _mirror(it.incident, about)


def _among_us(it: Happened) -> list[Wanted]:
    """A line in its room, where members are among themselves; the alerts channel has guests too."""
    return line(it) if has_room(it.incident) else []


def _mirror(incident: Incident, about: str) -> list[Wanted]:
    """The comment of an entry, by its number or its message, as the entry then stands. A drill has none."""
    if incident.test or (incident.private and incident.places.issue_number is None):
        return []
    return [Wanted(kind=EffectKind.MIRROR, needs=Landmark.ISSUE, line="issue", request={"entry": about})]


def _pins_told(it: Happened) -> list[Wanted]:
    """Once in an incident, where people pin: what a pin does."""
    if not it.event.data.get("first"):
        return []
    return [post("pins", where(it.incident), needs=Landmark.CARD)]


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.NOTED: _noted,
    EventKind.PINNED: _read,
    EventKind.MESSAGE_EDITED: _read,
    EventKind.UNPINNED: _curated,
    EventKind.CAPTURED: _curated,
    EventKind.MESSAGE_DELETED: _curated,
    EventKind.HIDDEN: _curated,
    EventKind.TIME_CORRECTED: _curated,
    EventKind.ACTION_ITEM_PROPOSED: _among_us,
}
