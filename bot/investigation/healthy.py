"""When a report may be answered with: it works. It takes fresh probes from two places, and nothing that is bad."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.evidence.correlate import Fact, correlate
from bot.evidence.graph import Relation, Surroundings
from bot.evidence.model import BAD, STATES, Answer, Evidence, Grade, Kind, Piece
from bot.incident.model import Frozen

#: Keys of a probe's `data`: from where it looked, at what, and whether that proves little: a name or a port may be
#: there while the page behind it is not.
PLACE, TARGET, WEAK = "place", "target", "weak"
#: What is older says nothing about now; what is later, by more than this, has a clock that is wrong.
FRESH = timedelta(minutes=5)
PLACES = 2
#: What else may make a service unusable: where it runs, and what it needs.
_NEAR = frozenset({Relation.ITSELF, Relation.HOST, Relation.NAMESPACE, Relation.DEPENDENCY})


class Healthy(Frozen):
    """It works: `said` is what was checked, for the people who reported it; `pieces` are the ids of the proof."""

    said: str
    pieces: tuple[str, ...]


class Doubt(Frozen):
    """It may not be called healthy; `why` is one sentence."""

    why: str


def healthy(evidence: Evidence, around: Surroundings, *, rank: int, reporters: int, now: datetime) -> Healthy | Doubt:
    """Whether the service of `around` works, as far as evidence goes. `rank` is the severity's, 1 the worst."""
    doubt = next(_doubts(evidence, around, rank, reporters), "")
    if doubt:
        return Doubt(why=doubt)
    if now - evidence.window.until > FRESH:
        return Doubt(why=f"It was looked at {evidence.window.until:%H:%M} UTC, which says nothing about now.")
    proof = _proof(evidence, around)
    places = {_place(piece): piece.data[PLACE] for piece in proof}
    if not places:
        return Doubt(why=f"No fresh probe saw {around.service} work.")
    if len(places) < PLACES:
        seen = " ".join(next(iter(places.values())).split())
        return Doubt(why=f"{around.service} was seen to work from {seen} only; it takes {PLACES} places to be sure.")
    checked = "; ".join(dict.fromkeys(f"{_said(piece)} ({piece.at:%H:%M} UTC)" for piece in proof))
    nothing = ", ".join(_looked_at(evidence))
    also = f" Also looked at, and nothing bad found: {nothing}." if nothing else ""
    return Healthy(said=f"{checked}.{also}", pieces=tuple(piece.id for piece in proof))


def _doubts(evidence: Evidence, around: Surroundings, rank: int, reporters: int) -> Iterator[str]:
    """Everything that speaks against it, the plainest first."""
    if rank <= 1:
        yield "Something this severe is for a person to close."
    if reporters > 1:
        yield "More than one person reported it."
    if not around.known:
        yield "The service is not in the list, so nobody knows how to look at it."
    for each in evidence.health:
        if each.answer in {Answer.LATE, Answer.FAILED} and STATES.intersection(each.kinds):
            yield f"{each.source} was asked for {each.asked} and did not answer."
    for fact in correlate(evidence, around).troubles:
        if _counts(fact, evidence):
            yield f"{fact.piece.title} ({fact.piece.id}) says otherwise."


def _counts(fact: Fact, evidence: Evidence) -> bool:
    """Whether a trouble speaks against it: how something near stands now, or stood until a moment ago."""
    if fact.piece.kind not in STATES or fact.place.relation not in _NEAR | {Relation.CLUSTER}:
        return False
    if fact.place.relation is Relation.CLUSTER and fact.piece.kind is not Kind.NODE:
        return False
    since = evidence.window.until - FRESH
    own = [piece for piece in evidence.pieces if piece.id in fact.ids and piece.grade in BAD]
    return any(piece.ended is None or piece.ended > since for piece in own)


def _proof(evidence: Evidence, around: Surroundings) -> list[Piece]:
    """Fresh probes of the service itself that found it well and know from where."""
    until = evidence.window.until
    return [
        piece
        for piece in evidence.pieces
        if piece.kind is Kind.PROBE
        and piece.grade is Grade.FINE
        and piece.ended is None
        and abs(piece.at - until) <= FRESH
        and _place(piece)
        and WEAK not in piece.data
        and around.place(piece).relation is Relation.ITSELF
    ]


def _place(piece: Piece) -> str:
    return " ".join(piece.data.get(PLACE, "").casefold().split())


def _said(piece: Piece) -> str:
    target = piece.data.get(TARGET, "")
    return f"{piece.title}, seen from {piece.data[PLACE]}" + (f" at {target}" if target else "")


_KINDS = {Kind.ALERT: "alerts", Kind.WORKLOAD: "workloads", Kind.NODE: "nodes", Kind.METRIC: "figures"}


def _looked_at(evidence: Evidence) -> list[str]:
    answered = {kind for each in evidence.health if each.reachable for kind in each.kinds}
    return [word for kind, word in _KINDS.items() if kind in answered]
