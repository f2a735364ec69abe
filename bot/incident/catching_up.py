"""Who is told how an incident stands when they come into its room, and what of its timeline they need first."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.incident.entries import Entry, shown
from bot.incident.model import Actor, EventKind, Incident

#: Nobody is told twice within this; and while it is as young as that, its room says all there is to say.
AGAIN, YOUNG = timedelta(hours=1), timedelta(minutes=5)
#: What people did about it, and what came of it.
_TRIED = frozenset(
    {EventKind.COMMAND_RUN, EventKind.NOTED, EventKind.PINNED, EventKind.FINDINGS_WRONG, EventKind.REOPENED}
)
#: So much of that is told.
NEWEST = 5


def worth(incident: Incident, person: Actor, last: datetime | None, now: datetime) -> bool:
    """Whether to tell somebody who comes into the room. `last` is when they were told before, None if never.

    Whoever leads it knows, and where it is over or has only begun there is nothing to catch up with.
    """
    if not incident.is_open or person == incident.lead:
        return False
    if incident.milestones.declared is None or now - incident.milestones.declared < YOUNG:
        return False
    return last is None or now - last >= AGAIN


def tried(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """What was tried and noted, the newest few, in the order of their times; for members."""
    told = [entry for entry in shown(entries, internal=True) if entry.event.kind in _TRIED]
    return tuple(told[-NEWEST:])
