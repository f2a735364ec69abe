"""Alerts: which of them count, whom they concern, and what a delivery changes. By group and labels, never by title."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from bot.incident import acts
from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue, Service
from bot.incident.model import ALERTMANAGER, Event, EventKind, Frozen, Incident, Moved, Report
from bot.incident.report import answers
from bot.incident.severity import Scheme, Symptom, assess
from bot.incident.text import readable, shorten

#: Where a service is looked for: the first that the catalogue knows, by name, host, or (alone in it) namespace.
SERVICE_LABELS = (
    "service",
    "app",
    "app_kubernetes_io_name",
    "namespace",
    "exported_namespace",
    "job",
    "instance",
)
_NAMESPACES = ("namespace", "exported_namespace")
#: Labels that name a service also where the catalogue does not know it.
_NAMING = ("service", "app", "app_kubernetes_io_name", *_NAMESPACES)
#: Labels that answer what severity is judged by: a kind of error, and these, which are `true` or not there.
KIND_LABEL = "error_kind"
FLAG_LABELS = ("several_services", "data_at_risk", "security", "workaround")
#: Annotations that lead to a page worth having at hand; the address of a rule in Prometheus is nobody else's business.
_LINKS = ("runbook_url", "dashboard_url")
#: How many alerts a report tells apart, and how many names an event holds.
TOLD, NAMES = 5, 200
#: An alert that comes and goes is not spoken of each time.
QUIET = timedelta(minutes=10)

_MATCHER = re.compile(r"\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(\"[^\"]*\"|[^\"]*?)\s*")


class Alert(Frozen):
    """One alert of a group. `ended` is None while it fires."""

    name: str
    labels: dict[str, str]
    firing: bool
    started: datetime
    ended: datetime | None = None
    summary: str = ""
    link: str = ""


class Group(Frozen):
    """One delivery: what Alertmanager says of a group of alerts. `truncated` counts those that it left out."""

    key: str
    firing: bool
    alerts: tuple[Alert, ...]
    truncated: int = 0


class Matcher(Frozen):
    """A condition on one label, as in Alertmanager's own configuration; a label that is not there is empty."""

    label: str
    relation: str
    value: str

    def holds(self, labels: Mapping[str, str]) -> bool:
        """Whether these labels meet it."""
        found = labels.get(self.label, "")
        same = re.fullmatch(self.value, found) is not None if "~" in self.relation else found == self.value
        return same is not self.relation.startswith("!")


def matcher(text: str) -> Matcher:
    """Reads `severity=critical`, `team!="web"`, `alertname=~"Node.*"` or `!~`. Raises ValueError, saying what is."""
    read = _MATCHER.fullmatch(text)
    if read is None:
        raise ValueError('a label and a value, such as severity=critical or alertname=~"Node.*"')
    value = read[3].strip('"')
    if "~" in read[2]:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"a regular expression that can be read ({error})") from error
    return Matcher(label=read[1], relation=read[2], value=value)


class Sighting(Frozen):
    """What a delivery says about one service: `alerts` are those that fire, or else those that have stopped.

    `since` is when the first of them began, `latest` when the last one did; `ended` is when the last one stopped.
    """

    service: str
    firing: bool
    since: datetime
    latest: datetime
    ended: datetime | None
    alerts: tuple[Alert, ...]


def sightings(group: Group, matchers: Iterable[Matcher], catalogue: Catalogue) -> tuple[Sighting, ...]:
    """One for each service that the alerts that count concern; without matchers none count.

    Where something was left out of a group that fires, nobody can say that a service is quiet.
    """
    wanted = tuple(matchers)
    by_service: dict[str, list[Alert]] = {}
    for alert in group.alerts:
        if wanted and all(each.holds(alert.labels) for each in wanted):
            by_service.setdefault(service_of(alert.labels, catalogue), []).append(alert)
    whole = not group.truncated or not group.firing
    found = (_sighting(service, alerts) for service, alerts in by_service.items())
    return tuple(each for each in found if each.firing or whole)


def _sighting(service: str, alerts: list[Alert]) -> Sighting:
    firing = [alert for alert in alerts if alert.firing]
    meant = firing or alerts
    ended = None if firing else max(alert.ended or alert.started for alert in meant)
    return Sighting(
        service=service,
        firing=bool(firing),
        since=min(alert.started for alert in meant),
        latest=max(alert.started for alert in meant),
        ended=ended,
        alerts=tuple(meant),
    )


def service_of(labels: Mapping[str, str], catalogue: Catalogue) -> str:
    """The service that an alert is about: of the catalogue where that knows one, else as the labels name it."""
    for label in SERVICE_LABELS:
        value = labels.get(label, "").strip()
        if value and (found := catalogue.find(value) or _alone_in(label, value, catalogue)):
            return found.name
    named = (shorten(readable(labels.get(label, "")), 80) for label in _NAMING)
    return next((name for name in named if name), OTHER)


def _alone_in(label: str, value: str, catalogue: Catalogue) -> Service | None:
    """The one service of a namespace; where there are several, nobody knows which."""
    inside = [service for service in catalogue.services if label in _NAMESPACES and service.namespace == value]
    return inside[0] if len(inside) == 1 else None


