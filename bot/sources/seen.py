"""What a probe saw, as a piece of evidence: the same words for all that look, wherever they stand."""

from dataclasses import dataclass
from datetime import datetime

from bot.evidence.model import Grade, Kind, Piece
from bot.incident.catalogue import Service
from bot.investigation.healthy import PLACE, TARGET, WEAK


@dataclass(frozen=True)
class Outcome:
    """What was seen: `said` continues a sentence that begins with the service; `place` is from where.

    `weak`: that it is fine does not yet mean that the service is.
    """

    fine: bool
    said: str
    target: str
    place: str
    at: datetime
    link: str = ""
    weak: bool = False


def probe_piece(source: str, service: Service, seen: Outcome) -> Piece:
    """The piece. A service that cannot be used is as bad as it gets."""
    return Piece(
        source=source,
        kind=Kind.PROBE,
        at=seen.at,
        title=f"{service.name} {seen.said}",
        text=f"{seen.target}, seen from {seen.place}",
        link=seen.link,
        service=service.name,
        namespace=service.namespace,
        subject=f"probe/{seen.target}",
        grade=Grade.FINE if seen.fine else Grade.CRITICAL,
        data={PLACE: seen.place, TARGET: seen.target, **({WEAK: "yes"} if seen.weak else {})},
    )
