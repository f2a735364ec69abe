"""What most likely caused it: candidates from the evidence, scored by rules that say their reasons. No model."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from bot.evidence.correlate import Correlated, Fact
from bot.evidence.findings import Finding
from bot.evidence.graph import Relation, Surroundings
from bot.evidence.model import Kind
from bot.evidence.signs import Cause
from bot.evidence.told import finding, told
from bot.evidence.weights import backed, together, weight, witnesses
from bot.incident.model import Frozen

#: What scores less is not named.
ENOUGH = 0.3
#: As many causes are kept, and as many reasons of each.
CAUSES, REASONS = 5, 5
#: A change that no trouble followed; trouble that other trouble explains, and what explaining it adds.
_ALONE, _EXPLAINED, _EXPLAINS = 0.7, 0.6, 0.25
#: A release brings the commits of so many minutes before it.
_BRINGS = 60
#: What the service says about what it needs, against what that says itself.
_HEARSAY = 0.6


class Likely(Frozen):
    """A candidate. `what` names it in a few words; `service` and `subject` say where it is. `score` is of 1."""

    cause: Cause
    what: str
    service: str = ""
    subject: str = ""
    score: float
    reasons: tuple[Finding, ...]

    @property
    def pieces(self) -> tuple[str, ...]:
        """The ids that it rests on, each once."""
        return tuple(dict.fromkeys(id for reason in self.reasons for id in reason.pieces))


class Ranking(Frozen):
    """The likely causes, the likeliest first; none means that it is not known. `considered` counts the candidates."""

    likely: tuple[Likely, ...] = ()
    considered: int = 0

    @property
    def known(self) -> bool:
        """Whether anything is likely enough to be named."""
        return bool(self.likely)


def rank(found: Correlated, around: Surroundings) -> Ranking:
    """Scores all that may have caused it. The order in which pieces came does not matter."""
    candidates = sorted((*_changes(found), *_needed(found, around), *_states(found, around)), key=_order)
    named = (each for each in candidates if each.score >= ENOUGH)
    return Ranking(likely=tuple(named)[:CAUSES], considered=len(candidates))


def _changes(found: Correlated) -> Iterator[Likely]:
    """Every change before the start. Trouble that came after it, where it was made or in the service, speaks for it.

    A release and the commits that it brought are one.
    """
    brought = _brought(found.changes)
    came_along = {commit.piece.id for commits in brought.values() for commit in commits}
    for change in (each for each in found.changes if each.piece.id not in came_along):
        commits = brought.get(change.piece.id, [])
        followed = [trouble for trouble in found.troubles if _follows(change, trouble)]
        score = backed(weight(change), [*commits, *followed]) * (1 if followed else _ALONE)
        following = _following(change, followed)
        reasons = [finding(change), *following[:1], *map(finding, commits), *following[1:]]
        yield _likely(Cause.DEPLOYMENT, told(change), change.place.service, change.piece.subject, score, reasons)


def _brought(changes: Sequence[Fact]) -> dict[str, list[Fact]]:
    """By a release's id, the commits to the same service shortly before it and after the release before that."""
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for commit in (change for change in changes if change.piece.kind is Kind.COMMIT and change.place.service):
        releases = [
            change
            for change in changes
            if change.piece.kind is Kind.ROLLOUT
            and change.place.service == commit.place.service
            and 0 <= commit.minutes - change.minutes <= _BRINGS
        ]
        if releases:
            found[max(releases, key=lambda release: (release.minutes, -release.piece.number)).piece.id].append(commit)
    return found


def _follows(change: Fact, trouble: Fact) -> bool:
    """By minutes: the clocks of two sources are not to be trusted with seconds."""
    own = trouble.place.relation is Relation.ITSELF
    subject = bool(change.piece.subject) and trouble.piece.subject == change.piece.subject
    there = own or subject or trouble.place == change.place
    return there and trouble.minutes <= change.minutes and trouble.cause in (None, Cause.DEPLOYMENT)


def _following(change: Fact, followed: Sequence[Fact]) -> list[Finding]:
    """What came first after a change, and all the rest."""
    if not followed:
        return []
    first, *others = sorted(followed, key=lambda fact: (-fact.minutes, fact.piece.number))
    later = change.minutes - first.minutes
    after = f"{later} min after that" if later else "at about the same time"
    began = Finding(sentence=f"Trouble began {after}: {told(first)}.", pieces=first.ids)
    sentence = f"More trouble followed, as seen by {', '.join(witnesses(others))}."
    cited = tuple(id for fact in others for id in fact.ids)
    return [began, *([Finding(sentence=sentence, pieces=cited)] if others else [])]


