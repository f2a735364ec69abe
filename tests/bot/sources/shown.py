"""A service with an address, probes and figures in the workspace, and what is asked about it."""

from collections.abc import Sequence
from datetime import timedelta

from bot.evidence.model import Spans, Window
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import Report
from bot.incident.probes import Metric, Probe
from bot.sources.source import About, Found, Source
from bot.workspace.workspace import Workspace
from tests.bot.incident.examples import an_incident
from tests.clock import START

#: When what is asked about began.
BEGAN = START - timedelta(minutes=20)


def about(*services: Service) -> About:
    """About an incident of the first of these services, which needs the others; asked at START."""
    return About(
        incident=an_incident(report=Report(service=services[0].name, what="It returns 502")),
        services=services,
        catalogue=Catalogue(services=services),
        window=Window(started=BEGAN, detected=BEGAN, until=START, spans=Spans()),
        said="",
    )


def nextcloud(workspace: Workspace, *probes: Probe, metrics: Sequence[Metric] = ()) -> Service:
    """Nextcloud, looked at in the workspace."""
    own = Probe(target=workspace.targets.url("nextcloud"), seconds=1)
    return Service(name="nextcloud", namespace="nextcloud", probes=(own, *probes), metrics=tuple(metrics))


def mail(workspace: Workspace) -> Service:
    """Something that it needs."""
    return Service(name="mail", probes=(Probe(target=workspace.targets.url("mail"), seconds=1),))


async def ask(source: Source, place: int, asked: About) -> Found:
    """One of its questions, by its place."""
    return await source.questions[place].ask(asked)
