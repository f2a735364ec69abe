"""How long it took, from the milestones alone."""

from datetime import timedelta

import pytest

from bot.incident.figures import Figures, figures, span
from bot.incident.model import Milestones
from tests.bot.incident.examples import MINUTE, NOW

WHOLE = Milestones(
    started=NOW,
    detected=NOW + 4 * MINUTE,
    declared=NOW + 5 * MINUTE,
    acknowledged=NOW + 7 * MINUTE,
    mitigated=NOW + 34 * MINUTE,
    restored=NOW + 65 * MINUTE,
)


def test_the_four_spans() -> None:
    """Each from where seed 004 counts it."""
    assert figures(WHOLE) == Figures(
        detect=4 * MINUTE, acknowledge=2 * MINUTE, mitigate=30 * MINUTE, resolve=65 * MINUTE
    )
    called = WHOLE.model_copy(update={"paged": NOW + 6 * MINUTE})
    assert figures(called).acknowledge == MINUTE


def test_what_is_not_recorded_is_not_made_up() -> None:
    """Nor is what contradicts itself."""
    assert figures(Milestones()) == Figures()
    assert figures(WHOLE.model_copy(update={"started": None})).detect is None
    assert figures(WHOLE.model_copy(update={"restored": NOW - MINUTE})).resolve is None


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (None, "not recorded"),
        (timedelta(seconds=45), "45 s"),
        (timedelta(minutes=12, seconds=50), "12 min"),
        (timedelta(hours=3, minutes=5), "3 h 05 min"),
        (timedelta(days=2, hours=4, minutes=9), "2 d 4 h"),
    ],
)
def test_a_span_in_words(length: timedelta | None, said: str) -> None:
    """As short as it can be said."""
    assert span(length) == said
