"""Whether a figure is as usual: the rule that compares it with the same hour of other days. Pure."""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from bot.adapters.prometheus_reading import Point, Series
from bot.evidence.model import BAD, Grade
from bot.incident.probes import Metric

#: So many times more than what is allowed is critical.
MUCH = 2.0


@dataclass(frozen=True)
class Judged:
    """How a figure stands: `value` since `at`, usually `usual` (None: nobody knows). `ended`: it was bad until then."""

    grade: Grade
    value: float
    usual: float | None
    at: datetime
    ended: datetime | None = None


def line(series: Iterable[Series], metric: Metric) -> tuple[Point, ...]:
    """One line of many: at each time the worst of them. What is no number is left out."""
    by_time: defaultdict[datetime, list[float]] = defaultdict(list)
    for each in series:
        for point in each.points:
            if not math.isnan(point.value):
                by_time[point.at].append(point.value)
    worst = max if metric.worse == "above" else min
    return tuple(Point(at, worst(by_time[at])) for at in sorted(by_time))


def usual(points: Iterable[Point]) -> float | None:
    """The middle of what it was; None where there is nothing to go by."""
    values = [point.value for point in points if math.isfinite(point.value)]
    return float(median(values)) if values else None


def judged(metric: Metric, points: Sequence[Point], base: float | None, now: datetime) -> Judged | None:
    """The figure as it stands, or as it was when it was bad last; None where it has no value.

    `points` are in order; where the last of them is older than `now`, how it stands is not known. Without a base or a
    limit nothing can be said of it.
    """
    grades = [_grade(metric, point.value, base) for point in points]
    bad = [place for place, grade in enumerate(grades) if grade in BAD]
    stands = bool(points) and points[-1].at >= now
    if not bad:
        return Judged(grades[-1], points[-1].value, base, points[-1].at) if stands else None
    last = bad[-1]
    first = next((place + 1 for place in range(last, -1, -1) if grades[place] not in BAD), 0)
    if last == len(points) - 1 and stands:
        return Judged(grades[last], points[last].value, base, points[first].at)
    worse = 1 if metric.worse == "above" else -1
    peak = max(range(first, last + 1), key=lambda place: worse * points[place].value)
    ended = points[min(last + 1, len(points) - 1)].at
    return Judged(grades[peak], points[peak].value, base, points[first].at, ended)


def _grade(metric: Metric, value: float, base: float | None) -> Grade:
    sign = 1 if metric.worse == "above" else -1
    if metric.limit is not None and sign * (value - metric.limit) > 0:
        return Grade.CRITICAL
    if base is None:
        return Grade.INFO if metric.limit is None else Grade.FINE
    difference, allowed = sign * (value - base), max(abs(base) * metric.by / 100, metric.least)
    if difference <= allowed:
        return Grade.FINE
    return Grade.CRITICAL if allowed and difference >= MUCH * allowed else Grade.WARNING


def shown(value: float | None, unit: str) -> str:
    """`0.98`, `12 %`, `900/s`; empty where there is none."""
    if value is None:
        return ""
    number = f"{value:.4g}" if math.isfinite(value) else ("infinite" if value > 0 else "minus infinite")
    return f"{number}{unit}" if not unit or unit.startswith("/") else f"{number} {unit}"
