"""Whether it happened before: what is compared, what counts more, and what is only a coincidence."""

import time
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.model import KNOWN, Grade, Kind, Piece
from bot.evidence.similar import CANDIDATES, ENOUGH, IN_COMMON, Memory, question, similar
from bot.incident.catalogue import OTHER
from tests.bot.evidence.anything import PIECES, SERVICES, TEXT
from tests.bot.evidence.examples import DISK, START, a_piece, evidence

ASKED = "Nextcloud answers 502 after the upgrade, database migration pending"


def past(name: str, title: str, days: float = 30, **said: str) -> Piece:
    """An incident of Nextcloud a month ago, unless said otherwise."""
    kind = Kind.INCIDENT if name.startswith("INC") else Kind.DOCUMENT
    usual = {"source": "memory", "service": "nextcloud", "subject": name}
    return Piece(kind=kind, at=START - timedelta(days=days), title=title, **{**usual, **said})  # type: ignore[arg-type]


def remembered(*pieces: Piece, asked: str = ASKED, service: str = "nextcloud", limit: int = 3) -> Memory:
    """What comes to mind."""
    return similar(asked, service, pieces, START, limit)


UPGRADE = past("INC-3", "502 after an upgrade: a database migration was pending")
CERTIFICATE = past("INC-4", "The certificate of the mail server expired")


def test_what_says_the_same_is_similar() -> None:
    """With the words that both have."""
    found = remembered(UPGRADE, CERTIFICATE)
    assert [like.piece.subject for like in found.similar] == ["INC-3"]
    assert found.similar[0].shared == ("after", "upgrade", "database", "migration", "pending")
    assert (found.recurrence, found.first_recorded, found.considered) == (1, False, 2)


def test_nothing_alike_is_the_first_recorded() -> None:
    """Nor is something that happened to another service a recurrence."""
    assert remembered() == Memory()
    assert remembered(CERTIFICATE).first_recorded
    other = remembered(UPGRADE.model_copy(update={"service": "blog"}))
    assert (len(other.similar), other.first_recorded) == (1, True)


def test_one_word_in_common_is_a_coincidence() -> None:
    """However rare it is; and words that say nothing are no words."""
    assert remembered(past("INC-5", "An upgrade")).similar == ()
    assert remembered(UPGRADE, asked="there was an error of the service since it is not in 502").similar == ()


def test_the_same_service_and_the_newer_come_first() -> None:
    """Of things that are as alike."""
    same = [
        past(name, UPGRADE.title, days, service=service)
        for name, days, service in (("INC-1", 700, "nextcloud"), ("INC-2", 20, "blog"), ("INC-3", 20, "NextCloud"))
    ]
    assert [like.piece.subject for like in remembered(*same).similar] == ["INC-3", "INC-2", "INC-1"]
    assert not any(like.same_service for like in remembered(past("INC-1", UPGRADE.title, service=OTHER)).similar)


def test_an_incident_and_its_post_mortem_are_one() -> None:
    """They have the same subject; the likelier stands for both."""
    document = past("INC-3", UPGRADE.title, text="Something else entirely. " * 9, link="https://x.example/d")
    found = remembered(UPGRADE, document.model_copy(update={"kind": Kind.DOCUMENT}))
    assert (len(found.similar), found.recurrence) == (1, 1)
    assert found.similar[0].piece == UPGRADE


def test_a_known_issue_is_no_recurrence() -> None:
    """It says what is known, not that it happened."""
    known = past("issue", UPGRADE.title).model_copy(update={"data": {KNOWN: "yes"}})
    found = remembered(known)
    assert found.similar[0].known_issue
    assert found.first_recorded


def test_the_question_begins_with_what_people_say() -> None:
    """Then what is bad, by its titles."""
    person = a_piece(Kind.PERSON, 0, "No photos")
    asked = question(evidence(*DISK, person, a_piece(Kind.EVENT, 1, "Pulled", grade=Grade.INFO)), "Title")
    assert asked.split("\n")[:3] == ["Title", "No photos", "NodeFilesystemAlmostOutOfSpace"]
    assert "Pulled" not in asked


def test_two_thousand_candidates_take_no_time() -> None:
    """The newest ones; more are not looked at."""
    pieces = [
        past(f"INC-{n}", f"word{n % 97} failed", n / 24, text=f"alpha{n % 13} beta{n % 7} " * 60) for n in range(2100)
    ]
    began = time.process_time()
    found = remembered(*pieces, asked="alpha1 beta2 word3 failed")
    assert time.process_time() - began < 3
    assert found.considered == CANDIDATES
    assert found.similar


@given(st.lists(PIECES, max_size=12), TEXT, st.sampled_from(SERVICES), st.integers(0, 5))
def test_whatever_is_remembered(pieces: list[Piece], asked: str, service: str, limit: int) -> None:
    """Never a failure; only memory, in order, alike enough, each thing once, in whatever order it came."""
    at: datetime = START
    found = similar(asked, service, pieces, at, limit)
    assert found == similar(asked, service, pieces[::-1], at, limit)
    assert len(found.similar) <= limit
    scores = [like.score for like in found.similar]
    assert scores == sorted(scores, reverse=True)
    for like in found.similar:
        assert like.piece in pieces
        assert like.piece.kind in {Kind.INCIDENT, Kind.DOCUMENT}
        assert ENOUGH <= like.score <= 1
        assert len(like.shared) >= IN_COMMON
