"""What people said about an incident, as evidence: the report, notes, messages that were kept, and what was wrong."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot.evidence.model import Kind, Piece
from bot.incident.entries import Entry, shown
from bot.incident.model import ALERTMANAGER, HOLDFAST, Actor, EventKind, Frozen, Incident
from bot.incident.text import shorten

#: As the source is called.
SOURCE = "People"
#: As much is kept: of a title, of what somebody said, and so many things that were said, the newest.
TITLE, TEXT, MOST = 200, 4000, 60
#: Kinds of entry that hold somebody's own words about what is wrong, or what they did about it.
_WORDS = frozenset(
    {
        *(EventKind.NOTED, EventKind.UPDATED, EventKind.REPORTED_AGAIN, EventKind.IMPACT_ASSESSED),
        *(EventKind.REOPENED, EventKind.COMMAND_RUN, EventKind.RESOLVED),
    }
)
_MACHINES = frozenset({HOLDFAST, ALERTMANAGER})


class Correction(Frozen):
    """Somebody said that earlier findings were wrong, and why."""

    at: datetime
    by: Actor
    text: str


def people(incident: Incident, entries: Sequence[Entry], corrections: Iterable[Correction] = ()) -> tuple[Piece, ...]:
    """A piece for each thing that somebody said, oldest first; nothing of machines, and nothing that is hidden."""
    report = incident.report
    reported = " · ".join(part for part in (report.what, report.expected) if part.strip())
    declared = incident.milestones.declared or incident.milestones.detected
    said = [(declared, incident.reporter, reported, "report")] if declared else []
    for entry in shown(entries, internal=True):
        if entry.source or entry.event.kind in _WORDS:
            said.append((entry.at, entry.by, entry.text, f"timeline/{entry.number}"))
    said += [(each.at, each.by, f"Earlier findings were wrong: {each.text}", "correction") for each in corrections]
    pieces = [
        _piece(incident, at, text, subject) for at, by, text, subject in said if text.strip() and by not in _MACHINES
    ]
    return tuple(sorted(pieces, key=lambda piece: piece.at)[-MOST:])


def told(incident: Incident, pieces: Iterable[Piece]) -> str:
    """All that was said, in one text: the title, then what people said."""
    words = (incident.title, incident.report.what, *(piece.text for piece in pieces if piece.kind is Kind.PERSON))
    return "\n".join(dict.fromkeys(word for word in words if word.strip()))


def _piece(incident: Incident, at: datetime, text: str, subject: str) -> Piece:
    return Piece(
        source=SOURCE,
        kind=Kind.PERSON,
        at=at,
        title=shorten(text, TITLE),
        text=text[:TEXT],
        service=incident.service,
        subject=subject,
    )
