"""What follows outside when people take parts, are called, hand over, escalate, or say what they know."""

from collections.abc import Callable, Mapping

from bot.incident.model import EventKind
from bot.incident.wanted import ROOM, Happened, Landmark, Wanted, has_room, invite, labels_follow, line, post


def _role_taken(it: Happened) -> list[Wanted]:
    """They come in, and are told what is expected of them; the panel shows it to everybody else."""
    person = it.event.data.get("person", "")
    came = [invite((person,))] if has_room(it.incident) else []
    return [*came, post("duties", f"dm:{person}", event=it.number)]


def _offered(it: Happened) -> list[Wanted]:
    """The other is asked, with the summary; the room reads it too."""
    person = it.event.data.get("person", "")
    came = [invite((person,))] if has_room(it.incident) else []
    return [*came, post("offer", f"dm:{person}", event=it.number), *line(it)]


def _called(it: Happened) -> list[Wanted]:
    """They come in, and hear why."""
    people = tuple(filter(None, it.event.data.get("people", "").split(",")))
    came = [invite(people)] if has_room(it.incident) else []
    return [*came, *(post("called", f"dm:{person}", event=it.number) for person in people), *line(it)]


def _escalated(it: Happened) -> list[Wanted]:
    """The owner is told, the room and the issue's label say so; who else is called, and when, is a matter of clocks."""
    owner = it.owner
    came = [invite((owner,))] if owner and has_room(it.incident) else []
    told = [post("escalation", f"dm:{owner}", event=it.number)] if owner else []
    return [*came, *told, *line(it), *labels_follow(it.incident)]


def _acknowledged(it: Happened) -> list[Wanted]:
    was_escalated = it.before is not None and it.before.needs_human
    return [*line(it), *(labels_follow(it.incident) if was_escalated else [])]


def _linked(it: Happened) -> list[Wanted]:
    return [post("change", ROOM, needs=Landmark.CARD, event=it.number)] if has_room(it.incident) else []


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.ROLE_TAKEN: _role_taken,
    EventKind.HANDOVER_OFFERED: _offered,
    EventKind.HANDOVER_DECLINED: line,
    EventKind.CALLED: _called,
    EventKind.ESCALATED: _escalated,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.IMPACT_ASSESSED: line,
    EventKind.LINKED: _linked,
}