class Known(Frozen):
    """What we remember of a group and a service: the incident it belongs to, and what we last heard.

    `latest` is when the newest of its alerts began, by which news is told from what is only said again.
    """

    incident_id: str
    firing: bool
    latest: datetime


class News(StrEnum):
    """What a sighting means for the incident that its group belongs to."""

    NOTHING = "nothing"  # said before, or overtaken
    MORE = "more"  # another alert of a group that we know of
    OPENS = "opens"  # an incident is to be opened, or joined
    AGAIN = "again"  # it had stopped, and fires once more
    STOPPED = "stopped"


def news(sighting: Sighting, known: Known | None, incident: Incident | None) -> News:
    """Compare with what we remember. `incident` is the one that is known for it, None where there is none.

    A repetition carries no alert that began later than those we know of; a late delivery neither.
    """
    if known is None or incident is None:
        return News.OPENS if sighting.firing else News.NOTHING
    if not sighting.firing:
        overtaken = sighting.ended is not None and sighting.ended < known.latest
        return News.STOPPED if known.firing and not overtaken else News.NOTHING
    if sighting.latest <= known.latest:
        return News.NOTHING
    if not incident.is_open:
        ended = incident.milestones.all_clear
        return News.MORE if ended is not None and sighting.latest <= ended else News.OPENS
    return News.MORE if known.firing else News.AGAIN


def declared(sighting: Sighting, *, id: str, number: int, at: datetime, scheme: Scheme, catalogue: Catalogue) -> Moved:
    """A new incident of its service. What the labels do not answer counts as an outage until somebody looks."""
    said = report(sighting, at)
    moved = acts.declare(
        said, id=id, number=number, by=ALERTMANAGER, at=at, trusted=True, scheme=scheme, catalogue=catalogue
    )
    incident, (first, *others) = moved.incident, moved.events
    if said.error_kind == "other":
        taken = answers(said, catalogue).model_copy(update={"symptom": Symptom.DOWN})
        assessed = assess(scheme, taken)
        reason = f"An alert counts as an outage until somebody looks. {assessed.reason}"
        incident = incident.model_copy(update={"severity": assessed.level, "severity_reason": reason})
        first = first.model_copy(update={"data": {**first.data, "severity": assessed.level}})
    return Moved(incident=incident, events=(first, *others, _fired(sighting, at)))


def report(sighting: Sighting, at: datetime) -> Report:
    """What the alerts say, as a report; their names and summaries are what is seen."""
    labels = [alert.labels for alert in sighting.alerts]
    kind = next((found for each in labels if (found := each.get(KIND_LABEL, "")) in ERROR_KINDS), "other")
    told = list(dict.fromkeys(_told(alert) for alert in sighting.alerts))
    more = [f"and {len(told) - TOLD} more"] if len(told) > TOLD else []
    flags = {flag: any(each.get(flag) == "true" for each in labels) for flag in FLAG_LABELS}
    said = Report(
        service=sighting.service,
        what="\n".join([*told[:TOLD], *more]),
        error_kind=kind,
        started=min(sighting.since, at),
        link=next((alert.link for alert in sighting.alerts if alert.link), ""),
        found_by="Alertmanager",
    )
    return said.model_copy(update=flags)


def link(annotations: Mapping[str, str]) -> str:
    """The page that an alert's annotations lead to, or empty."""
    found = (annotations.get(name, "").strip() for name in _LINKS)
    return next((url for url in found if re.fullmatch(r"https?://[^\s<>|\"'`]{1,1000}", url)), "")


def fired(incident: Incident, sighting: Sighting, at: datetime, *, again: bool = False) -> Moved:
    """Evidence: it fires. `again` where the room was told that it had stopped, and so has to hear this too."""
    return Moved(incident=incident, events=(_fired(sighting, at, **({"again": "yes"} if again else {})),))


def stopped(incident: Incident, sighting: Sighting, at: datetime, *, suggest: bool) -> Moved:
    """Evidence: it has stopped. That resolves nothing; with `suggest` the room is asked whether it is over."""
    ended = min(sighting.ended or at, at)
    data = {"alert": _names(sighting), **({"suggest": "yes"} if suggest else {})}
    event = Event(kind=EventKind.ALERT_STOPPED, at=ended, by=ALERTMANAGER, data=data)
    return Moved(incident=incident, events=(event,))


def _fired(sighting: Sighting, at: datetime, **data: str) -> Event:
    summary = next((alert.summary for alert in sighting.alerts if alert.summary), "")
    return Event(
        kind=EventKind.ALERT_FIRED,
        at=min(sighting.latest, at),
        by=ALERTMANAGER,
        text=summary,
        data={"alert": _names(sighting), **data},
    )


def _names(sighting: Sighting) -> str:
    return shorten(", ".join(dict.fromkeys(alert.name for alert in sighting.alerts)), NAMES)


def _told(alert: Alert) -> str:
    return f"{alert.name}: {shorten(alert.summary, 400)}" if alert.summary else alert.name
