"""What is known about an incident beside its course: whom it hurts and how, and pages worth having at hand."""

import re
from datetime import datetime

from bot.errors import Refused
from bot.incident.asking import refused
from bot.incident.model import Actor, Event, EventKind, Impact, Incident, Link, Moved

#: The parts of an impact assessment, in the order in which they are asked and shown.
IMPACT_PARTS = {
    "users": "Users",
    "services": "Services",
    "data": "Data",
    "security": "Security",
    "business": "Business",
}
#: More would not be looked through at night.
LINKS = 20
_WEB = re.compile(r"https?://[^\s<>|\"'`]{1,2000}")


def assess_impact(incident: Incident, impact: Impact, by: Actor, at: datetime) -> Moved:
    """Replace what is known about the impact; what is said as before changes nothing."""
    changed = {part: said for part in IMPACT_PARTS if (said := getattr(impact, part)) != getattr(incident.impact, part)}
    if not changed:
        raise Refused("Nothing was changed.")
    said = "; ".join(f"{IMPACT_PARTS[part]}: {said or 'nothing known'}" for part, said in changed.items())
    event = Event(kind=EventKind.IMPACT_ASSESSED, at=at, by=by, text=said)
    return Moved(incident=incident.model_copy(update={"impact": impact}), events=(event,))


def link(incident: Incident, url: str, name: str, by: Actor, at: datetime) -> Moved:
    """Keep a page at hand, on the card; the same address again gets the new name."""
    address = url.strip()
    if not _WEB.fullmatch(address):
        raise refused(link="A link begins with https:// and has no spaces in it.")
    kept = tuple(each for each in incident.links if each.url != address)
    if len(kept) >= LINKS:
        raise refused(link=f"{incident.key} has {LINKS} links already; that is as many as anybody reads.")
    named = Link(name=name.strip()[:200] or address, url=address)
    event = Event(kind=EventKind.LINKED, at=at, by=by, text=name.strip(), data={"url": address})
    return Moved(incident=incident.model_copy(update={"links": (*kept, named)}), events=(event,))
