"""The report without a model, whole: evidence, and beside it whatever is like it in the past."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.evidence.model import Evidence, Health, Piece, extended
from bot.evidence.report import EvidenceReport, report
from bot.evidence.said import told
from bot.evidence.similar import question, similar
from bot.incident.catalogue import Catalogue
from bot.incident.model import Incident


def _as_it_is(piece: Piece) -> Piece:
    return piece


@dataclass(frozen=True)
class Past:
    """What is remembered and may be shown here: incidents and documents, and how those who remember answered.

    `keep` makes of a piece what may be kept; it is asked only of what becomes evidence, since there may be very many.
    """

    pieces: Sequence[Piece] = ()
    health: Sequence[Health] = ()
    keep: Callable[[Piece], Piece] = _as_it_is

    @property
    def known(self) -> bool:
        """Whether anybody could be asked."""
        return any(each.reachable for each in self.health)


def written(
    evidence: Evidence, catalogue: Catalogue, incident: Incident, past: Past
) -> tuple[Evidence, EvidenceReport]:
    """The evidence with what is like it from before, and the report on all of it.

    Of the past only what is similar becomes evidence. It weighs words, which takes a second where the past is long.
    """
    memory = None
    if past.known:
        asked = question(evidence, told(incident, evidence.pieces))
        found = similar(asked, incident.service, past.pieces, evidence.window.start)
        kept = (like.model_copy(update={"piece": past.keep(like.piece)}) for like in found.similar)
        memory = found.model_copy(update={"similar": tuple(kept)})
    whole = extended(evidence, [like.piece for like in memory.similar] if memory else (), past.health)
    return whole, report(whole, catalogue, incident.service, memory)
