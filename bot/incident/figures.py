"""How long an incident took to be seen, taken, held and ended: from its milestones and nothing else."""

from datetime import UTC, datetime, timedelta

from bot.incident.model import Frozen, Milestones


class Figures(Frozen):
    """Spans between milestones; None where one of them is not recorded, or they contradict each other.

    Seed 004 names the four: to detect and to resolve are counted from the start, to acknowledge from the alert (here:
    from when somebody was called, else from the report), to mitigate from when it was detected.
    """

    detect: timedelta | None = None
    acknowledge: timedelta | None = None
    mitigate: timedelta | None = None
    resolve: timedelta | None = None


def figures(milestones: Milestones) -> Figures:
    """The four spans of one incident."""
    detected = milestones.detected or milestones.declared
    return Figures(
        detect=_between(milestones.started, detected),
        acknowledge=_between(milestones.paged or milestones.declared, milestones.acknowledged),
        mitigate=_between(detected, milestones.mitigated),
        resolve=_between(milestones.started or detected, milestones.restored),
    )


def _between(first: datetime | None, then: datetime | None) -> timedelta | None:
    return then - first if first is not None and then is not None and then >= first else None


def utc(at: datetime) -> str:
    """An instant for people of any time zone: `2026-03-02 14:30 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def span(length: timedelta | None) -> str:
    """For people: `45 s`, `12 min`, `3 h 05 min`, `2 d 4 h`; `not recorded` for None."""
    if length is None:
        return "not recorded"
    seconds = int(length.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"
