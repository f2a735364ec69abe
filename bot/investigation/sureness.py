"""How sure anybody may be of a cause: caps that no agent's own figure gets past.

The figures are judgement, and stand here only. A claim has the lowest cap that applies to it.
"""

from collections.abc import Collection, Sequence

from bot.evidence.model import BAD, CHANGES, MEMORY, Evidence, Grade, Kind, Piece
from bot.evidence.report import EvidenceReport
from bot.investigation.model import Hypothesis

#: Nobody is surer, and all causes of one incident together are no surer: if it was the one, it was hardly the other.
MOST = 0.9
#: Where a source did not answer, it may have known better.
PARTLY = 0.7
#: Where everything cited comes from one source, nothing backs it.
ONE_SOURCE = 0.65
#: Where rules name causes, and none of them shares this one's evidence or its kind.
UNRANKED = 0.6
#: Where nothing cited looks bad or changed: it says that something was looked at, not that it is broken.
NOTHING_BAD = 0.5
#: Where it rests on what people said or on what was before, which is no sign of what is wrong now.
HEARSAY = 0.4
#: A verdict that says itself that it does not know.
UNKNOWN = 0.3

_SAID = MEMORY | {Kind.PERSON}


def cap(pieces: Collection[str], evidence: Evidence) -> float:
    """The most that a claim may be believed which rests on these pieces; 0 where it rests on none that exist."""
    cited = [piece for piece in evidence.pieces if piece.id in pieces]
    if not cited:
        return 0.0
    caps = [MOST]
    if not evidence.health or not all(each.reachable for each in evidence.health):
        caps.append(PARTLY)
    if len({piece.source for piece in cited}) == 1:
        caps.append(ONE_SOURCE)
    if not any(_telling(piece) for piece in cited):
        caps.append(NOTHING_BAD)
    if all(piece.kind in _SAID for piece in cited):
        caps.append(HEARSAY)
    return min(caps)


def capped(
    hypotheses: Sequence[Hypothesis], evidence: Evidence, report: EvidenceReport, most: int
) -> tuple[Hypothesis, ...]:
    """The `most` surest, each with the confidence that it may have, the surest first."""
    sure = [min(each.confidence, cap(each.pieces, evidence), _ranked(each, report)) for each in hypotheses]
    best = sorted(zip(sure, hypotheses, strict=True), key=lambda each: -each[0])[:most]
    total = sum(each for each, _ in best)
    scale = min(1.0, MOST / total) if total else 1.0
    return tuple(each.model_copy(update={"confidence": _down(own * scale)}) for own, each in best)


def _down(sure: float) -> float:
    """To hundredths, never up, so that no cap is passed by rounding; a rest of less than a billionth is none."""
    return int(sure * 100 + 1e-9) / 100


def _ranked(hypothesis: Hypothesis, report: EvidenceReport) -> float:
    """What the rules' own ranking allows."""
    if not report.suspects:
        return MOST
    for suspect in report.suspects:
        cited = {id for finding in suspect.findings for id in finding.pieces}
        if suspect.cause.value == hypothesis.category or cited & set(hypothesis.pieces):
            return MOST
    return UNRANKED


def _telling(piece: Piece) -> bool:
    """Whether it can be a sign of something: bad, a change, or shown by a tool, which does not judge."""
    return piece.grade in BAD or piece.kind in CHANGES or (piece.grade is Grade.INFO and piece.kind not in _SAID)
