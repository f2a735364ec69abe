"""Asking Prometheus: a query now or over a time, and the alerts that fire. Bounded, and nothing but questions."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from agents.runtime.guard import EXPRESSION
from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from bot.adapters.prometheus import Prometheus
from bot.adapters.prometheus_reading import Answer, Firing, Point, Series
from bot.clock import Clock, SystemClock
from bot.errors import HoldfastError
from bot.evidence.model import Kind
from bot.incident.probes import LONGEST_QUERY
from bot.incident.text import shorten, visible

SOURCE = "Prometheus"
#: So many series, points of each, labels of each, and alerts are shown; a label's value has so many characters.
SERIES, POINTS, LABELS, ALERTS, VALUE = 20, 40, 15, 30, 150
#: Points are no closer than this. Seconds.
CLOSEST = 15
_WEEK, _MONTH = 7 * 24 * 60, 31 * 24 * 60


def _written(query: str) -> str:
    """PromQL is written in lines; nothing in it is unseen, and it is not empty."""
    if not query.strip() or visible(query) != query:
        raise ValueError("PromQL in visible characters")
    return query


class Query(Input):
    """What is asked of Prometheus."""

    query: Annotated[str, EXPRESSION, AfterValidator(_written)] = Field(
        min_length=1,
        max_length=LONGEST_QUERY,
        description="PromQL that answers with few series: sums, rates, topk(5, …).",
    )
    minutes: int = Field(
        default=0,
        ge=0,
        le=_WEEK,
        description=f"0: its value at one time. Else its course over so many minutes, in up to {POINTS} points.",
    )
    ago: int = Field(default=0, ge=0, le=_MONTH, description="That time, or its end, is so many minutes before now.")


class Alerts(Input):
    """Which alerts are meant."""

    about: str = Field(
        default="", max_length=100, description="Only alerts with this word in their name, labels or summary."
    )


def prometheus_tools(client: Prometheus | None, clock: Clock | None = None) -> tuple[AnyTool, ...]:
    """Both tools; none where there is no Prometheus."""
    if client is None:
        return ()
    asker = _Asker(client, clock or SystemClock())
    return (
        Tool(
            name="prometheus_query",
            description=(
                "Asks Prometheus, read-only: PromQL at one time (now, or some minutes ago), or over the minutes before"
                f" it. Shows at most {SERIES} series, the largest first; aggregate to see all."
            ),
            input=Query,
            run=asker.query,
            says=_says,
            source=SOURCE,
        ),
        Tool(
            name="prometheus_alerts",
            description="The alerts that fire or are about to: since when, labels, what they say, and their query.",
            input=Alerts,
            run=asker.alerts,
            says=lambda asked: f"alerts about {shorten(asked.about, 60)}" if asked.about.strip() else "all alerts",
            source=SOURCE,
        ),
    )


class _Asker:
    """The client, and the time from which minutes are counted back."""

    def __init__(self, client: Prometheus, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    async def query(self, asked: Query) -> Result:
        """Times are ours: the model counts minutes, and never writes a date."""
        until = self._clock.now() - timedelta(minutes=asked.ago)
        if asked.minutes:
            step = max(CLOSEST, -(-asked.minutes * 60 // (POINTS - 1)))
            start = until - timedelta(minutes=asked.minutes)
            answer = await self._client.range(asked.query, start, until, step)
        else:
            answer = await self._client.query(asked.query, until)
        shown = [each for each in answer.series if each.points]
        content = _course(shown, asked.minutes > 0) | ({"warnings": list(answer.notes[:5])} if answer.notes else {})
        return Result(
            status=Status.OK if shown else Status.NOTHING,
            content=content if shown else _nothing(answer, asked),
            query=_says(asked),
            kind=Kind.METRIC,
            link=self._client.link(asked.query, until),
            subject=f"query/{shorten(asked.query, 120)}",
        )

    async def alerts(self, asked: Alerts) -> Result:
        """With the queries behind them, as far as Prometheus says them."""
        word = asked.about.strip().casefold()
        found = [alert for alert in await self._client.alerts() if word in _words(alert)]
        try:
            queries = {rule.name: rule.query for rule in await self._client.rules()} if found else {}
        except HoldfastError:  # the alerts are what was asked for
            queries = {}
        first = sorted(found, key=lambda alert: (alert.pending, alert.since))
        content = {"alerts": [_alert(alert, queries) for alert in first[:ALERTS]]}
        more = f"Only {ALERTS} of {len(found)} alerts are shown. Ask about a name, a namespace or a service."
        return Result(
            status=Status.OK if found else Status.NOTHING,
            content=content | ({"left_out": more} if len(found) > ALERTS else {}) if found else "No alert fires.",
            query=f"alerts about {asked.about.strip()}" if word else "all alerts",
            kind=Kind.ALERT,
            subject="alerts",
        )


def _course(series: Sequence[Series], over_time: bool) -> dict[str, Any]:
    """The largest first, with a word about those that are left out."""
    first = sorted(series, key=_largest, reverse=True)[:SERIES]
    shown = [{"labels": _labels(each.labels), **(_line(each.points) if over_time else _now(each))} for each in first]
    if len(series) <= SERIES:
        return {"series": shown}
    left = f"Only the {SERIES} largest of {len(series)} are shown. Narrow the query: a label, sum by (…), topk(5, …)."
    return {"series": shown, "left_out": left}


def _now(series: Series) -> dict[str, Any]:
    last = series.points[-1]
    return {"value": _number(last.value), "at": _time(last.at)}


def _line(points: Sequence[Point]) -> dict[str, Any]:
    """Its points, and the least and largest of them."""
    values = [point.value for point in points if not math.isnan(point.value)]
    bounds = {"least": _number(min(values)), "largest": _number(max(values))} if values else {}
    return {**bounds, "points": [[_time(point.at), _number(point.value)] for point in points[-POINTS:]]}


def _largest(series: Series) -> float:
    return max((abs(point.value) for point in series.points if not math.isnan(point.value)), default=-1.0)


def _labels(labels: Mapping[str, str]) -> dict[str, str]:
    return {shorten(name, 60): shorten(value, VALUE) for name, value in list(labels.items())[:LABELS]}


def _number(value: float) -> str:
    """As text: not every number of Prometheus' is one in JSON."""
    return f"{value:.6g}"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _nothing(answer: Answer, asked: Query) -> str:
    notes = f" Prometheus says: {shorten(' '.join(answer.notes), 300)}" if answer.notes else ""
    when = "over that time" if asked.minutes else "at that time"
    return f"No series {when}. A name or a label in the query may be wrong, or nothing was measured.{notes}"


def _alert(alert: Firing, queries: Mapping[str, str]) -> dict[str, Any]:
    told = " ".join(alert.annotations.get(key, "") for key in ("summary", "message", "description"))
    return {
        "name": shorten(alert.name, VALUE),
        "state": "pending" if alert.pending else "firing",
        "since": _time(alert.since),
        "labels": _labels({name: value for name, value in alert.labels.items() if name != "alertname"}),
        "says": shorten(told, 500),
        **({"query": shorten(queries[alert.name], 500)} if alert.name in queries else {}),
    }


def _words(alert: Firing) -> str:
    parts: Iterable[str] = (alert.name, *alert.labels.values(), *alert.annotations.values())
    return " ".join(parts).casefold()


def _says(asked: Query) -> str:
    over = f" over {asked.minutes} min" if asked.minutes else ""
    ago = f", {asked.ago} min ago" if asked.ago else ""
    return f"{shorten(asked.query, 100)}{over}{ago}"
