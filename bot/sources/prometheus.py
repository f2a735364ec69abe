"""What Prometheus shows: alerts that fire or fired, figures that are not as usual, and probes that others run."""

import asyncio
from collections.abc import Awaitable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit

from bot.adapters.prometheus import Prometheus
from bot.adapters.prometheus_reading import Series
from bot.errors import HoldfastError, Permanent
from bot.evidence.model import BASELINE, FIGURE, VALUE, Kind, Piece
from bot.incident.catalogue import Catalogue, Service
from bot.incident.probes import Metric, ProbeKind
from bot.sources import figures
from bot.sources.alerted import alert_piece, firing_spells
from bot.sources.seen import Outcome, probe_piece
from bot.sources.source import About, Found, NotSetUp, Question

NAME = "Prometheus"
#: Everything that fires, with its labels.
ALERTS = 'ALERTS{alertstate="firing"}'
#: Probes that are known without being configured: by query, the label that holds what is looked at, and the place.
KNOWN = (("probe_success", "instance", "blackbox exporter"), ("monitor_status", "monitor_url", "Uptime Kuma"))
#: Half of an hour on each side of the same time on other days, and those days.
AROUND, BEFORE = timedelta(minutes=30), (timedelta(days=1), timedelta(days=7))
#: As many queries at once, and points of a line.
AT_ONCE, POINTS = 8, 240
#: A figure whose last value is older than this has none now.
STALE = timedelta(minutes=10)
_LABELS = tuple(label for _, label, _ in KNOWN)
T = TypeVar("T")


class PrometheusSource:
    """Reads Prometheus; without a client every question says that it is not set up."""

    name = NAME

    def __init__(self, client: Prometheus | None) -> None:
        self._client = client
        self._turn = asyncio.Semaphore(AT_ONCE)

    @property
    def questions(self) -> Sequence[Question]:
        """Four, each on its own: one that is slow or wrong keeps no other from an answer."""
        return (
            Question("firing alerts", (Kind.ALERT,), self._firing),
            Question("alerts that fired", (Kind.ALERT,), self._fired),
            Question("figures of the service and what it needs", (Kind.METRIC,), self._figures),
            Question("probes that others run", (Kind.PROBE,), self._probes),
        )

    @property
    def _prometheus(self) -> Prometheus:
        if self._client is None:
            raise NotSetUp("PROMETHEUS_URL is not set.")
        return self._client

    async def _firing(self, about: About) -> Found:
        """With their annotations, which only this answer has."""
        client = self._prometheus
        firing = [alert for alert in await client.alerts() if not alert.pending]
        link = client.link(ALERTS, about.window.until)
        return Found(
            [
                alert_piece(NAME, alert.labels, alert.annotations, alert.since, about.catalogue, link)
                for alert in firing
                if alert.since <= about.window.until
            ]
        )

    async def _fired(self, about: About) -> Found:
        client, until = self._prometheus, about.window.until
        start, step = _steps(about.window.start - about.window.spans.events, until)
        answer = await client.range(ALERTS, start, until, step)
        link = client.link(ALERTS, until)
        pieces = [
            alert_piece(NAME, series.labels, {}, begun, about.catalogue, link, ended)
            for series in answer.series
            for begun, ended in firing_spells(series.points, timedelta(seconds=step), until)
        ]
        return Found(pieces, " ".join(answer.notes))

    async def _figures(self, about: About) -> Found:
        client = self._prometheus
        wanted = [(service, metric) for service in about.services for metric in service.metrics]
        if not wanted:
            raise NotSetUp(f"No figures of {about.incident.service} are named in services[].metrics.")
        looked, wrong = await _all(
            (f"{metric.name} of {service.name}", self._figure(client, about, service, metric))
            for service, metric in wanted
        )
        return Found(looked, " ".join(wrong))

    async def _figure(self, client: Prometheus, about: About, service: Service, metric: Metric) -> Piece:
        """One figure from a while before the start until now, against the same hour of other days."""
        until = about.window.until
        start, step = _steps(min(about.window.start - about.window.spans.events, until - AROUND), until)
        async with self._turn:
            now = await client.range(metric.query, start, until, step)
            then = [
                series
                for ago in BEFORE
                for series in (await client.range(metric.query, until - ago - AROUND, until - ago + AROUND, 300)).series
            ]
        points, base = figures.line(now.series, metric), figures.usual(figures.line(then, metric))
        found = figures.judged(metric, points, base, until - STALE)
        if found is None:
            raise Permanent("it has no value now.")
        values = {VALUE: figures.shown(found.value, metric.unit), BASELINE: figures.shown(found.usual, metric.unit)}
        return Piece(
            source=NAME,
            kind=Kind.METRIC,
            at=found.at,
            ended=found.ended,
            title=metric.name,
            text=f"{metric.figure}: {metric.query}",
            link=client.link(metric.query, until),
            service=service.name,
            namespace=service.namespace,
            subject=f"figure/{metric.name}",
            grade=found.grade,
            data={FIGURE: metric.figure, **{key: value for key, value in values.items() if value}},
        )

    async def _probes(self, about: About) -> Found:
        """Those that are configured, and those that are known by what they look at."""
        client = self._prometheus
        asked = [
            (service, probe.target, probe.place)
            for service in about.services
            for probe in service.probes
            if probe.kind is ProbeKind.PROMETHEUS
        ]
        told = {service.name for service, _, _ in asked}
        jobs = [
            (f"{service.name} from {place}", self._configured(client, about, service, query, place))
            for service, query, place in asked
        ]
        # what is configured may be one of the known: seen once, it must not count as seen from two places
        others = [service for service in about.services if service.name not in told]
        jobs += [
            (place, self._known(client, about, others, query, label, place)) for query, label, place in KNOWN if others
        ]
        found, wrong = await _all(jobs)
        pieces = [piece for each in found for piece in each]
        if not any(piece.service == about.incident.service for piece in pieces):
            wrong.append(f"Prometheus has no probe of {about.incident.service}.")
        return Found(pieces, " ".join(wrong))

    async def _configured(
        self, client: Prometheus, about: About, service: Service, query: str, place: str
    ) -> Sequence[Piece]:
        sampled = await self._sampled(client, query, about.window.until)
        if not sampled:
            raise Permanent("it has no value now.")
        return [piece for each, at in sampled for piece in _probe(client, service, query, place, each, at)]

    async def _known(
        self, client: Prometheus, about: About, services: Sequence[Service], query: str, label: str, place: str
    ) -> Sequence[Piece]:
        return [
            piece
            for each, at in await self._sampled(client, query, about.window.until)
            for service in _meant(each.labels.get(label, ""), services, about.catalogue)
            for piece in _probe(client, service, query, place, each, at)
        ]

    async def _sampled(self, client: Prometheus, query: str, at: datetime) -> Sequence[tuple[Series, datetime]]:
        """The series of a query, and when each was really measured, which may be minutes ago."""
        async with self._turn:
            values, times = await asyncio.gather(client.query(query, at), client.query(f"timestamp({query}\n)", at))
        measured = {_key(series): series.points[-1].value for series in times.series if series.points}
        return [
            (series, datetime.fromtimestamp(measured[_key(series)], at.tzinfo))
            for series in values.series
            if series.points and _key(series) in measured
        ]


