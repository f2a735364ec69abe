"""What may be the same thing, so that it is not reported twice."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.incident.catalogue import OTHER
from bot.incident.model import Incident, State

#: What was resolved as recently as this is better reopened than reported anew.
RECENT = timedelta(hours=1)


def duplicates(incidents: Iterable[Incident], service: str, now: datetime) -> tuple[Incident, ...]:
    """Incidents of that service that are open (a queued one counts) or were just resolved; the newest first.

    `Other` is no service: two unknown things are not the same thing.
    """
    wanted = service.strip().casefold()
    if not wanted or wanted == OTHER.casefold():
        return ()
    same = [each for each in incidents if each.service.strip().casefold() == wanted and not each.test]
    return tuple(sorted((each for each in same if _current(each, now)), key=lambda each: -each.number))


def _current(incident: Incident, now: datetime) -> bool:
    ended = incident.milestones.all_clear
    return incident.is_open or (incident.state is State.RESOLVED and ended is not None and now - ended <= RECENT)
