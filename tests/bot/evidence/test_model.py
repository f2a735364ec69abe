"""Pieces and their ids, and the time that is looked at."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.evidence.model import Answer, Evidence, Health, Kind, Piece, Spans, Window, extended, gather, window
from bot.incident.model import Milestones
from tests.bot.evidence.anything import PIECES
from tests.bot.evidence.examples import ASKED, DEPLOYMENT, DISK, START, WINDOW, a_piece


def test_times_are_kept_in_utc_and_must_be_aware() -> None:
    """Whatever zone a source speaks in."""
    berlin = datetime(2026, 11, 20, 15, 0, tzinfo=timezone(timedelta(hours=1)))
    piece = Piece(source="git", kind=Kind.COMMIT, at=berlin, title="x")
    assert (piece.at, piece.at.tzinfo) == (START, UTC)
    with pytest.raises(ValidationError):
        Piece(source="git", kind=Kind.COMMIT, at=datetime(2026, 11, 20), title="x")  # noqa: DTZ001


@given(st.lists(PIECES, max_size=20), st.randoms())
def test_the_order_in_which_sources_answer_does_not_matter(pieces: list[Piece], random: Random) -> None:
    """The same collection has the same ids, by time; each once, whatever is repeated."""
    mixed = pieces * 2
    random.shuffle(mixed)
    one, two = gather(WINDOW, pieces, ASKED), gather(WINDOW, mixed, ASKED[::-1])
    assert one == two
    assert [piece.id for piece in one.pieces] == [f"E-{n}" for n in range(1, len(one.pieces) + 1)]
    assert [piece.at for piece in one.pieces] == sorted(piece.at for piece in one.pieces)


def test_what_comes_later_is_numbered_on() -> None:
    """What was cited keeps its id, and a question that was asked again has its new answer."""
    late = Health(source="git", asked="commits", kinds=(Kind.COMMIT,), answer=Answer.LATE)
    first = gather(WINDOW, DISK, [late])
    more = extended(first, (a_piece(Kind.PERSON, 60, "It was the disk"), *DISK), [ASKED[3]])
    assert more.pieces[:-1] == first.pieces
    assert (more.pieces[-1].id, more.pieces[-1].title) == ("E-6", "It was the disk")
    assert [each.answer for each in more.health] == [Answer.ANSWERED]
    assert extended(more, DISK) == more


@pytest.mark.parametrize("ids", [("",), ("E-1", "E-1"), ("E-0",), ("7",), ("E-٣",)])
def test_evidence_without_ids_of_its_own_is_refused(ids: tuple[str, ...]) -> None:
    """Nothing could be cited by them."""
    pieces = tuple(DEPLOYMENT[n].model_copy(update={"id": id}) for n, id in enumerate(ids))
    with pytest.raises(ValidationError, match="id of its own"):
        Evidence(window=WINDOW, pieces=pieces)


def test_a_piece_is_found_by_what_it_says() -> None:
    """With its id, or not at all."""
    found = gather(WINDOW, DISK).known(DISK[1])
    assert found is not None
    assert found.title == "NodeFilesystemAlmostOutOfSpace"
    assert gather(WINDOW, DISK).known(DEPLOYMENT[0]) is None


@pytest.mark.parametrize(
    ("kind", "minutes"),
    [(Kind.EVENT, 30), (Kind.LOG, 30), (Kind.COMMIT, 120), (Kind.CONFIG, 120), (Kind.ROLLOUT, 1440), (Kind.NODE, None)],
)
def test_how_far_back_is_looked_depends_on_what_it_is(kind: Kind, minutes: int | None) -> None:
    """Before the earlier of start and detection; how things stand has no age."""
    early = Window(started=START + timedelta(hours=1), detected=START, until=START)
    assert early.opens(kind) == (None if minutes is None else START - timedelta(minutes=minutes))


def test_how_far_back_is_configuration() -> None:
    """Each of the three."""
    spans = Spans(changes=timedelta(minutes=7))
    assert WINDOW.model_copy(update={"spans": spans}).opens(Kind.COMMIT) == START - timedelta(minutes=7)


def test_a_window_is_around_what_is_recorded() -> None:
    """Started, else detected, else declared, else now."""
    hour = timedelta(hours=1)
    declared, detected = Milestones(declared=START), Milestones(declared=START, detected=START - hour)
    began = detected.model_copy(update={"started": START - 2 * hour})
    opened = [window(each, START + hour).start for each in (Milestones(), declared, detected, began)]
    assert opened == [START + hour, START, START - hour, START - 2 * hour]
    assert window(began, START).detected == START - hour