def _probe(
    client: Prometheus, service: Service, query: str, place: str, series: Series, at: datetime
) -> Iterator[Piece]:
    """1 is up, less is down; more is neither: Uptime Kuma's words for a monitor that waits or rests."""
    value = series.points[-1].value
    if not 0 <= value <= 1:
        return
    looked_at = next((found for label in _LABELS if (found := series.labels.get(label))), query)
    said = "passes its probe" if value == 1 else "fails its probe"
    link = client.link(query, at)
    yield probe_piece(NAME, service, Outcome(value == 1, said, _bare(looked_at), place, at, link))


def _meant(looked_at: str, services: Sequence[Service], catalogue: Catalogue) -> Iterator[Service]:
    """The services that are looked at there: by that very address, or as the only one at that host.

    A ping or an open port is no sign that a service works, so only pages count.
    """
    if not looked_at.startswith(("http://", "https://")):
        return
    bare, host = _bare(looked_at), (urlsplit(looked_at).hostname or "").casefold()
    alone = len([each for each in catalogue.services if each.host == host]) == 1
    for service in services:
        known = (service.url, *(probe.target for probe in service.probes))
        if bare in {_bare(each) for each in known if each} or (alone and service.host == host):
            yield service


def _bare(url: str) -> str:
    """Without what may be private in its query."""
    return url.partition("?")[0].rstrip("/")


async def _all(jobs: Iterable[tuple[str, Awaitable[T]]]) -> tuple[list[T], list[str]]:
    """What came of each, and a sentence for each that failed; where all did, the first of them is raised."""
    named = list(jobs)
    found = await asyncio.gather(*(job for _, job in named), return_exceptions=True)
    failed = [(name, error) for (name, _), error in zip(named, found, strict=True) if isinstance(error, BaseException)]
    for _, error in failed:
        if not isinstance(error, HoldfastError) or len(failed) == len(named):
            raise error
    sentences = [f"{name}: {error.sentence}" for name, error in failed if isinstance(error, HoldfastError)]
    return [each for each in found if not isinstance(each, BaseException)], sentences


def _key(series: Series) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in series.labels.items() if name != "__name__"))


def _steps(start: datetime, end: datetime) -> tuple[datetime, float]:
    """From where, in steps of how many seconds, `end` is met exactly. Points are bounded, at most one a minute."""
    span = max(0.0, (end - start).total_seconds())
    step = max(60.0, float(-(-span // POINTS)))
    return end - timedelta(seconds=step * (span // step)), step
