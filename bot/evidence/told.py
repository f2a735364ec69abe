"""The words for a fact: one line of what it says, and when that was."""

from bot.evidence.correlate import Fact
from bot.evidence.findings import Finding
from bot.evidence.graph import Relation
from bot.evidence.model import BASELINE, BEFORE, COUNT, VALUE, Kind
from bot.incident.text import shorten

#: As much of a title is told. Characters.
_TITLE = 160
_KINDS: dict[Kind, str] = {
    Kind.ALERT: "alert",
    Kind.WORKLOAD: "workload",
    Kind.NODE: "node",
    Kind.EVENT: "event",
    Kind.RESTART: "restart",
    Kind.ROLLOUT: "release",
    Kind.COMMIT: "commit",
    Kind.CONFIG: "configuration",
    Kind.PROBE: "probe",
    Kind.LOG: "log",
    Kind.METRIC: "figure",
    Kind.INCIDENT: "incident",
    Kind.DOCUMENT: "document",
    Kind.PERSON: "somebody",
}


def told(fact: Fact) -> str:
    """What it says, without a full stop: `alert: HighErrorRate (3 times)`."""
    piece = fact.piece
    title = shorten(piece.title, _TITLE).rstrip(".") or piece.subject or "without a title"
    counted = piece.data.get(COUNT, "")
    figures = {
        Kind.METRIC: f" ({piece.data.get(VALUE, '')}, usually {piece.data.get(BASELINE, '')})",
        Kind.LOG: f" ({counted} times, {piece.data.get(BEFORE, '') or 0} before)",
    }
    figure = figures.get(piece.kind, "") if piece.data.get(VALUE) or counted else ""
    often = f" ({1 + len(fact.also)} times)" if fact.also and not figure else ""
    return f"{_KINDS[piece.kind]}: {title}{figure}{often}"


def moment(fact: Fact) -> str:
    """`12 min before it began`, `3 h before it began`, `as it began`, `4 min after it began`."""
    minutes = abs(fact.minutes)
    if not minutes:
        return "as it began"
    length = (
        f"{minutes} min" if minutes < 120 else f"{minutes // 60} h" if minutes < 2880 else f"{minutes // 1440} days"
    )
    return f"{length} {'before' if fact.minutes > 0 else 'after'} it began"


def capital(text: str) -> str:
    """With a capital to begin a sentence."""
    return text[:1].upper() + text[1:]


def finding(fact: Fact) -> Finding:
    """All of it, citing its pieces: `Release: revision 12 (postgres, which it needs), 12 min before it began.`"""
    piece, place = fact.piece, fact.place
    whose = {
        Relation.DEPENDENCY: f" ({place.service}, which it needs)",
        Relation.DEPENDENT: f" ({place.service}, which needs it)",
    }
    over = f", over since {piece.ended:%H:%M} UTC" if piece.ended and not fact.lasts else ""
    said = f"{capital(told(fact))}{whose.get(place.relation, '')}, {moment(fact)}{over}."
    return Finding(sentence=said, pieces=fact.ids)
