"""The evidence report, as data: what is wrong now, what likely caused it, what was ruled out, what nobody could see."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum

from bot.evidence.correlate import Correlated, Fact, correlate
from bot.evidence.findings import Finding, supported
from bot.evidence.graph import Relation, Surroundings
from bot.evidence.model import STATES, Evidence, Health, Kind, Piece
from bot.evidence.rank import Likely, Ranking, rank
from bot.evidence.signs import Cause
from bot.evidence.similar import Memory
from bot.evidence.told import capital, finding
from bot.evidence.weights import weight
from bot.incident.catalogue import OTHER, Catalogue
from bot.incident.model import Frozen

#: Findings of each kind, causes, and changes that a report names.
FINDINGS, CAUSES, CHANGES_TOLD = 3, 3, 5
#: No rule is surer than this; where a source could not be looked at, it may have known better.
SUREST, PARTLY = 0.8, 0.6
#: As much of the strongest rival's score is taken away: where two causes are as likely, neither is sure.
_RIVAL = 0.25
_LIKELY, _POSSIBLE = 0.6, 0.4


class Standing(StrEnum):
    """What can be said about now."""

    BROKEN = "broken"
    NEAR = "near"  # something that it rests on is in trouble
    SIGNS = "signs"  # something happened; that it lasts is not seen
    NOTHING_SEEN = "nothing seen"
    UNKNOWN = "unknown"  # nothing could be looked at


class Suspect(Frozen):
    """A likely cause. `confidence` is of 1 and capped; `word` says it: likely, possible, weak."""

    cause: Cause
    what: str
    confidence: float
    word: str
    findings: tuple[Finding, ...]


class Echo(Frozen):
    """Something similar from before; `piece` is an id of this evidence."""

    piece: str
    title: str
    at: datetime
    known_issue: bool
    same_service: bool


class EvidenceReport(Frozen):
    """What rules alone can say. Findings cite pieces that exist, and `cited` are those pieces.

    `ruled_out` is what sources answered and showed nothing of; `unseen` is what could not be looked at. `remembered`
    says whether it happened before. `dropped` findings cited nothing that exists.
    """

    service: str
    at: datetime
    standing: Standing
    verdict: str
    wrong: tuple[Finding, ...]
    suspects: tuple[Suspect, ...]
    changes: tuple[Finding, ...]
    ruled_out: tuple[str, ...]
    unseen: tuple[Health, ...]
    similar: tuple[Echo, ...]
    remembered: str
    cited: tuple[Piece, ...]
    pieces: int
    noise: int
    folded: int
    dropped: int
    label: str = "Written without a model: by rules, from evidence only."

    @property
    def known(self) -> bool:
        """Whether a cause is named."""
        return bool(self.suspects)


def report(evidence: Evidence, catalogue: Catalogue, service: str, memory: Memory | None = None) -> EvidenceReport:
    """Everything together. `memory` is None where the past could not be looked at."""
    around = Surroundings(catalogue, service)
    found = correlate(evidence, around)
    ranking = rank(found, around)
    wrong, dropped = supported([finding(fact) for fact in _wrong(found)], evidence)
    changes, missing = supported([finding(fact) for fact in found.changes], evidence)
    suspects, lost = _suspects(ranking, evidence)
    echoes = _echoes(memory, evidence)
    standing = _standing(found, evidence)
    wrong, changes = wrong[:FINDINGS], changes[:CHANGES_TOLD]
    findings = (*wrong, *changes, *(each for suspect in suspects for each in suspect.findings))
    cited = {id for finding in findings for id in finding.pieces} | {echo.piece for echo in echoes}
    return EvidenceReport(
        service=around.service,
        at=evidence.window.until,
        standing=standing,
        verdict=_verdict(around.service, standing, suspects),
        wrong=wrong,
        suspects=suspects,
        changes=changes,
        ruled_out=ruled_out(evidence, found),
        unseen=tuple(each for each in evidence.health if not each.reachable),
        similar=echoes,
        remembered=_remembered(memory, around.service),
        cited=tuple(piece for piece in evidence.pieces if piece.id in cited),
        pieces=len(evidence.pieces),
        noise=found.noise,
        folded=found.folded,
        dropped=dropped + missing + lost,
    )


def confidences(likely: Sequence[Likely], whole: bool) -> tuple[float, ...]:
    """How sure each is, in order: less where another is nearly as likely, and capped.

    `whole`: every source answered.
    """
    scores = [each.score for each in likely]
    rivals = [max((*scores[:own], *scores[own + 1 :]), default=0.0) for own in range(len(scores))]
    cap = SUREST if whole else PARTLY
    sure = (score - _RIVAL * rival for score, rival in zip(scores, rivals, strict=True))
    return tuple(round(min(cap, max(0.0, each)), 2) for each in sure)


def _suspects(ranking: Ranking, evidence: Evidence) -> tuple[tuple[Suspect, ...], int]:
    """The causes that rest on something, and how many of their reasons do not."""
    sure = confidences(ranking.likely, all(each.reachable for each in evidence.health))
    suspects: list[Suspect] = []
    dropped = 0
    for likely, confidence in zip(ranking.likely[:CAUSES], sure, strict=False):
        findings, missing = supported(likely.reasons, evidence)
        dropped += missing
        if findings:
            word = "likely" if confidence >= _LIKELY else "possible" if confidence >= _POSSIBLE else "weak"
            kept = findings[:FINDINGS]
            suspects.append(
                Suspect(cause=likely.cause, what=likely.what, confidence=confidence, word=word, findings=kept)
            )
    return tuple(suspects), dropped


def _wrong(found: Correlated) -> list[Fact]:
    """What is in trouble: what lasts before what is over, and the most telling first."""
    return sorted(
        (fact for fact in found.troubles if fact.place.relation is not Relation.DEPENDENT),
        key=lambda fact: (not fact.lasts, -weight(fact), fact.piece.number),
    )


def _standing(found: Correlated, evidence: Evidence) -> Standing:
    near = [fact for fact in found.troubles if fact.place.relation is not Relation.DEPENDENT]
    lasting = {fact.place.relation for fact in near if fact.lasts}
    if lasting:
        return Standing.BROKEN if lasting & {Relation.ITSELF, Relation.NAMESPACE} else Standing.NEAR
    if near:
        return Standing.SIGNS
    asked = [each for each in evidence.health if each.reachable and set(each.kinds) & STATES]
    return Standing.NOTHING_SEEN if asked or found.fine else Standing.UNKNOWN


def _verdict(service: str, standing: Standing, suspects: Sequence[Suspect]) -> str:
    name = service if service not in ("", OTHER) else "the service"
    begins = {
        Standing.BROKEN: f"{name} is in trouble",
        Standing.NEAR: f"Something near {name} is in trouble",
        Standing.SIGNS: f"There were signs of trouble with {name}; whether it lasts is not seen",
        Standing.NOTHING_SEEN: f"Nothing that was looked at shows {name} in trouble now",
        Standing.UNKNOWN: f"How {name} is now could not be looked at",
    }[standing]
    if suspects:
        best = suspects[0]
        return f"{capital(begins)}. {_CAUTION[best.word]}: {best.cause}. {capital(best.what)}."
    return f"{capital(begins)}. The cause is not known."


_CAUTION = {"likely": "Likely cause", "possible": "Possible cause", "weak": "A weak lead"}


#: What may be said where a source answered and showed nothing bad. Of how things stand it has to have shown something:
#: no probe at all is no proof that every probe passes.
_NOTHING: dict[Kind, str] = {
    Kind.ALERT: "no alert about it or what it needs",
    Kind.WORKLOAD: "its workloads are healthy",
    Kind.NODE: "nodes are ready, without pressure",
    Kind.EVENT: "no warning events",
    Kind.RESTART: "no restarts",
    Kind.ROLLOUT: "no recent release",
    Kind.COMMIT: "no recent commit",
    Kind.CONFIG: "no recently changed configuration",
    Kind.PROBE: "its probes pass",
    Kind.LOG: "no unusual error lines",
    Kind.METRIC: "its figures are as usual",
}
_SHOWN = frozenset({Kind.WORKLOAD, Kind.NODE, Kind.PROBE, Kind.METRIC})
_ITSELF = frozenset({Relation.ITSELF})
_OWN = {Kind.NODE: frozenset({Relation.HOST, Relation.CLUSTER, Relation.BESIDE})}


def ruled_out(evidence: Evidence, found: Correlated) -> tuple[str, ...]:
    """A sentence a kind, where every source that was asked for it answered and none showed anything."""
    answered = {kind for each in evidence.health if each.reachable for kind in each.kinds}
    unanswered = {kind for each in evidence.health if not each.reachable for kind in each.kinds}
    bad = {fact.piece.kind for fact in (*found.troubles, *found.changes)}
    fine = {fact.piece.kind for fact in found.fine if fact.place.relation in _OWN.get(fact.piece.kind, _ITSELF)}
    return tuple(
        f"{said} ({_sources(evidence.health, kind)})"
        for kind, said in _NOTHING.items()
        if kind in answered - unanswered - bad and (kind in fine or kind not in _SHOWN)
    )


def _sources(health: Iterable[Health], kind: Kind) -> str:
    return ", ".join(sorted({each.source for each in health if kind in each.kinds}))


def _echoes(memory: Memory | None, evidence: Evidence) -> tuple[Echo, ...]:
    """What is similar and is a piece of this evidence; what is not cannot be cited."""
    found = ((like, evidence.known(like.piece)) for like in (memory.similar if memory else ()))
    return tuple(
        Echo(
            piece=piece.id,
            title=piece.title,
            at=piece.at,
            known_issue=like.known_issue,
            same_service=like.same_service,
        )
        for like, piece in found
        if piece
    )


def _remembered(memory: Memory | None, service: str) -> str:
    if memory is None:
        return "Whether it happened before could not be looked at."
    name = service if service not in ("", OTHER) else "this service"
    if memory.first_recorded:
        return f"The first recorded incident of this kind with {name}."
    times = "once" if memory.recurrence == 1 else f"{memory.recurrence} times"
    return f"Something like it happened to {name} {times} before."
