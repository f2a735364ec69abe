"""What says more than what: the figures may change, these comparisons may not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence.correlate import correlate
from bot.evidence.graph import Surroundings
from bot.evidence.model import Grade, Kind, Piece
from bot.evidence.weights import MOST, backed, together, weight, witnesses
from tests.bot.evidence.examples import CATALOGUE, a_piece, evidence


def weighed(piece: Piece) -> float:
    """What this piece says by itself."""
    (fact,) = correlate(evidence(piece), Surroundings(CATALOGUE, "nextcloud")).facts
    return weight(fact)


@pytest.mark.parametrize(
    ("more", "less"),
    [
        (a_piece(Kind.ROLLOUT, 5, "x"), a_piece(Kind.ROLLOUT, 50, "x")),
        (a_piece(Kind.COMMIT, 1, "x"), a_piece(Kind.COMMIT, -2, "x")),
        (a_piece(Kind.ROLLOUT, 60, "x"), a_piece(Kind.COMMIT, 60, "x")),
        (a_piece(Kind.ALERT, 5, "x"), a_piece(Kind.ALERT, 5, "x", grade=Grade.WARNING)),
        (a_piece(Kind.ALERT, 5, "x"), a_piece(Kind.ALERT, 2000, "x")),
        (a_piece(Kind.ALERT, 5, "x"), a_piece(Kind.ALERT, -30, "x")),
        (a_piece(Kind.ALERT, 5, "x"), a_piece(Kind.ALERT, 5, "x", service="postgres")),
        (a_piece(Kind.ALERT, 5, "x", service="postgres"), a_piece(Kind.ALERT, 5, "x", service="storage")),
        (a_piece(Kind.ALERT, 5, "x", service="storage"), a_piece(Kind.ALERT, 5, "x", service="portal")),
        (a_piece(Kind.NODE, 5, "x", service=""), a_piece(Kind.PERSON, 5, "x")),
    ],
)
def test_what_says_more(more: Piece, less: Piece) -> None:
    """Nearer in time and in the graph, worse, closer to the cause, before and not after."""
    assert 0 < weighed(less) < weighed(more) < 1


def test_fresh_trouble_is_not_weighed_by_the_minute() -> None:
    """Within half an hour before the start it says all it can."""
    assert weighed(a_piece(Kind.ALERT, 29, "x")) == weighed(a_piece(Kind.ALERT, 0, "x"))


def test_a_source_is_one_witness() -> None:
    """With the best that it has to say; a fact that two saw has two."""
    pieces = [a_piece(Kind.ALERT, 1, "a"), a_piece(Kind.ALERT, 1, "b", grade=Grade.WARNING)]
    pieces += [a_piece(Kind.ALERT, 1, "b", grade=Grade.WARNING, source="kubernetes")]
    facts = correlate(evidence(*pieces), Surroundings(CATALOGUE, "nextcloud")).facts
    assert witnesses(facts) == {"kubernetes": weighed(pieces[1]), "prometheus": weighed(pieces[0])}


@given(st.lists(st.floats(0, 1), max_size=9), st.floats(0, 1))
def test_signs_add_up_and_prove_nothing(weights: list[float], more: float) -> None:
    """One more never counts less; the order does not matter; nothing is certain."""
    assert together(weights) <= together([*weights, more]) <= MOST
    assert together(weights) == together(reversed(weights))
    assert together([]) == 0


def test_what_is_not_there_cannot_be_backed() -> None:
    """However much speaks for it."""
    facts = correlate(evidence(a_piece(Kind.PROBE, 0, "x")), Surroundings(CATALOGUE, "nextcloud")).facts
    assert backed(0.0, facts) == 0
    assert backed(0.4, facts) > 0.4
