"""What follows outside when a post-mortem is begun, reviewed and published, and its incident changes later."""

from collections.abc import Callable, Mapping

from bot.incident.model import EventKind, Moved
from bot.incident.postmortems import OUT, REMINDERS
from bot.incident.wanted import (
    ALERTS_THREAD,
    LEAD,
    EffectKind,
    Happened,
    Landmark,
    Wanted,
    has_room,
    invite,
    issue_follows,
    labels_follow,
    line,
    notices,
    post,
    where,
)

#: What changes nothing that stands in the document.
_LEAVES_IT = frozenset(
    {
        *(EventKind.POSTMORTEM_BEGUN, EventKind.REVIEW_ASKED, EventKind.REVIEWED, EventKind.POSTMORTEM_SENT),
        *(EventKind.POSTMORTEM_PROPOSED, EventKind.POSTMORTEM_TAKEN_BACK, EventKind.POSTMORTEM_CLASHED),
        *(EventKind.EFFECT_FAILED, EventKind.ROOM_OPENED, EventKind.PINNED, EventKind.STARRED),
    }
)


def amended(moved: Moved) -> list[Wanted]:
    """The document in git follows what happened after it was published."""
    incident = moved.incident
    in_git = incident.postmortem in OUT and incident.places.document is not None and not incident.private
    told = [event for event in moved.events if event.kind not in _LEAVES_IT]
    if not in_git or not told:
        return []
    items = [event.data.get("key", "") for event in told if event.kind is EventKind.ACTION_ITEM_PROPOSED]
    # what was written, recorded and proposed while it was on its way
    items += ["all"] if any(event.kind is EventKind.POSTMORTEM_PUBLISHED for event in told) else []
    return [Wanted(kind=EffectKind.AMEND, line="document", request={"items": ",".join(items)} if items else {})]


def _begun(it: Happened) -> list[Wanted]:
    """Those who work on it read what it begins with, and by when it is due; later the lead is reminded."""
    to = where(it.incident)
    told = post("postmortem", to, needs=Landmark.CARD, line=to, event=it.number)
    due = it.incident.postmortem_due
    if due is None:
        return [told]
    span = due - it.event.at
    return [told, *(post("postmortem_due", LEAD, event=it.number, at=it.event.at + span * part) for part in REMINDERS)]


def _asked(it: Happened) -> list[Wanted]:
    people = tuple(filter(None, it.event.data.get("people", "").split(",")))
    came = [invite(people)] if it.incident.private else []  # whoever is not in its room may not read it
    return [*came, *(post("review_asked", f"dm:{person}", event=it.number) for person in people), *line(it)]


def _sent(it: Happened) -> list[Wanted]:
    return [Wanted(kind=EffectKind.PUBLISH, line="document")]


def _published(it: Happened) -> list[Wanted]:
    """Room, reporters, #alerts and issue read it, and the public site is looked at."""
    incident = it.incident
    told = post("published", where(incident), needs=Landmark.CARD, event=it.number)
    also = [post("published", ALERTS_THREAD, event=it.number)] if has_room(incident) and not incident.private else []
    checked = [Wanted(kind=EffectKind.VERIFY)] if "document" in it.event.data else []
    return [told, *also, *notices(incident, "published_notice"), *issue_follows(it), *checked]


def _clashed(it: Happened) -> list[Wanted]:
    return [post("clash", where(it.incident), needs=Landmark.CARD, event=it.number)]


def _waived(it: Happened) -> list[Wanted]:
    return [*line(it), *labels_follow(it.incident)]


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.POSTMORTEM_BEGUN: _begun,
    EventKind.REVIEW_ASKED: _asked,
    EventKind.REVIEWED: line,
    EventKind.POSTMORTEM_SENT: _sent,
    EventKind.POSTMORTEM_PROPOSED: line,
    EventKind.POSTMORTEM_PUBLISHED: _published,
    EventKind.POSTMORTEM_TAKEN_BACK: line,
    EventKind.POSTMORTEM_CLASHED: _clashed,
    EventKind.POSTMORTEM_WAIVED: _waived,
}
