"""Which cause is likely: one example of each, and what holds whatever the evidence is."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.correlate import correlate
from bot.evidence.graph import Surroundings
from bot.evidence.model import BEFORE, COUNT, FIGURE, NODE, REASON, Evidence, Grade, Kind, Piece
from bot.evidence.rank import CAUSES, ENOUGH, Ranking, rank
from bot.evidence.signs import Cause, cause_of
from bot.evidence.weights import MOST
from bot.incident.catalogue import Catalogue
from tests.bot.evidence.anything import EVIDENCE, PIECES, SERVICES
from tests.bot.evidence.examples import (
    CATALOGUE,
    DATA,
    DEPENDENCY,
    DEPLOYMENT,
    DISK,
    RING,
    TRAFFIC,
    WELL,
    a_piece,
    evidence,
)


def ranked(*pieces: Piece, service: str = "nextcloud", catalogue: Catalogue = CATALOGUE) -> Ranking:
    """What these pieces come to."""
    around = Surroundings(catalogue, service)
    return rank(correlate(evidence(*pieces), around), around)


@pytest.mark.parametrize(
    ("pieces", "cause", "service", "subject"),
    [
        (DEPLOYMENT, Cause.DEPLOYMENT, "nextcloud", "deployment/nextcloud"),
        (DISK, Cause.EXHAUSTION, "", "node/k3s-2"),
        (DEPENDENCY, Cause.DEPENDENCY, "postgres", ""),
        (TRAFFIC, Cause.TRAFFIC, "nextcloud", ""),
        (DATA, Cause.DATA, "nextcloud", ""),
    ],
)
def test_the_cause_of_each_example(pieces: tuple[Piece, ...], cause: Cause, service: str, subject: str) -> None:
    """It comes first, with its reasons; also among everything that is well."""
    for given_ in (pieces, (*WELL, *pieces)):
        first = ranked(*given_).likely[0]
        assert (first.cause, first.service, first.subject) == (cause, service, subject)
        assert first.reasons


@pytest.mark.parametrize(
    "pieces",
    [
        (),
        WELL,
        (a_piece(Kind.PROBE, 0, "nextcloud answers 502"),),
        (a_piece(Kind.ROLLOUT, 20 * 60, "revision 3"),),
        (a_piece(Kind.COMMIT, 1, "Fix a typo", service="portal"),),
        (a_piece(Kind.COMMIT, 1, "Fix a typo"),),
        (a_piece(Kind.NODE, 6, "k3s-9 has DiskPressure", service="blog", subject="node/k3s-9"),),
        (a_piece(Kind.PERSON, 0, "I think the disk is full"),),
        (
            a_piece(Kind.NODE, 6, "k3s-9 is not ready", service="", subject="node/k3s-9"),
            a_piece(Kind.WORKLOAD, 0, "0 of 2 ready", data={NODE: "k3s-2"}),
        ),
    ],
)
def test_what_is_not_known_is_not_named(pieces: tuple[Piece, ...]) -> None:
    """A symptom, what was long ago or far away, a change that nothing followed, a guess, a node it does not run on."""
    found = ranked(*pieces)
    assert not found.known
    assert found.likely == ()


def test_reasons_cite_what_they_rest_on() -> None:
    """A sentence each: the change, what followed it, and who saw that."""
    first = ranked(*DEPLOYMENT).likely[0]
    assert [reason.sentence for reason in first.reasons] == [
        "Release: revision 12, image nextcloud:31, 8 min before it began.",
        "Trouble began 3 min after that: restart: nextcloud restarted 4 times.",
        "Commit: Update nextcloud to 31, 11 min before it began.",
        "More trouble followed, as seen by probes, prometheus.",
    ]
    assert first.pieces == ("E-3", "E-4", "E-2", "E-5", "E-6")


def test_a_release_and_what_it_brought_are_one_candidate() -> None:
    """The commits shortly before it, each with the first release after it; of another service, or long before, none."""
    pieces = [
        a_piece(Kind.COMMIT, 40, "first"),
        a_piece(Kind.ROLLOUT, 30, "revision 1"),
        a_piece(Kind.COMMIT, 20, "second"),
        a_piece(Kind.ROLLOUT, 10, "revision 2"),
        a_piece(Kind.COMMIT, 5, "third"),
        a_piece(Kind.COMMIT, 15, "other", service="postgres"),
        a_piece(Kind.COMMIT, 100, "old"),
        a_piece(Kind.PROBE, 0, "502"),
    ]
    found = ranked(*pieces)
    assert found.considered == 5
    assert [each.what for each in found.likely][:2] == ["release: revision 2", "release: revision 1"]
    assert [reason.sentence.split(",")[0] for reason in found.likely[0].reasons][2:] == ["Commit: second"]


def test_trouble_elsewhere_does_not_speak_for_a_change() -> None:
    """Of another dependency, before it, or of another kind."""
    change = a_piece(Kind.ROLLOUT, 10, "revision 9", service="postgres")
    alone = ranked(change)
    for other in (
        a_piece(Kind.ALERT, 5, "RedisSlow", service="redis", grade=Grade.WARNING),
        a_piece(Kind.ALERT, 15, "HighErrorRate"),
        a_piece(Kind.LOG, 5, "no space left on device"),
    ):
        scores = {each.what: each.score for each in ranked(change, other).likely}
        assert scores.get("release: revision 9") == next((each.score for each in alone.likely), None)
    followed = ranked(change, a_piece(Kind.ALERT, 5, "SlowQueries", service="postgres", grade=Grade.WARNING))
    assert alone.likely[0].score < max(each.score for each in followed.likely if each.cause is Cause.DEPLOYMENT)


def test_the_nearer_change_is_likelier() -> None:
    """In time, and in the graph."""
    near, far = a_piece(Kind.COMMIT, 5, "near"), a_piece(Kind.COMMIT, 60, "far")
    elsewhere = a_piece(Kind.COMMIT, 5, "storage", service="storage")
    trouble = a_piece(Kind.ALERT, 0, "HighErrorRate")
    assert [each.what for each in ranked(near, far, elsewhere, trouble).likely] == ["commit: near", "commit: storage"]


def test_independent_sources_say_more_than_one_that_repeats_itself() -> None:
    """A hundred alerts are one witness."""
    change = a_piece(Kind.ROLLOUT, 10, "revision 12")
    alerts = [a_piece(Kind.ALERT, n, f"Alert{'abcdefghij'[n]}") for n in range(9)]
    one, many = ranked(change, alerts[0]), ranked(change, *alerts)
    two = ranked(change, alerts[0], a_piece(Kind.PROBE, 0, "502"))
    assert one.likely[0].score == many.likely[0].score < two.likely[0].score


def test_trouble_below_explains_trouble_above() -> None:
    """Of two services that are down, the one that the other needs; but not where each needs the other."""
    both = [a_piece(Kind.WORKLOAD, 2, f"{name} is not ready", service=name) for name in ("postgres", "storage")]
    found = ranked(*both)
    assert [each.service for each in found.likely] == ["storage", "postgres"]
    assert found.likely[0].reasons[1].sentence == "postgres, in trouble too, needs it."
    ring = [a_piece(Kind.WORKLOAD, 2, f"{name} is not ready", service=name) for name in "bc"]
    assert "b" in {each.service for each in ranked(*ring, service="a", catalogue=RING).likely}


def test_what_is_explained_counts_less() -> None:
    """A dependency by what it needs itself; what ran out by the traffic, which that speaks for."""
    postgres, storage = (
        a_piece(Kind.WORKLOAD, 2, f"{name} is not ready", service=name) for name in ("postgres", "storage")
    )
    rate, saturation = TRAFFIC[:2]
    for effect, cause in ((postgres, storage), (saturation, rate)):
        both = [each.score for each in ranked(effect, cause).likely] + [0.0]
        assert both[0] > ranked(cause).likely[0].score
        assert both[1] < ranked(effect).likely[0].score


def test_what_the_service_says_of_what_it_needs_counts() -> None:
    """Less than what that says itself, and also where nobody knows what it is."""
    log = a_piece(Kind.LOG, 1, "upstream api.example.com timed out", data={COUNT: "9", BEFORE: "0"})
    event = a_piece(Kind.EVENT, 1, "Readiness: connection refused", source="events")
    assert ranked(log, event).likely[0].what == "something that it needs does not answer"
    named = a_piece(Kind.LOG, 1, "redis: connection refused")
    alert = a_piece(Kind.ALERT, 1, "redis unreachable")
    assert ranked(named, alert).likely[0].service == "redis"


@pytest.mark.parametrize(
    "outside",
    [
        a_piece(Kind.PROBE, 0, "nextcloud: connection refused"),
        a_piece(Kind.ALERT, 0, "NextcloudUnreachable: nextcloud is unreachable"),
        a_piece(Kind.ALERT, 0, "portal: upstream nextcloud timed out", service="portal"),
        a_piece(Kind.LOG, 0, "could not connect to nextcloud", service="portal"),
    ],
)
def test_that_it_does_not_answer_is_no_word_about_what_it_needs(outside: Piece) -> None:
    """Seen from outside, that is the incident itself; after a release it speaks for that."""
    assert not ranked(outside).known
    assert {each.cause for each in ranked(outside, *DEPLOYMENT).likely} == {Cause.DEPLOYMENT}


def test_a_release_that_does_not_start_is_one_candidate() -> None:
    """What says so speaks for the release, where there is one."""
    pull = a_piece(Kind.WORKLOAD, 3, "ImagePullBackOff", data={REASON: "ImagePullBackOff"})
    alone = ranked(pull)
    assert [each.what for each in alone.likely] == ["what was released for nextcloud does not start"]
    both = ranked(pull, a_piece(Kind.ROLLOUT, 4, "revision 12"))
    assert [each.what for each in both.likely] == ["release: revision 12"]


@pytest.mark.parametrize(
    ("title", "cause"),
    [
        ("NodeFilesystemAlmostOutOfSpace", Cause.EXHAUSTION),
        ("write failed: No space left on device", Cause.EXHAUSTION),
        ("Container was OOMKilled", Cause.EXHAUSTION),
        ("FATAL: sorry, too many clients already", Cause.EXHAUSTION),
        ("PostgresConnectionPoolExhausted: connection pool exhausted", Cause.EXHAUSTION),
        ("database page is corrupted", Cause.DATA),
        ("could not write: disk is full, index corrupt", Cause.EXHAUSTION),
        ("migration 42 failed", Cause.DATA),
        ("429 Too Many Requests", Cause.TRAFFIC),
        ("dial tcp 10.0.0.1:5432: connect: connection refused", Cause.DEPENDENCY),
        ("Name resolution failure: no such host", Cause.DEPENDENCY),
        ("Back-off pulling image: ErrImagePull", Cause.DEPLOYMENT),
        ("ProgressDeadlineExceeded", Cause.DEPLOYMENT),
        ("CrashLoopBackOff", None),
        ("HighErrorRate", None),
        ("The room is full of people", None),
    ],
)
def test_words_speak_for_a_cause(title: str, cause: Cause | None) -> None:
    """Of what is bad; what is well speaks for none."""
    assert cause_of(a_piece(Kind.ALERT, 0, title)) is cause
    assert cause_of(a_piece(Kind.ALERT, 0, title, grade=Grade.FINE)) is None


@pytest.mark.parametrize(
    ("figure", "cause"),
    [("rate", Cause.TRAFFIC), ("saturation", Cause.EXHAUSTION), ("errors", None), ("latency", None), ("", None)],
)
def test_figures_speak_for_a_cause(figure: str, cause: Cause | None) -> None:
    """By what they measure, never by what they are called."""
    assert cause_of(a_piece(Kind.METRIC, 0, "connection refused", data={FIGURE: figure})) is cause


@given(EVIDENCE, st.sampled_from(SERVICES), st.sampled_from((CATALOGUE, RING)))
def test_whatever_the_evidence_is(collected: Evidence, service: str, catalogue: Catalogue) -> None:
    """It never fails, cites only what exists, and is in order and within bounds."""
    around = Surroundings(catalogue, service)
    found = rank(correlate(collected, around), around)
    assert len(found.likely) <= CAUSES
    scores = [each.score for each in found.likely]
    assert scores == sorted(scores, reverse=True)
    for each in found.likely:
        assert ENOUGH <= each.score <= MOST
        assert each.pieces
        assert set(each.pieces) <= collected.ids


@given(st.lists(PIECES, max_size=15), st.sampled_from(SERVICES), st.randoms())
def test_the_order_of_pieces_changes_nothing(pieces: list[Piece], service: str, random: Random) -> None:
    """Ties are broken by what stands in them."""
    mixed = list(pieces)
    random.shuffle(mixed)
    assert ranked(*pieces, service=service) == ranked(*mixed, service=service)
