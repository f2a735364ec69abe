"""An alert as a piece of evidence, whoever tells of it, and when one that is only known by its samples fired."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bot.adapters.prometheus_reading import Point
from bot.evidence.model import NODE, Grade, Kind, Piece
from bot.incident.alerts import service_of
from bot.incident.catalogue import OTHER, Catalogue
from bot.incident.text import shorten

#: What `severity` labels mean; one that is not known is a warning, and what only informs is no trouble.
_CRITICAL = ("critical", "crit", "page", "high", "error", "emergency", "disaster", "p1", "sev1")
_INFORMS = ("none", "info", "information", "informational", "notice", "debug")
_GRADES: Mapping[str, Grade] = {
    **dict.fromkeys(_CRITICAL, Grade.CRITICAL),
    **dict.fromkeys(_INFORMS, Grade.INFO),
}
#: Labels that tell what is meant, in the order in which they are told.
_TOLD = (
    "service",
    "namespace",
    "deployment",
    "statefulset",
    "daemonset",
    "pod",
    "container",
    "node",
    "instance",
    "job",
)
#: As many spells of one alert are told, the latest.
SPELLS = 5


def alert_piece(
    source: str,
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    since: datetime,
    catalogue: Catalogue,
    link: str = "",
    ended: datetime | None = None,
) -> Piece:
    """The piece. One about a node is about the node, in whatever namespace its exporter runs."""
    name = labels.get("alertname") or "alert"
    service, node = service_of(labels, catalogue), labels.get("node", "")
    known = catalogue.find(service) is not None
    namespace = labels.get("namespace", "")
    if node and not known and "pod" not in labels:
        service = namespace = ""
    about = " ".join(annotations.get(key, "") for key in ("summary", "message", "description"))
    told = ", ".join(f"{key} {labels[key]}" for key in _TOLD if labels.get(key))
    severity = labels.get("severity", "")
    return Piece(
        source=source,
        kind=Kind.ALERT,
        at=since,
        ended=ended,
        title=name,
        text=". ".join(part for part in (shorten(about, 1000).rstrip("."), told) if part),
        link=link,
        service="" if service == OTHER else service,
        namespace=namespace,
        subject=f"node/{node}" if node and not service else f"alert/{name}",
        grade=_GRADES.get(severity.strip().casefold(), Grade.WARNING),
        data={key: value for key, value in (("severity", severity), (NODE, node)) if value},
    )


def firing_spells(
    points: Sequence[Point], step: timedelta, until: datetime
) -> Iterator[tuple[datetime, datetime | None]]:
    """When it fired, from its samples: begin and end of each spell, None for one that lasts. The latest few."""
    spells: list[tuple[datetime, datetime]] = []
    for point in points:
        if spells and point.at - spells[-1][1] <= step:
            spells[-1] = (spells[-1][0], point.at)
        else:
            spells.append((point.at, point.at))
    for begun, last in spells[-SPELLS:]:
        yield begun, None if until - last < step else last + step
