"""Prometheus' HTTP API as far as the bot calls it; whatever it does not know is refused loudly, and remembered."""

import math
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.workspace.prometheus.series import Alert, Labels, World
from bot.workspace.targets import Targets

PREFIX = "/prometheus"
#: As many points as Prometheus gives of a series.
MOST_POINTS = 11_000
_CLOSED = {")": "(", "]": "[", "}": "{"}
_NAMES = {"(": "parenthesis", "[": "bracket", "{": "brace"}
Json = Any  # Any: the `data` of an answer is JSON of any shape


class Refusal(Exception):
    """How Prometheus says no."""

    def __init__(self, kind: str, said: str, status: int = 400) -> None:
        super().__init__(said)
        self.kind, self.said, self.status = kind, said, status


class Prometheus:
    """The stand-in. `requests` are the last calls: method, route, and what was given.

    `surprises` holds what it does not know, which a test expects to be empty. With a `token` it lets nobody in without.
    """

    def __init__(self, clock: Clock, targets: Targets) -> None:
        self.world = World(clock, targets)
        self.requests: deque[tuple[str, str, dict[str, str]]] = deque(maxlen=10_000)
        self.surprises: list[str] = []
        self.token = ""
        self._clock = clock

    def set(
        self,
        query: str,
        value: float | None,
        history: Sequence[tuple[datetime, float | None]] = (),
        labels: Labels | None = None,
    ) -> None:
        """What exactly this query answers; see `World.set`."""
        self.world.set(query, value, history, labels)

    def fire(
        self,
        alert: str,
        labels: Labels | None = None,
        annotations: Labels | None = None,
        *,
        since: datetime | None = None,
        query: str = "vector(1)",
    ) -> None:
        """Let an alert fire, from `since` or now on."""
        begun = since or self._clock.now()
        self.world.alerts.append(Alert(alert, dict(labels or {}), dict(annotations or {}), begun, query))

    def stop(self, alert: str) -> None:
        """Whatever fires under this name has stopped."""
        for each in self.world.alerts:
            if each.name == alert and each.ended is None:
                each.ended = self._clock.now()

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        known: tuple[tuple[str, Callable[[dict[str, str]], Json], frozenset[str]], ...] = (
            ("query", self._query, frozenset({"query", "time", "timeout", "limit"})),
            ("query_range", self._range, frozenset({"query", "start", "end", "step", "timeout", "limit"})),
            ("alerts", self._alerts, frozenset()),
            ("rules", self._rules, frozenset({"type"})),
        )
        ways = (web.route("*", f"{PREFIX}/api/v1/{name}", self._serving(look, may)) for name, look, may in known)
        return [*ways, web.route("*", PREFIX + "/{rest:.*}", self._unknown)]

    def _serving(self, answer: Callable[[dict[str, str]], Json], allowed: frozenset[str]) -> Any:  # Any: a handler
        async def handler(request: web.Request) -> web.Response:
            given = {name: str(value) for name, value in {**request.query, **await request.post()}.items()}
            self.requests.append((request.method, request.path.removeprefix(PREFIX), given))
            if self.token and request.headers.get("Authorization") != f"Bearer {self.token}":
                return web.Response(status=401, text="Unauthorized\n")
            try:
                self._check(request, given, allowed)
                return web.json_response({"status": "success", "data": answer(given)})
            except Refusal as no:
                said = {"status": "error", "errorType": no.kind, "error": no.said}
                return web.json_response(said, status=no.status)

        return handler

    def _check(self, request: web.Request, given: Mapping[str, str], allowed: frozenset[str]) -> None:
        """Prometheus ignores what it does not know; here that is a mistake of ours."""
        odd = sorted(set(given) - allowed)
        if request.method not in {"GET", "POST"} or odd:
            self.surprises.append(f"{request.method} {request.path} {', '.join(odd)}".strip())
            raise Refusal("bad_data", f"the local Prometheus does not know {', '.join(odd) or request.method}", 405)

    def _query(self, given: dict[str, str]) -> Json:
        at = _time(given, "time", self._clock.now())
        found = [{"metric": dict(labels), "value": [stamp(at), text(value)]} for labels, value in self._look(given, at)]
        return {"resultType": "vector", "result": found}

    def _range(self, given: dict[str, str]) -> Json:
        start, end, step = _time(given, "start"), _time(given, "end"), _step(given)
        if end < start:
            raise Refusal("bad_data", 'invalid parameter "end": end timestamp must not be before start time')
        count = int((end - start).total_seconds() / step) + 1
        if count > MOST_POINTS:
            raise Refusal(
                "bad_data",
                "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution "
                "(?step=XX)",
            )
        rows: dict[tuple[tuple[str, str], ...], list[Json]] = {}
        for number in range(count):
            at = start + timedelta(seconds=step * number)
            for labels, value in self._look(given, at):
                rows.setdefault(tuple(sorted(labels.items())), []).append([stamp(at), text(value)])
        return {
            "resultType": "matrix",
            "result": [{"metric": dict(labels), "values": values} for labels, values in rows.items()],
        }

    def _look(self, given: Mapping[str, str], at: datetime) -> list[tuple[Labels, float]]:
        """Of a `timestamp(…)` the time of the sample; probes may have looked a while ago."""
        query = given.get("query", "")
        _parse(query)
        if self.world.known(query):
            return list(self.world.answer(query, at))
        inner = query.removeprefix("timestamp(").removesuffix(")").strip()
        if query.startswith("timestamp(") and self.world.known(inner):
            when = stamp(at - self.world.seen)
            return [({k: v for k, v in labels.items() if k != "__name__"}, when)
                    for labels, _ in self.world.answer(inner, at)]  # fmt: skip
        self.surprises.append(query)
        raise Refusal("execution", f"the local Prometheus was not told what {query} answers", 422)

    def _alerts(self, given: dict[str, str]) -> Json:
        return {"alerts": [_alert(each) for each in self.world.alerts if each.ended is None]}

    def _rules(self, given: dict[str, str]) -> Json:
        rules = {each.name: each for each in self.world.alerts}
        rows = [
            {"type": "alerting", "name": each.name, "query": each.query, "health": "ok", "lastError": "", "alerts": []}
            for each in rules.values()
        ]
        return {"groups": [{"name": "workspace", "file": "workspace.yml", "interval": 60, "rules": rows}]}

    async def _unknown(self, request: web.Request) -> web.Response:
        self.surprises.append(f"{request.method} {request.path.removeprefix(PREFIX)}")
        return web.Response(status=404, text="404 page not found\n")


