"""What a change sets off outside: from what happened to the effects that are wanted, as data."""

from collections.abc import Callable

from bot.incident import (
    consequences_github,
    consequences_investigation,
    consequences_merging,
    consequences_people,
    consequences_postmortem,
    consequences_timeline,
)
from bot.incident.model import ALERTMANAGER, Actor, EventKind, Incident, Moved, State
from bot.incident.opening import announced, opened, room
from bot.incident.schemes import level_of
from bot.incident.wanted import (
    ALERTS_THREAD,
    Happened,
    Landmark,
    Wanted,
    comment,
    has_room,
    invite,
    issue_follows,
    labels_follow,
    line,
    notices,
    post,
    where,
)


def consequences(before: Incident | None, moved: Moved, first_event: int, owner: Actor | None) -> tuple[Wanted, ...]:
    """The effects that a change wants, in the order in which people should see them.

    `before` is None for a new incident; `first_event` is the number of the first of `moved.events` on its timeline.
    """
    wanted: list[Wanted] = []
    for number, event in enumerate(moved.events, first_event):
        follows = FOLLOWS.get(event.kind)
        of_it = follows(Happened(before, moved.incident, event, number, owner)) if follows else []
        wanted += [told for told in of_it if not consequences_github.known_there(event, told)]
    wanted += consequences_postmortem.amended(moved)
    return tuple(effect for effect in wanted if effect.request.get("to") != f"dm:{ALERTMANAGER}")


def _declared(it: Happened) -> list[Wanted]:
    told = notices(it.incident, "queued" if it.queued else "reported")
    theirs = labels_follow(it.incident) if it.incident.places.issue_number is not None else []
    return [*announced(it), *(theirs if it.queued else opened(it)), *told]


def _accepted(it: Happened) -> list[Wanted]:
    return [*opened(it), *notices(it.incident, "accepted")]


def _ended_or_reopened(it: Happened) -> list[Wanted]:
    reopened = it.event.kind is EventKind.REOPENED
    never_opened = it.before is not None and it.before.state is State.DECLINED and it.before.places.card is None
    begun = opened(it) if reopened and never_opened else []
    told = [] if reopened else notices(it.incident, it.event.kind.value, it.number)
    return [*begun, *line(it), *told, *issue_follows(it, "open" if it.incident.is_open else "closed")]


def _severity_changed(it: Happened) -> list[Wanted]:
    grown = it.before is not None and has_room(it.incident) and not has_room(it.before) and not it.queued
    moved_in = room(it) if grown else []
    called = [] if grown or it.before is None else _owner_called(it.before, it)
    return [*moved_in, *called, *line(it), *issue_follows(it)]


def _lead_changed(it: Happened) -> list[Wanted]:
    invited = [invite((it.incident.lead,))] if has_room(it.incident) and it.incident.lead else []
    told = [post("duties", f"dm:{it.incident.lead}", event=it.number)] if it.incident.lead else []
    return [*invited, *line(it), *told, *_looked_into(it)]


def _updated(it: Happened) -> list[Wanted]:
    incident = it.incident
    also = [post("change", ALERTS_THREAD, event=it.number)] if has_room(incident) and not incident.private else []
    told = [] if has_room(incident) else notices(incident, "update", it.number, but=it.event.by)
    return [*line(it), *also, *told, *comment(it)]


def _looked_into(it: Happened) -> list[Wanted]:
    """The reporters hear once that somebody has it in hand."""
    first = it.before is not None and it.before.lead is None
    return notices(it.incident, "investigating", but=it.incident.lead or "") if first else []


def _owner_called(before: Incident, it: Happened) -> list[Wanted]:
    """The owner, where it has become critical in a room that is there already."""
    critical = level_of(it.incident).rank == 1 < level_of(before).rank
    return [invite((it.owner,))] if critical and it.owner and has_room(it.incident) else []


def _alert_fired(it: Happened) -> list[Wanted]:
    return line(it) if it.event.data.get("again") else []


def _alert_stopped(it: Happened) -> list[Wanted]:
    """Evidence, and where it changes whether anything fires at all the question whether it is over."""
    asked = post("stopped", where(it.incident), needs=Landmark.CARD, event=it.number)
    return [asked] if it.event.data.get("suggest") else []


def _said_in_the_room(it: Happened) -> list[Wanted]:
    return [] if it.before is None else line(it)


#: What each kind of event sets off; kinds that are not here set off nothing.
FOLLOWS: dict[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.DECLARED: _declared,
    EventKind.ACCEPTED: _accepted,
    EventKind.RESOLVED: _ended_or_reopened,
    EventKind.DECLINED: _ended_or_reopened,
    EventKind.REOPENED: _ended_or_reopened,
    EventKind.SEVERITY_CHANGED: _severity_changed,
    EventKind.LEAD_CHANGED: _lead_changed,
    EventKind.UPDATED: _updated,
    EventKind.STATE_CHANGED: _said_in_the_room,
    EventKind.CLOSED: _said_in_the_room,
    EventKind.CONFIRMED_FIXED: _said_in_the_room,
    EventKind.ALERT_FIRED: _alert_fired,
    EventKind.ALERT_STOPPED: _alert_stopped,
    **consequences_people.FOLLOWS,
    **consequences_merging.FOLLOWS,
    **consequences_timeline.FOLLOWS,
    **consequences_postmortem.FOLLOWS,
    **consequences_investigation.FOLLOWS,
}
