"""Which private incidents somebody may see: those they have a part in, and those whose room they are in."""

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select

from bot.incident.model import Actor
from bot.storage.members import among
from bot.storage.tables import incidents


def private_seen_by(viewer: Actor) -> Select[tuple[str]]:
    """The ids of the private incidents that this person may see, as `policy.may_see` says."""
    return select(incidents.c.id).where(incidents.c.private, or_(among(viewer), *_theirs(viewer)))


def _theirs(viewer: Actor) -> list[ColumnElement[bool]]:
    """Whoever has a part in it; the lists are few and short, and only private incidents are asked for them."""
    named = [incidents.c.body[part].as_string() == viewer for part in ("reporter", "lead")]
    named.append(incidents.c.body["handover"]["to"].as_string() == viewer)
    quoted = f'%"{viewer}"%'
    return named + [cast(incidents.c.body[part], Text).like(quoted) for part in ("roles", "also_reported")]
