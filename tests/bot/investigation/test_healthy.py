"""When it may be said that a service works, and every way in which it may not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.graph import Surroundings
from bot.evidence.model import BAD, STATES, Answer, Evidence, Grade, Health, Kind, Piece, gather
from bot.investigation.healthy import FRESH, PLACE, TARGET, WEAK, Doubt, Healthy, healthy
from tests.bot.evidence.examples import ASKED, CATALOGUE, START, WINDOW

NEXTCLOUD = Surroundings(CATALOGUE, "nextcloud")
UNTIL = WINDOW.until
MINUTE = timedelta(minutes=1)
URL = "https://nextcloud.example.com"


def probe(place: str = "Holdfast", minutes: float = 1, **said: object) -> Piece:
    """Nextcloud was seen to work from this place, so many minutes ago."""
    usual = {
        "source": "Probes",
        "kind": Kind.PROBE,
        "at": UNTIL - MINUTE * minutes,
        "title": "nextcloud answers 200",
        "service": "nextcloud",
        "subject": f"probe/{URL}/{place}",
        "grade": Grade.FINE,
        "data": {PLACE: place, TARGET: URL},
    }
    return Piece.model_validate(usual | said)


HERE, THERE = probe(), probe("frankfurt", title="nextcloud passes its probe", source="Prometheus")


def bad(kind: Kind, title: str, **said: object) -> Piece:
    """Something is wrong with Nextcloud, since before the start."""
    usual = {
        "source": "Kubernetes",
        "kind": kind,
        "at": START - MINUTE,
        "title": title,
        "service": "nextcloud",
        "grade": Grade.WARNING,
    }
    return Piece.model_validate(usual | said)


def judged(*pieces: Piece, rank: int = 2, reporters: int = 1, health: tuple[Health, ...] = ASKED) -> Healthy | Doubt:
    """Of these pieces of evidence."""
    return healthy(gather(WINDOW, pieces, health), NEXTCLOUD, rank=rank, reporters=reporters, now=UNTIL)


def why(found: Healthy | Doubt) -> str:
    """Why not."""
    assert isinstance(found, Doubt), found
    return found.why


def test_two_places_and_nothing_bad() -> None:
    """What was checked is said, from where and when, and cites its pieces."""
    found = judged(HERE, THERE)
    assert isinstance(found, Healthy)
    assert found.said == (
        f"nextcloud answers 200, seen from Holdfast at {URL} (14:05 UTC); "
        f"nextcloud passes its probe, seen from frankfurt at {URL} (14:05 UTC). "
        "Also looked at, and nothing bad found: alerts, workloads, nodes, figures."
    )
    assert len(found.pieces) == 2


def test_what_was_not_looked_at_is_not_claimed() -> None:
    """Without Kubernetes nothing is said of workloads; that it is missing is no doubt."""
    missing = tuple(
        each.model_copy(update={"answer": Answer.MISSING}) if each.source == "kubernetes" else each for each in ASKED
    )
    found = judged(HERE, THERE, health=missing)
    assert isinstance(found, Healthy)
    assert found.said.endswith("Also looked at, and nothing bad found: alerts, figures.")


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((), "No fresh probe saw nextcloud work."),
        ((HERE, probe(title="again")), "nextcloud was seen to work from Holdfast only; it takes 2 places to be sure."),
        ((probe(" HOLDFAST "), HERE), "only; it takes 2 places"),
        ((HERE, probe("")), "from Holdfast only"),
        ((HERE, probe("frankfurt", data={})), "from Holdfast only"),
        ((HERE, probe("frankfurt", minutes=5.1)), "from Holdfast only"),
        ((HERE, probe("frankfurt", minutes=-5.1)), "from Holdfast only"),
        ((HERE, probe("frankfurt", grade=Grade.INFO)), "from Holdfast only"),
        ((HERE, probe("frankfurt", service="postgres")), "from Holdfast only"),
        ((HERE, probe("frankfurt", service="")), "from Holdfast only"),
        ((HERE, probe("frankfurt", ended=UNTIL)), "from Holdfast only"),
        ((HERE, probe("frankfurt", data={PLACE: "frankfurt", WEAK: "yes"})), "from Holdfast only"),
        ((HERE, probe("frankfurt", kind=Kind.METRIC)), "from Holdfast only"),
    ],
)
def test_a_probe_that_proves_nothing(pieces: tuple[Piece, ...], said: str) -> None:
    """Of one place, old, from the future, of something else, or of nobody knows where."""
    assert said in why(judged(*pieces))


@pytest.mark.parametrize(
    ("piece", "title"),
    [
        (probe("paris", grade=Grade.CRITICAL, title="nextcloud answers 502"), "nextcloud answers 502"),
        (bad(Kind.ALERT, "HighErrorRate"), "HighErrorRate"),
        (bad(Kind.ALERT, "JustNow", ended=UNTIL - MINUTE), "JustNow"),
        (bad(Kind.WORKLOAD, "nextcloud: 1 of 2 ready"), "nextcloud: 1 of 2 ready"),
        (bad(Kind.METRIC, "errors"), "errors"),
        (bad(Kind.WORKLOAD, "redis: 0 of 1 ready", service="redis"), "redis: 0 of 1 ready"),
        (bad(Kind.NODE, "k3s-2 is not ready", service="", subject="node/k3s-2"), "k3s-2 is not ready"),
        (bad(Kind.WORKLOAD, "cron: 0 of 1 ready", service="", namespace="nextcloud"), "cron: 0 of 1 ready"),
    ],
)
def test_something_that_is_bad_now(piece: Piece, title: str) -> None:
    """Of the service, where it runs, or what it needs."""
    assert why(judged(HERE, THERE, piece)).startswith(f"{title} (E-")


@pytest.mark.parametrize(
    "piece",
    [
        bad(Kind.ALERT, "Before", ended=UNTIL - 2 * FRESH),
        bad(Kind.ALERT, "BlogDown", service="blog"),
        bad(Kind.ALERT, "PortalDown", service="portal"),
        bad(Kind.ALERT, "Watchdog", service="", grade=Grade.INFO),
        bad(Kind.EVENT, "Pulled", grade=Grade.WARNING),
    ],
)
def test_something_that_is_no_doubt(piece: Piece) -> None:
    """Over for a while, of something else, or no state."""
    assert isinstance(judged(HERE, THERE, piece), Healthy)


def test_who_may_never_be_told_so() -> None:
    """The worst severity, several who report it, and a service that nobody knows."""
    assert why(judged(HERE, THERE, rank=1)) == "Something this severe is for a person to close."
    assert why(judged(HERE, THERE, reporters=2)) == "More than one person reported it."
    stranger = healthy(
        gather(WINDOW, (HERE, THERE), ASKED), Surroundings(CATALOGUE, "forum"), rank=3, reporters=1, now=UNTIL
    )
    assert "is not in the list" in why(stranger)


@pytest.mark.parametrize("answer", [Answer.LATE, Answer.FAILED])
def test_a_source_that_did_not_answer(answer: Answer) -> None:
    """What it would have said is not known, so nothing is."""
    health = (ASKED[0].model_copy(update={"answer": answer}), *ASKED[1:])
    assert why(judged(HERE, THERE, health=health)) == "prometheus was asked for firing alerts and did not answer."
    git = tuple(each.model_copy(update={"answer": answer}) if each.source == "git" else each for each in ASKED)
    assert isinstance(judged(HERE, THERE, health=git), Healthy)


def test_evidence_that_has_aged_says_nothing_about_now() -> None:
    """After a restart, say."""
    evidence = gather(WINDOW, (HERE, THERE), ASKED)
    assert isinstance(healthy(evidence, NEXTCLOUD, rank=2, reporters=1, now=UNTIL + FRESH), Healthy)
    late = healthy(evidence, NEXTCLOUD, rank=2, reporters=1, now=UNTIL + FRESH + MINUTE)
    assert why(late) == "It was looked at 14:06 UTC, which says nothing about now."


PIECES = st.lists(
    st.builds(
        Piece,
        source=st.sampled_from(["Probes", "Prometheus"]),
        kind=st.sampled_from(Kind),
        at=st.integers(-20, 20).map(lambda minutes: UNTIL + MINUTE * minutes),
        title=st.sampled_from(["a", "b"]),
        service=st.sampled_from(["nextcloud", "postgres", "blog", ""]),
        grade=st.sampled_from(Grade),
        ended=st.one_of(st.none(), st.integers(-20, 20).map(lambda minutes: UNTIL + MINUTE * minutes)),
        data=st.dictionaries(st.just(PLACE), st.sampled_from(["Holdfast", "frankfurt", "paris", ""])),
    ),
    max_size=8,
)


@given(PIECES, st.integers(0, 4), st.integers(0, 3), st.sampled_from(Answer))
def test_whoever_is_told_so_has_proof(pieces: list[Piece], rank: int, reporters: int, answer: Answer) -> None:
    """Whatever the evidence: fresh proof from two places, nothing bad of the service, one reporter, not the worst."""
    health = (ASKED[0].model_copy(update={"answer": answer}), *ASKED[1:])
    evidence: Evidence = gather(WINDOW, [*pieces, HERE], health)
    found = healthy(evidence, NEXTCLOUD, rank=rank, reporters=reporters, now=UNTIL)
    if isinstance(found, Doubt):
        assert found.why.endswith(".")
        return
    assert rank > 1
    assert reporters <= 1
    assert answer in {Answer.ANSWERED, Answer.MISSING}
    proof = [piece for piece in evidence.pieces if piece.id in found.pieces]
    assert len({piece.data[PLACE].casefold() for piece in proof}) >= 2
    for piece in proof:
        assert (piece.kind, piece.grade, piece.service, piece.ended) == (Kind.PROBE, Grade.FINE, "nextcloud", None)
        assert abs(piece.at - UNTIL) <= FRESH
    assert not [
        piece
        for piece in evidence.pieces
        if piece.kind in STATES and piece.grade in BAD and piece.ended is None and piece.service == "nextcloud"
    ]
