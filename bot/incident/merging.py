"""The same thing reported more than once: a report that joins an open incident, and two incidents that become one."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.errors import Refused
from bot.incident.acts import check_started
from bot.incident.catalogue import OTHER, Catalogue
from bot.incident.lifecycle import move
from bot.incident.model import Actor, Event, EventKind, Incident, Moved, Report, State
from bot.incident.report import answers
from bot.incident.schemes import level_of, scheme
from bot.incident.severity import assess

#: Reports of one service that come as close together as this, by people who have not seen one another's, are one.
TOGETHER = timedelta(minutes=15)


def same(incidents: Iterable[Incident], report: Report, now: datetime) -> Incident | None:
    """The open incident that this report is about though its author has not seen it: the oldest of that service.

    Private, test and queued ones are none; neither is anything of `Other`, nor for a report about security.
    """
    wanted = report.service.strip().casefold()
    if not wanted or wanted == OTHER.casefold() or report.security:
        return None
    found = [each for each in incidents if each.service.strip().casefold() == wanted and _recent(each, now)]
    return min(found, key=lambda each: each.number, default=None)


def _recent(incident: Incident, now: datetime) -> bool:
    declared = incident.milestones.declared
    open_to_all = incident.is_open and not (incident.private or incident.test or incident.state is State.QUEUED)
    return open_to_all and declared is not None and now - declared <= TOGETHER


def join(incident: Incident, report: Report, by: Actor, at: datetime, catalogue: Catalogue) -> Moved:
    """One more person has seen it. Their words are kept; if they make it worse, the room hears so."""
    if not incident.is_open:
        raise Refused(f"{incident.key} is {incident.state}, so nothing can be added to it. Report it as something new.")
    check_started(report, at)
    assessed = assess(scheme(incident.scheme), answers(report, catalogue))
    worse = scheme(incident.scheme).level(assessed.level).rank < level_of(incident).rank
    data = {"severity": assessed.level, "because": assessed.reason} if worse else {}
    event = Event(kind=EventKind.REPORTED_AGAIN, at=at, by=by, text=report.what, data=data)
    others = dict.fromkeys((*incident.also_reported, by))
    others.pop(incident.reporter, None)
    return Moved(incident=incident.model_copy(update={"also_reported": tuple(others)}), events=(event,))


def merge(source: Incident, target: Incident, by: Actor, at: datetime, note: str = "") -> tuple[Moved, Moved]:
    """`source` ends in `target`, which goes on for both. Both timelines stay, and each names the other."""
    if source.id == target.id:
        raise Refused("An incident cannot be merged into itself. Name the other one.")
    if not target.is_open:
        raise Refused(f"{target.key} is {target.state}. Merge into one that is open, or reopen it first.")
    if source.private and not target.private:
        raise Refused(f"{source.key} is private and {target.key} is not, so merging would tell too much.")
    if source.test is not target.test:
        raise Refused("A drill and a real incident stay apart.")
    ended = move(source, State.MERGED, by, at, note, into=target.key)
    gone = ended.incident.model_copy(update={"merged_into": target.key, "handover": None, "needs_human": False})
    others = dict.fromkeys((*target.also_reported, *source.reporters))
    others.pop(target.reporter, None)
    event = Event(kind=EventKind.MERGED_IN, at=at, by=by, text=note.strip(), data={"from": source.key})
    grown = target.model_copy(update={"also_reported": tuple(others)})
    return Moved(incident=gone, events=ended.events), Moved(incident=grown, events=(event,))
