"""Incidents and catalogues to try the rules on."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from typing import Any

from bot.errors import Refused
from bot.incident.acts import declare
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import Incident, Moved, Report
from bot.incident.schemes import SCHEMES
from bot.settings.file import parse

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ANA, BOB, CY = "U0ANA", "U0BOB", "U0CY"

#: What `holdfast init` writes.
EXAMPLE = parse((files("bot.settings") / "example.yml").read_text(encoding="utf-8"), "example.yml")
QUICK_CHECKS = EXAMPLE.quick_checks
CATALOGUE = Catalogue(
    services=(
        Service(name="Nextcloud", url="https://nextcloud.example.com"),
        Service(name="Home Assistant", url="https://ha.example.com"),
        Service(name="DNS", core=True),
        Service(name="Immich (photos)"),
        Service(name="Mail (email, roundcube)"),
        Service(name="Authentik", core=True),
    )
)


def a_report(**said: Any) -> Report:  # Any: whichever fields a test cares for
    """Nextcloud answers 502, unless said otherwise."""
    return Report(**{"service": "Nextcloud", "what": "It returns 502", "error_kind": "bad_gateway", **said})


def declared(
    report: Report | None = None, scheme: str = "sev", trusted: bool = True, **more: Any
) -> Moved:  # Any: as above
    """A report just come in from Ana."""
    return declare(
        report or a_report(),
        id="incident-12",
        number=12,
        by=ANA,
        at=NOW,
        trusted=trusted,
        scheme=SCHEMES[scheme],
        catalogue=CATALOGUE,
        **more,
    )


def an_incident(**changes: Any) -> Incident:  # Any: whichever fields a test cares for
    """INC-12, triaging, SEV2, unless said otherwise."""
    return declared().incident.model_copy(update=changes)


def tried(act: Callable[[], Moved]) -> Moved | Refused:
    """What came of it; anything but a refusal is raised."""
    try:
        return act()
    except Refused as refusal:
        return refusal
