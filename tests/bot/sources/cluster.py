"""An incident of the sample cluster, as its source is asked about it."""

from datetime import datetime, timedelta
from pathlib import Path

import yaml

from bot.evidence.model import Spans
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import Incident, Milestones, Report
from bot.sources.collect import about as asked_about
from bot.sources.source import About
from tests.architecture.source import ROOT
from tests.bot.incident.examples import an_incident
from tests.clock import ManualClock

_SHIPPED = yaml.safe_load(Path(ROOT / "bot/settings/example.yml").read_text())["services"]
#: The services of the shipped configuration.
CATALOGUE = Catalogue(services=tuple(Service.model_validate(row) for row in _SHIPPED))


def incident(service: str, started: datetime | None = None) -> Incident:
    """Somebody says that it does not answer."""
    report = Report(service=service, what="It returns 502")
    return an_incident(report=report, milestones=Milestones(started=started, declared=started))


def about(clock: ManualClock, started: datetime | None = None, service: str = "nextcloud") -> About:
    """Asked now about what began then, or a quarter of an hour ago. What the catalogue does not know needs nothing."""
    began = started or clock.now() - timedelta(minutes=15)
    known = CATALOGUE.find(service)
    catalogue = CATALOGUE if known else Catalogue(services=(Service(name=service),))
    return asked_about(incident(service, began), (), catalogue, Spans(), clock.now())
