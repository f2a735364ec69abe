"""What the pretend Prometheus knows: figures over time by exact query, alerts, and what probes of services see."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from bot.clock import Clock
from bot.workspace.targets import Targets

Labels = Mapping[str, str]
#: Queries that are always known, with or without an answer.
ALERTS, PROBES, MONITORS = 'ALERTS{alertstate="firing"}', "probe_success", "monitor_status"
#: Asked to see whether anybody answers.
ONE = "vector(1)"
#: One metric whose labels have these values, of all that PromQL can say.
_SELECTOR = re.compile(r'(\w+)\{(\w+="[^"]*"(?:,\s*\w+="[^"]*")*)\}')
_MATCHER = re.compile(r'(\w+)="([^"]*)"')
_EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Line:
    """One series: its value from each of these times on; None: there is none."""

    labels: Labels
    values: Sequence[tuple[datetime, float | None]]

    def at(self, when: datetime) -> float | None:
        """Its value then."""
        return next((value for since, value in reversed(self.values) if since <= when), None)


@dataclass
class Alert:
    """An alert that fires, or fired until `ended`."""

    name: str
    labels: Labels
    annotations: Labels
    since: datetime
    query: str
    ended: datetime | None = None

    @property
    def all_labels(self) -> dict[str, str]:
        return {"alertname": self.name, **self.labels}


@dataclass
class World:
    """All of it. `seen` moves the time of probes back, so that what they saw is old."""

    clock: Clock
    targets: Targets
    lines: dict[str, dict[tuple[tuple[str, str], ...], Line]] = field(default_factory=dict)
    alerts: list[Alert] = field(default_factory=list)
    seen: timedelta = timedelta()

    def set(
        self,
        query: str,
        value: float | None,
        history: Sequence[tuple[datetime, float | None]] = (),
        labels: Labels | None = None,
    ) -> None:
        """What exactly this query answers: `value` from now on; before, what `history` says from each time on.

        Without a history it has always been so. `labels` tell several series of one query apart.
        """
        since = self.clock.now() if history else _EVER
        values = [*sorted(history, key=lambda each: each[0]), (since, value)]
        named = dict(labels or {})
        self.lines.setdefault(query, {})[tuple(sorted(named.items()))] = Line(named, values)

    def known(self, query: str) -> bool:
        """Whether anybody has said what it answers."""
        return query in self.lines or query in {ALERTS, PROBES, MONITORS, ONE} or _selected(query) is not None

    def answer(self, query: str, when: datetime) -> Iterator[tuple[Labels, float]]:
        """The series that it has then, with their values."""
        for line in self.lines.get(query, {}).values():
            if (value := line.at(when)) is not None:
                yield line.labels, value
        if query not in self.lines and query != ALERTS and (selected := _selected(query)):
            metric, wanted = selected
            found = self.answer(metric, when)
            yield from ((labels, value) for labels, value in found if wanted.items() <= labels.items())
        if query == ONE:
            yield {}, 1.0
        if query == ALERTS:
            yield from self._firing(when)
        if query == PROBES:
            for name, target in self.targets.known.items():
                yield self.probe(name), float(target.works)

    def probe(self, name: str) -> Labels:
        """The labels by which the pretend blackbox exporter knows a service."""
        return {"__name__": PROBES, "job": "blackbox", "instance": self.targets.url(name)}

    def _firing(self, when: datetime) -> Iterator[tuple[Labels, float]]:
        for alert in self.alerts:
            if alert.since <= when and (alert.ended is None or when < alert.ended):
                yield {"__name__": "ALERTS", "alertstate": "firing", **alert.all_labels}, 1.0


def _selected(query: str) -> tuple[str, dict[str, str]] | None:
    """The probes that a query picks by their labels; None for any other query."""
    found = _SELECTOR.fullmatch(query)
    return (found[1], dict(_MATCHER.findall(found[2]))) if found and found[1] in {PROBES, MONITORS} else None