def _needed(found: Correlated, around: Surroundings) -> Iterator[Likely]:
    """Every service that is needed and in trouble, by its own evidence and by what the service says about it.

    Of two in trouble, one of which needs the other, the other is the likelier cause.
    """
    troubles, hearsay = _by_needed(found, around)
    for service in sorted({*troubles, *hearsay}):
        own, heard = troubles.get(service, []), hearsay.get(service, [])
        needs = around.needs.get(service, ())
        deeper = [each for each in needs if each in troubles and service not in around.needs.get(each, ())]
        above = [each for each in sorted(troubles) if service in around.needs.get(each, ()) and each not in needs]
        seen = witnesses(own)
        said = {source: each * _HEARSAY for source, each in witnesses(heard).items()}
        score = together(max(seen.get(source, 0), said.get(source, 0)) for source in {*seen, *said})
        reasons = [finding(fact) for fact in (*own, *heard)]
        if own and deeper:
            score *= _EXPLAINED
        elif own and above:
            score = together([score, _EXPLAINS])
            cited = tuple(troubles[each][0].piece.id for each in above)
            need = "needs" if len(above) == 1 else "need"
            reasons.insert(1, Finding(sentence=f"{' and '.join(above)}, in trouble too, {need} it.", pieces=cited))
        what = f"{service}, which it needs, is in trouble" if service else "something that it needs does not answer"
        yield _likely(Cause.DEPENDENCY, what, service, "", score, reasons)


def _by_needed(found: Correlated, around: Surroundings) -> tuple[dict[str, list[Fact]], dict[str, list[Fact]]]:
    """By the service that is needed: its own trouble, and what others say of it."""
    troubles: defaultdict[str, list[Fact]] = defaultdict(list)
    hearsay: defaultdict[str, list[Fact]] = defaultdict(list)
    for fact in (*found.troubles, *found.said):
        if fact.place.relation is Relation.DEPENDENCY:
            troubles[fact.place.service].append(fact)
        elif fact.cause is Cause.DEPENDENCY and fact.piece.kind is not Kind.NODE:
            hearsay[around.needed_in(fact.piece)].append(fact)
    return dict(troubles), dict(hearsay)


def _states(found: Correlated, around: Surroundings) -> Iterator[Likely]:
    """Trouble that speaks for a cause by itself: something ran out, many came, data is broken, a node is not well."""
    groups = _grouped(found)
    busy = {service for cause, service, _ in groups if cause is Cause.TRAFFIC}
    full = {service for cause, service, _ in groups if cause is Cause.EXHAUSTION}
    for (cause, service, subject), facts in sorted(groups.items()):
        score = together(witnesses(facts).values())
        if facts[0].place.relation is Relation.HOST:
            score = backed(score, [each for each in found.troubles if each.place.relation is Relation.ITSELF])
        if cause is Cause.EXHAUSTION and service in busy:
            score *= _EXPLAINED
        if cause is Cause.TRAFFIC and service in full:
            score = together([score, _EXPLAINS])
        where = subject.replace("node/", "the node ") or service or around.service
        what = _NAMES[cause] % (where or "it")
        yield _likely(cause, what, service, subject, score, [finding(fact) for fact in facts])


_NAMES: Mapping[Cause, str] = {
    Cause.DEPLOYMENT: "what was released for %s does not start",
    Cause.EXHAUSTION: "%s is out of resources",
    Cause.DEPENDENCY: "%s is not well",
    Cause.TRAFFIC: "%s gets more traffic than usual",
    Cause.DATA: "something is wrong with the data of %s",
}


_SHARED = frozenset({Relation.HOST, Relation.CLUSTER, Relation.BESIDE})


def _grouped(found: Correlated) -> dict[tuple[Cause, str, str], list[Fact]]:
    """By cause, service (or namespace), and what of the cluster it is."""
    groups: defaultdict[tuple[Cause, str, str], list[Fact]] = defaultdict(list)
    for fact in (*found.troubles, *found.said):
        if fact.cause is None or fact.place.relation in (Relation.DEPENDENCY, Relation.DEPENDENT):
            continue
        if fact.cause is Cause.DEPENDENCY and fact.piece.kind is not Kind.NODE:
            continue  # it is about something that is needed
        if fact.cause is Cause.DEPLOYMENT and any(_follows(change, fact) for change in found.changes):
            continue  # it speaks for that change
        subject = fact.piece.subject if fact.place.relation in _SHARED else ""
        groups[fact.cause, fact.place.service or fact.piece.namespace, subject].append(fact)
    return dict(groups)


def _likely(cause: Cause, what: str, service: str, subject: str, score: float, reasons: Sequence[Finding]) -> Likely:
    kept = tuple(reasons[:REASONS])
    return Likely(cause=cause, what=what, service=service, subject=subject, score=round(score, 6), reasons=kept)


def _order(likely: Likely) -> tuple[float, int, str, str, int]:
    first = min((int(id[2:]) for id in likely.pieces), default=0)
    return -likely.score, list(Cause).index(likely.cause), likely.service, likely.subject, first
