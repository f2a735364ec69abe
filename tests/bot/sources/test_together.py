"""Probes and Prometheus about services of the workspace: well, broken and mended, as the rules then judge them."""

from collections.abc import AsyncIterator

import pytest

from bot.adapters.probes import Prober
from bot.adapters.prometheus import Prometheus
from bot.evidence.correlate import correlate
from bot.evidence.graph import Relation, Surroundings
from bot.evidence.model import BAD, Evidence, Kind
from bot.incident.catalogue import Service
from bot.investigation.healthy import Doubt, Healthy, healthy
from bot.redact import Redactor
from bot.sources.collect import collect
from bot.sources.probes import ProbeSource
from bot.sources.prometheus import PrometheusSource
from bot.sources.source import Source
from bot.workspace.workspace import Workspace
from tests.bot.sources.shown import about
from tests.clock import START, ManualClock

pytestmark = pytest.mark.sockets


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
async def sources(workspace: Workspace, clock: ManualClock) -> AsyncIterator[tuple[Source, ...]]:
    prober, prometheus = Prober(clock), Prometheus(f"{workspace.url}/prometheus", seconds=5)
    yield (ProbeSource(prober), PrometheusSource(prometheus))
    await prober.close()
    await prometheus.close()
    assert workspace.prometheus.surprises == []


def listed(workspace: Workspace, *names: str) -> tuple[Service, ...]:
    """These services, as the demo's configuration has them; the first needs the others."""
    workspace.services.know(names)
    first, *others = [Service.model_validate({"name": name, **workspace.services.configured(name)}) for name in names]
    return (first.model_copy(update={"depends_on": tuple(others and names[1:])}), *others)


async def seen(sources: tuple[Source, ...], services: tuple[Service, ...]) -> tuple[Evidence, Surroundings]:
    """What the sources show now, and what stands where."""
    asked = about(*services)
    return await collect(sources, asked, 10, Redactor()), Surroundings(asked.catalogue, services[0].name)


async def test_what_works_is_called_healthy_and_what_broke_is_not(
    workspace: Workspace, sources: tuple[Source, ...]
) -> None:
    """On proof from two places; once mended, again."""
    services = listed(workspace, "nextcloud", "mail")
    found = healthy(*await seen(sources, services), rank=3, reporters=1, now=START)
    assert isinstance(found, Healthy), found
    assert "seen from Holdfast" in found.said
    assert "seen from frankfurt" in found.said
    workspace.services.break_("nextcloud", "release")
    evidence, around = await seen(sources, services)
    broken = healthy(evidence, around, rank=3, reporters=1, now=START)
    assert isinstance(broken, Doubt)
    troubles = correlate(evidence, around).troubles
    assert {fact.piece.kind for fact in troubles} == {Kind.ALERT, Kind.PROBE, Kind.METRIC}
    assert {fact.place.relation for fact in troubles} == {Relation.ITSELF}
    workspace.services.mend("nextcloud")
    assert isinstance(healthy(*await seen(sources, services), rank=3, reporters=1, now=START), Healthy)


async def test_what_it_needs_is_looked_at_too(workspace: Workspace, sources: tuple[Source, ...]) -> None:
    """A service that answers while what it needs does not is not called healthy."""
    services = listed(workspace, "nextcloud", "mail")
    workspace.services.break_("mail", "memory")
    evidence, around = await seen(sources, services)
    assert {piece.service for piece in evidence.pieces if piece.grade in BAD} == {"mail"}
    assert isinstance(healthy(evidence, around, rank=3, reporters=1, now=START), Doubt)


async def test_with_prometheus_away_nobody_is_called_healthy(workspace: Workspace, sources: tuple[Source, ...]) -> None:
    """The bot's own look is one place, and what fires is not known."""
    services = listed(workspace, "nextcloud")
    workspace.faults.add("prometheus", "*", "refused")
    evidence, around = await seen(sources, services)
    assert [piece.source for piece in evidence.pieces] == ["Probes"]
    found = healthy(evidence, around, rank=3, reporters=1, now=START)
    assert isinstance(found, Doubt)
    assert found.why == "Prometheus was asked for alerts that fired and did not answer."
