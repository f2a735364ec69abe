"""When a figure is not as usual, since when, and what is said where nobody can tell."""

import math
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.prometheus_reading import Point, Series
from bot.evidence.model import BAD, Grade
from bot.incident.probes import Figure, Metric
from bot.sources.figures import judged, line, shown, usual
from tests.bot.incident.examples import MINUTE, NOW

NUMBERS = st.floats(allow_nan=False, width=32)


def a_metric(**said: object) -> Metric:
    """Bad above half as much again as usual, unless said otherwise."""
    return Metric.model_validate({"name": "errors", "query": "up", "figure": Figure.ERRORS, **said})


def points(*values: float) -> tuple[Point, ...]:
    """A value a minute, the last of them now."""
    return tuple(
        Point(NOW - MINUTE * back, value) for back, value in zip(range(len(values))[::-1], values, strict=True)
    )


@pytest.mark.parametrize(
    ("value", "base", "said", "grade"),
    [
        (14, 10.0, {}, Grade.FINE),
        (15, 10.0, {}, Grade.FINE),
        (16, 10.0, {}, Grade.WARNING),
        (20, 10.0, {}, Grade.CRITICAL),
        (4, 10.0, {"worse": "below"}, Grade.WARNING),
        (0, 10.0, {"worse": "below"}, Grade.CRITICAL),
        (99, 10.0, {"worse": "below"}, Grade.FINE),
        (0.02, 0.01, {"least": 0.1}, Grade.FINE),
        (0.12, 0.01, {"least": 0.1}, Grade.WARNING),
        (0.01, 0.0, {}, Grade.WARNING),
        (0.0, 0.0, {}, Grade.FINE),
        (-5, -10.0, {}, Grade.FINE),
        (-4, -10.0, {}, Grade.WARNING),
        (99, 98.0, {"limit": 95}, Grade.CRITICAL),
        (1, 2.0, {"worse": "below", "limit": 3}, Grade.CRITICAL),
        (50, None, {"limit": 95}, Grade.FINE),
        (50, None, {}, Grade.INFO),
        (math.inf, 10.0, {}, Grade.CRITICAL),
    ],
)
def test_what_differs_by_more_than_it_may_is_bad(
    value: float, base: float | None, said: dict[str, object], grade: Grade
) -> None:
    """On its bad side only; twice as much is critical, and so is what is beyond its limit."""
    found = judged(a_metric(**said), points(value), base, NOW)
    assert found is not None
    assert (found.grade, found.value, found.usual, found.ended) == (grade, value, base, None)


def test_it_is_bad_since_it_was_last_well() -> None:
    """The last spell counts."""
    found = judged(a_metric(), points(30, 10, 10, 16, 40), 10.0, NOW)
    assert found is not None
    assert (found.grade, found.value, found.at, found.ended) == (Grade.CRITICAL, 40, NOW - MINUTE, None)


def test_what_was_bad_and_is_well_now_is_told_as_over() -> None:
    """With its worst value."""
    found = judged(a_metric(), points(10, 16, 40, 10, 10), 10.0, NOW)
    assert found is not None
    assert (found.grade, found.value) == (Grade.CRITICAL, 40)
    assert (found.at, found.ended) == (NOW - 3 * MINUTE, NOW - MINUTE)


def test_a_figure_that_ended_is_not_how_things_stand() -> None:
    """What was well is not said to be so, and what was bad was so until then."""
    assert judged(a_metric(), points(10, 10), 10.0, NOW + MINUTE) is None
    assert judged(a_metric(), (), 10.0, NOW) is None
    found = judged(a_metric(), points(10, 30), 10.0, NOW + MINUTE)
    assert found is not None
    assert (found.grade, found.at, found.ended) == (Grade.CRITICAL, NOW, NOW)


@given(st.lists(NUMBERS, max_size=20), st.one_of(st.none(), NUMBERS), st.sampled_from(["above", "below"]))
def test_a_verdict_fits_what_was_seen(values: list[float], base: float | None, worse: str) -> None:
    """It names a value that was there, since a time that was; it is over only where something bad was."""
    metric = a_metric(worse=worse)
    seen = points(*values)
    found = judged(metric, seen, base, NOW)
    if found is None:
        assert not values
        return
    assert found.value in values
    assert found.at in {point.at for point in seen}
    if found.ended:
        assert found.grade in BAD
        assert found.at < found.ended <= NOW


@given(NUMBERS, NUMBERS, st.floats(0.1, 1000), st.floats(0, 1000))
def test_worse_never_looks_better(value: float, base: float, by: float, least: float) -> None:
    """The farther on the bad side, the worse the grade."""
    order = [Grade.FINE, Grade.WARNING, Grade.CRITICAL]
    metric = a_metric(by=by, least=least)
    near, far = (judged(metric, points(each), base, NOW) for each in (value, value * 2 if value > 0 else value / 2))
    assert near is not None
    assert far is not None
    assert order.index(near.grade) <= order.index(far.grade)


def test_of_many_series_the_worst_counts() -> None:
    """At each time, and on the bad side."""
    many = [Series({"pod": str(n)}, points(n, math.nan if n == 2 else 10 - n)) for n in (1, 2, 3)]
    assert [point.value for point in line(many, a_metric())] == [3, 9]
    assert [point.value for point in line(many, a_metric(worse="below"))] == [1, 7]


def test_what_is_usual_is_the_middle() -> None:
    """One outage a week ago does not move it."""
    assert usual(points(1, 2, 900, 2, math.inf)) == 2
    assert usual(points(math.nan, math.inf)) is None


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.98, "", "0.98"), (12, "%", "12 %"), (900.04, "/s", "900/s"), (math.inf, "s", "infinite s"), (None, "s", "")],
)
def test_how_a_value_is_written(value: float | None, unit: str, text: str) -> None:
    """Short, with its unit."""
    assert shown(value, unit) == text


def test_a_spell_is_shorter_than_all_of_it() -> None:
    """A figure that was always bad is bad since it is known."""
    found = judged(a_metric(limit=1), points(5, 5, 5), 5.0, NOW - timedelta(hours=1))
    assert found is not None
    assert found.at == NOW - 2 * MINUTE
