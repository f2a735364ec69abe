"""What follows outside when reports meet, incidents become one, or one is made private."""

from collections.abc import Callable, Mapping

from bot.incident.model import EventKind
from bot.incident.opening import room
from bot.incident.wanted import (
    EffectKind,
    Happened,
    Landmark,
    Wanted,
    has_room,
    invite,
    issue_follows,
    line,
    notices,
    post,
)


def _reported_again(it: Happened) -> list[Wanted]:
    """They are thanked; only what makes it worse is news to those who work on it."""
    thanked = post("joined", f"dm:{it.event.by}", event=it.number)
    return [thanked, *(line(it) if it.event.data.get("severity") else [])]


def _merged(it: Happened) -> list[Wanted]:
    """Its people hear where it goes on; its issue is closed, and names the other."""
    said = line(it) if it.incident.places.card else []
    return [*said, *notices(it.incident, "merged", it.number, but=it.event.by), *issue_follows(it, "closed")]


def _merged_in(it: Happened) -> list[Wanted]:
    """Those who worked on the other one come along."""
    others = tuple(each for each in it.incident.also_reported if it.before and each not in it.before.also_reported)
    came = [invite(others)] if has_room(it.incident) else []
    return [*came, *line(it), *issue_follows(it)]


def _made_private(it: Happened) -> list[Wanted]:
    """A private room takes the place of what was public; what stands in public says only that it has moved."""
    left = it.event.data.get("left")
    gone = [post("gone_private", f"channel:{left}")] if left else []
    public = it.before is not None and it.before.places.issue_number is not None
    blank = [Wanted(kind=EffectKind.ISSUE_BLANK, needs=Landmark.ISSUE, line="issue")]
    request = {"left": left} if left else {}
    retract = [Wanted(kind=EffectKind.RETRACT, needs=Landmark.PRIVATE_ROOM, request=request)]
    asked = invite((it.event.by,), needs=Landmark.PRIVATE_ROOM)
    return [*room(it, Landmark.PRIVATE_ROOM), asked, *line(it), *gone, *retract, *(blank if public else [])]


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.REPORTED_AGAIN: _reported_again,
    EventKind.MERGED: _merged,
    EventKind.MERGED_IN: _merged_in,
    EventKind.MADE_PRIVATE: _made_private,
}
