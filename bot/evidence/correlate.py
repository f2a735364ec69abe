"""What belongs to an incident: what changed before it, what is in trouble, each thing said once, noise counted."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from bot.evidence.graph import NEAREST, Place, Relation, Surroundings
from bot.evidence.model import BAD, CHANGES, MEMORY, NODE, STATES, Evidence, Grade, Kind, Piece, Window
from bot.evidence.signs import Cause, cause_of
from bot.incident.model import Frozen

#: A start is known about so well: what changed a little after it may still have come before. Minutes.
TOLERANCE = 5
#: The end of a pod's name, in the letters that Kubernetes makes them of; words with a digit in them; numbers.
_RANDOM = re.compile(r"(?<=-)[bcdfghjklmnpqrstvwxz2456789]{5,10}\b|\b(?=[a-z]*[0-9])[0-9a-z]{4,}\b|[0-9]+")
#: Who sees a service from outside, and what speaks from inside of it.
_OUTSIDE = frozenset({Kind.ALERT, Kind.PROBE, Kind.PERSON})
_INSIDE = frozenset({Relation.ITSELF, Relation.NAMESPACE})
_GRADES: dict[Grade, int] = {grade: place for place, grade in enumerate(Grade)}


class Fact(Frozen):
    """What one or more pieces say: the earliest of them, and the others. `grade` is the worst of them.

    `minutes` is how long before the start it was, below zero after it; rounded down. `lasts`: it is so now.
    """

    piece: Piece
    also: tuple[str, ...] = ()
    sources: tuple[str, ...]
    grade: Grade
    lasts: bool
    place: Place
    minutes: int
    cause: Cause | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """Of all pieces that say it, the earliest first."""
        return (self.piece.id, *self.also)


class Correlated(Frozen):
    """The evidence, sorted. `changes` came before the start, the nearest first; `later` ones after it, in order.

    `troubles` are the nearest and worst first; `fine` is what was looked at and is well; `said` is what people said.
    `folded` pieces repeat another, `noise` is about something else, too old, or no sign of anything.
    """

    changes: tuple[Fact, ...] = ()
    later: tuple[Fact, ...] = ()
    troubles: tuple[Fact, ...] = ()
    fine: tuple[Fact, ...] = ()
    said: tuple[Fact, ...] = ()
    folded: int = 0
    noise: int = 0

    @property
    def facts(self) -> tuple[Fact, ...]:
        """All of them."""
        return (*self.changes, *self.later, *self.troubles, *self.fine, *self.said)


def correlate(evidence: Evidence, around: Surroundings) -> Correlated:
    """Sorts the evidence; memory (incidents, documents) is left aside."""
    told = [piece for piece in evidence.pieces if piece.kind not in MEMORY]
    placed = _hosted([(piece, around.place(piece)) for piece in told])
    kept = [(piece, place) for piece, place in placed if _counts(piece, place, evidence.window)]
    groups: dict[tuple[str, ...], list[tuple[Piece, Place]]] = {}
    for piece, place in sorted(kept, key=lambda each: (each[0].at, each[0].number)):
        groups.setdefault(_same(piece, place), []).append((piece, place))
    facts = [_fact(group, evidence.window, around) for group in groups.values()]
    changes = [fact for fact in facts if fact.piece.kind in CHANGES]
    before = [fact for fact in changes if fact.minutes >= -TOLERANCE]
    said = [fact for fact in facts if fact.piece.kind is Kind.PERSON]
    seen = [fact for fact in facts if fact.piece.kind not in CHANGES | {Kind.PERSON}]
    return Correlated(
        changes=_sorted(before, lambda fact: (abs(fact.minutes), *_near(fact))),
        later=_sorted((fact for fact in changes if fact.minutes < -TOLERANCE), lambda fact: (-fact.minutes,)),
        troubles=_sorted((fact for fact in seen if fact.grade in BAD), _worst),
        fine=_sorted((fact for fact in seen if fact.grade is Grade.FINE), _near),
        said=_sorted(said, lambda fact: (-fact.minutes,)),
        folded=len(kept) - len(facts),
        noise=len(told) - len(kept),
    )


def _hosted(placed: Sequence[tuple[Piece, Place]]) -> list[tuple[Piece, Place]]:
    """With the nodes that the service is known to run on nearer, and the others farther."""
    own = (Relation.ITSELF, Relation.NAMESPACE)
    nodes = {piece.data[NODE] for piece, place in placed if place.relation in own and NODE in piece.data}
    hosts = {f"node/{name}" for name in nodes}

    def nearer(piece: Piece, place: Place) -> Place:
        if not hosts or place.relation is not Relation.CLUSTER or not piece.subject.startswith("node/"):
            return place
        return Place(relation=Relation.HOST if piece.subject in hosts else Relation.BESIDE)

    return [(piece, nearer(piece, place)) for piece, place in placed]


def _counts(piece: Piece, place: Place, window: Window) -> bool:
    """Whether it may have to do with the incident, and says anything."""
    if place.relation is Relation.ELSEWHERE:
        return False
    if piece.grade is Grade.INFO and piece.kind not in CHANGES | {Kind.PERSON}:
        return False
    if piece.ended and piece.ended < window.start - window.spans.events:
        return False
    opens = window.opens(piece.kind)
    return opens is None or piece.at >= opens


def _same(piece: Piece, place: Place) -> tuple[str, ...]:
    """Equal for pieces that say the same. Two changes never do because they look alike: each has its own number."""
    title = " ".join(piece.title.casefold().split())
    if piece.subject and piece.kind not in CHANGES:
        title = _RANDOM.sub("#", title)
    verdict = "bad" if piece.grade in BAD else piece.grade
    return (piece.kind, place.service or piece.namespace, place.relation, piece.subject, title, verdict)


def _fact(group: Sequence[tuple[Piece, Place]], window: Window, around: Surroundings) -> Fact:
    (first, place), pieces = group[0], [piece for piece, _ in group]
    return Fact(
        piece=first,
        also=tuple(piece.id for piece in pieces[1:]),
        sources=tuple(sorted({piece.source for piece in pieces})),
        grade=min((piece.grade for piece in pieces), key=lambda grade: _GRADES[grade]),
        lasts=any(piece.kind in STATES and piece.ended is None for piece in pieces),
        place=place,
        minutes=(window.start - first.at) // timedelta(minutes=1),
        cause=next((cause for piece in pieces if (cause := _cause(piece, place, around))), None),
    )


def _cause(piece: Piece, place: Place, around: Surroundings) -> Cause | None:
    """What it speaks for. From outside, that something does not answer is the incident itself, not what it needs."""
    cause = cause_of(piece)
    inside = place.relation in _INSIDE and piece.kind not in _OUTSIDE
    if cause is not Cause.DEPENDENCY or piece.kind is Kind.NODE or inside:
        return cause
    return cause if around.needed_in(piece) else None


def _sorted(facts: Iterable[Fact], key: Callable[[Fact], tuple[int, ...]]) -> tuple[Fact, ...]:
    return tuple(sorted(facts, key=lambda fact: (*key(fact), fact.piece.number)))


def _near(fact: Fact) -> tuple[int, ...]:
    return NEAREST[fact.place.relation], fact.place.distance


def _worst(fact: Fact) -> tuple[int, ...]:
    """The nearest first, then the worst, then what began first."""
    return (*_near(fact), _GRADES[fact.grade], -fact.minutes)
