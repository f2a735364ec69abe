"""What Prometheus' JSON says, as values of ours; what is not as documented is refused, not guessed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn

from bot.errors import Permanent, Temporary

UNREADABLE = "Prometheus sent an answer that cannot be read."


@dataclass(frozen=True)
class Point:
    """A value, which may be NaN or infinite, and its time."""

    at: datetime
    value: float


@dataclass(frozen=True)
class Series:
    """One series; its points are in order of time. Its name, if it has one, is the label `__name__`."""

    labels: Mapping[str, str]
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Answer:
    """What a query says. `notes` are Prometheus' own warnings about it."""

    series: tuple[Series, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Firing:
    """An alert that fires, or is `pending`. `since` is when its condition began to hold."""

    name: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    since: datetime
    pending: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule that raises an alert. `problem` says why it cannot be evaluated; empty where it can."""

    name: str
    query: str
    problem: str = ""


def answer(data: Any) -> Answer:  # Any: JSON of any shape
    """A query's result. Raises Permanent where it is text, Temporary where it cannot be read."""
    try:
        kind, result = data["resultType"], data["result"]
        notes = tuple(str(note) for note in data.get("warnings") or ())
        if kind == "scalar":
            return Answer((Series({}, (_point(result),)),), notes)
        if kind == "vector":
            found = (Series(_texts(each["metric"]), (_point(each["value"]),)) for each in result if "value" in each)
        elif kind == "matrix":
            found = (Series(_texts(each["metric"]), _points(each["values"])) for each in result if "values" in each)
        elif kind == "string":
            raise Permanent("The query answers with a text, not with figures. Ask for figures.")
        else:
            _unreadable()
        return Answer(tuple(found), notes)
    except (KeyError, TypeError, ValueError, OverflowError, OSError, AttributeError):
        _unreadable()


def firing(data: Any) -> Sequence[Firing]:  # Any: JSON of any shape
    """The alerts of `/api/v1/alerts`. Raises Temporary where they cannot be read."""
    try:
        return [
            Firing(
                name=str(each["labels"].get("alertname") or "alert"),
                labels=_texts(each["labels"]),
                annotations=_texts(each.get("annotations") or {}),
                since=_moment(each["activeAt"]),
                pending=each["state"] == "pending",
            )
            for each in data["alerts"]
        ]
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        _unreadable()


def rules(data: Any) -> Sequence[Rule]:  # Any: JSON of any shape
    """The alerting rules of `/api/v1/rules`. Raises Temporary where they cannot be read."""
    try:
        return [
            Rule(str(each["name"]), str(each["query"]), str(each.get("lastError") or ""))
            for group in data["groups"]
            for each in group["rules"]
            if each["type"] == "alerting"
        ]
    except (KeyError, TypeError, AttributeError):
        _unreadable()


def _texts(labels: Any) -> Mapping[str, str]:  # Any: JSON of any shape
    return {str(name): str(value) for name, value in labels.items()}


def _points(values: Any) -> tuple[Point, ...]:  # Any: JSON of any shape
    return tuple(sorted(map(_point, values), key=lambda point: point.at))


def _point(value: Any) -> Point:  # Any: JSON of any shape
    at, figure = value
    return Point(datetime.fromtimestamp(float(at), UTC), float(figure))


def _moment(text: str) -> datetime:
    """Nanoseconds are cut: RFC 3339 has them, Python has not."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _unreadable() -> NoReturn:
    raise Temporary(UNREADABLE)