def _alert(alert: Alert) -> Json:
    return {
        "labels": alert.all_labels,
        "annotations": dict(alert.annotations),
        "state": "firing",
        "activeAt": f"{alert.since:%Y-%m-%dT%H:%M:%S.%f}000Z",
        "value": "1e+00",
    }


def _parse(query: str) -> None:
    """Finds what is not closed, as Prometheus words it."""
    if not query.strip():
        raise Refusal(
            "bad_data", 'invalid parameter "query": unknown position: parse error: no expression found in input'
        )
    open_ones: list[str] = []
    quote = ""
    for place, sign in enumerate(query, 1):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'`":
            quote = sign
        elif sign in "([{":
            open_ones.append(sign)
        elif sign in _CLOSED and (not open_ones or open_ones.pop() != _CLOSED[sign]):
            name = _NAMES[_CLOSED[sign]]
            raise Refusal("bad_data", f'invalid parameter "query": 1:{place}: parse error: unexpected right {name}')
    if quote:
        raise Refusal("bad_data", f'invalid parameter "query": 1:{len(query)}: parse error: unterminated quoted string')
    if open_ones:
        name = _NAMES[open_ones[-1]]
        raise Refusal("bad_data", f'invalid parameter "query": 1:{len(query) + 1}: parse error: unclosed left {name}')


def _time(given: Mapping[str, str], name: str, default: datetime | None = None) -> datetime:
    said = given.get(name)
    if said is None and default is not None:
        return default
    try:
        return datetime.fromtimestamp(float(said or ""), UTC)
    except (ValueError, OverflowError) as error:
        raise Refusal("bad_data", f'invalid parameter "{name}": cannot parse "{said}" to a valid timestamp') from error


def _step(given: Mapping[str, str]) -> float:
    try:
        step = float(given.get("step", ""))
    except ValueError as error:
        raise Refusal("bad_data", 'invalid parameter "step": cannot parse to a valid duration') from error
    if not step > 0:
        raise Refusal(
            "bad_data",
            'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive '
            "integer",
        )
    return step


def stamp(at: datetime) -> float:
    """A time as it stands in an answer."""
    return round(at.timestamp(), 3)


def text(value: float) -> str:
    """A value as it stands in an answer."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return "NaN" if math.isnan(value) else f"{value:g}" if abs(value) < 1e6 else repr(value)
