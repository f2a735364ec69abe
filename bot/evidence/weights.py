"""How much a fact says about a cause, and what several say together. The figures are judgement, and stand here only."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from bot.evidence.correlate import Fact
from bot.evidence.graph import Relation
from bot.evidence.model import CHANGES, Grade, Kind

#: Nothing is more certain than this, since rules do not know everything.
MOST = 0.95
_SAYS: Mapping[Kind, float] = {
    Kind.NODE: 0.7,
    Kind.PROBE: 0.65,
    Kind.WORKLOAD: 0.6,
    Kind.ALERT: 0.6,
    Kind.ROLLOUT: 0.55,
    Kind.METRIC: 0.55,
    Kind.CONFIG: 0.5,
    Kind.EVENT: 0.5,
    Kind.RESTART: 0.45,
    Kind.COMMIT: 0.4,
    Kind.LOG: 0.4,
    Kind.PERSON: 0.25,
}
_GRADED: Mapping[Grade, float] = {Grade.CRITICAL: 1.0, Grade.WARNING: 0.8}
_NEAR: Mapping[Relation, float] = {
    Relation.ITSELF: 1.0,
    Relation.HOST: 0.95,
    Relation.DEPENDENCY: 0.95,
    Relation.NAMESPACE: 0.8,
    Relation.CLUSTER: 0.6,
    Relation.BESIDE: 0.35,
    Relation.DEPENDENT: 0.4,
    Relation.ELSEWHERE: 0.0,
}
#: For each further step along dependencies.
_STEP = 0.85
#: After so many minutes a change is half as likely to be the cause: a release is noticed late, a commit soon.
_HALVES: Mapping[Kind, float] = {Kind.ROLLOUT: 90.0, Kind.COMMIT: 45.0, Kind.CONFIG: 45.0}
#: Of a change a little after the start, which is known only about so well.
_ABOUT = 0.6
#: Trouble from within so many minutes before the start says all it can; before that, half after each `_LONG` minutes in
#: which it did no harm. What came later than `_SOON` minutes after the start is more likely an effect.
_FRESH, _LONG, _SOON, _LATE = 30, 12 * 60.0, 10, 0.7


def weight(fact: Fact) -> float:
    """Of 1: by its kind, how bad and how near it is, and how long before the start it was."""
    place = fact.place
    graded = 1.0 if fact.piece.kind in CHANGES else _GRADED.get(fact.grade, 1.0)
    near = _NEAR[place.relation] * _STEP ** max(0, place.distance - 1)
    return _SAYS[fact.piece.kind] * graded * near * _timely(fact)


def witnesses(facts: Iterable[Fact]) -> dict[str, float]:
    """The best that each source has to say: a hundred alerts of one source are no hundred witnesses."""
    best: defaultdict[str, float] = defaultdict(float)
    for fact in facts:
        for source in fact.sources:
            best[source] = max(best[source], weight(fact))
    return {source: best[source] for source in sorted(best)}


def together(weights: Iterable[float]) -> float:
    """Independent signs, of 1: each adds to what the others leave open."""
    doubt = 1.0
    for each in sorted(weights):
        doubt *= 1 - min(each, MOST)
    return min(1 - doubt, MOST)


def backed(own: float, facts: Iterable[Fact]) -> float:
    """A weight, and what speaks for it without proving it: the less there is to it, the less that helps."""
    return together([own, *(own * each for each in witnesses(facts).values())])


def _timely(fact: Fact) -> float:
    half = _HALVES.get(fact.piece.kind)
    if half:
        return _ABOUT if fact.minutes < 0 else float(0.5 ** (fact.minutes / half))
    if fact.minutes < -_SOON:
        return _LATE
    return float(0.5 ** (max(0, fact.minutes - _FRESH) / _LONG))
