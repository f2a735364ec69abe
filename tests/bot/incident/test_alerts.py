"""Alerts as rules: which count, whom they concern, what is news, and how bad they are."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.alerts import Alert, Group, Known, News, Sighting, declared, matcher, news, service_of, sightings
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import ALERTMANAGER, EventKind, Incident, Milestones, State
from bot.incident.schemes import SCHEMES
from tests.bot.incident.examples import CATALOGUE, MINUTE, NOW, an_incident

CRITICAL = (matcher("severity=critical"),)
SERVICES = Catalogue(
    services=(
        *CATALOGUE.services,
        Service(name="redis", namespace="cache"),
        Service(name="postgres", namespace="data"),
        Service(name="mysql", namespace="data"),
    )
)


def an_alert(
    name: str = "Down", ended: datetime | None = None, began: datetime = NOW, **labels: Any
) -> Alert:  # Any: texts, which stand beside two times
    """A critical alert of Nextcloud that began just now."""
    said = {"alertname": name, "severity": "critical", "namespace": "nextcloud", **labels}
    return Alert(name=name, labels=said, firing=ended is None, started=began, ended=ended)


def seen(*alerts: Alert, truncated: int = 0) -> tuple[Sighting, ...]:
    """What a group of these alerts says."""
    group = Group(key="g", firing=any(alert.firing for alert in alerts), alerts=alerts, truncated=truncated)
    return sightings(group, CRITICAL, SERVICES)


@pytest.mark.parametrize(
    ("text", "labels", "holds"),
    [
        ("severity=critical", {"severity": "critical"}, True),
        ("severity=critical", {"severity": "Critical"}, False),
        ('team="web ops"', {"team": "web ops"}, True),
        ("team!=web", {}, True),
        ('alertname=~"Node.*"', {"alertname": "NodeDown"}, True),
        ('alertname=~"Node"', {"alertname": "NodeDown"}, False),
        ('alertname!~"Node.*"', {"alertname": "NodeDown"}, False),
        ("gone=", {}, True),
    ],
)
def test_matchers_are_read_as_alertmanager_reads_them(text: str, labels: dict[str, str], holds: bool) -> None:
    """Whole values, case kept; a label that is not there is empty."""
    assert matcher(text).holds(labels) is holds


@pytest.mark.parametrize("text", ["", "severity", "=critical", "a b=c", 'x=~"("', 'a="b"c'])
def test_what_is_no_matcher_says_so(text: str) -> None:
    """`holdfast check` and `run` refuse it."""
    with pytest.raises(ValueError, match=r"such as severity=critical|can be read"):
        matcher(text)


@pytest.mark.parametrize(
    ("labels", "service"),
    [
        ({"service": "nextcloud"}, "Nextcloud"),
        ({"service": "kube-state-metrics", "namespace": "home-assistant"}, "Home Assistant"),
        ({"namespace": "cache"}, "redis"),
        ({"namespace": "data"}, "data"),
        ({"namespace": "data", "app": "mysql"}, "mysql"),
        ({"instance": "nextcloud.example.com:443", "job": "blackbox"}, "Nextcloud"),
        ({"instance": "10.0.0.1:9100", "job": "node"}, "Other"),
        ({"app": "new\n thing\x00"}, "new thing"),
        ({}, "Other"),
        ({"alertname": "NextcloudDown"}, "Other"),
    ],
)
def test_a_service_is_found_by_labels_never_by_title(labels: dict[str, str], service: str) -> None:
    """The first label that the catalogue knows; else the first that names anything."""
    assert service_of(labels, SERVICES) == service


def test_only_what_matches_counts_and_each_service_by_itself() -> None:
    """A service fires while anything of it does."""
    quiet = an_alert("B", ended=NOW + MINUTE, namespace="cache")
    found = seen(an_alert("A"), an_alert("A", ended=NOW), quiet, an_alert("C", severity="warning", namespace="data"))
    assert [(each.service, each.firing, len(each.alerts)) for each in found] == [
        ("Nextcloud", True, 1),
        ("redis", False, 1),
    ]
    assert sightings(Group(key="g", firing=True, alerts=(an_alert(),)), (), SERVICES) == ()


def test_what_was_left_out_may_still_fire() -> None:
    """Of a cut delivery nobody concludes that a service is quiet, unless all of the group is."""
    stopped = an_alert("B", ended=NOW, namespace="cache")
    assert [each.service for each in seen(an_alert("A"), stopped, truncated=3)] == ["Nextcloud"]
    assert [each.firing for each in seen(stopped, truncated=3)] == [False]


def heard(latest: float, ended: float | None = None) -> Sighting:
    """The newest alert began, or the last one stopped, so many minutes from now."""
    stop = None if ended is None else NOW + ended * MINUTE
    (sighting,) = seen(an_alert(began=NOW + latest * MINUTE, ended=stop))
    return sighting


OPEN = an_incident()
OVER = an_incident(state=State.RESOLVED, milestones=Milestones(declared=NOW, all_clear=NOW + 10 * MINUTE))


@pytest.mark.parametrize(
    ("sighting", "firing", "incident", "found"),
    [
        (heard(0), None, None, News.OPENS),
        (heard(0, ended=5), None, None, News.NOTHING),
        (heard(0), True, OPEN, News.NOTHING),
        (heard(1), True, OPEN, News.MORE),
        (heard(0), False, OPEN, News.NOTHING),
        (heard(20), False, OPEN, News.AGAIN),
        (heard(0, ended=5), True, OPEN, News.STOPPED),
        (heard(-9, ended=5), True, OPEN, News.STOPPED),
        (heard(-9, ended=-5), True, OPEN, News.NOTHING),
        (heard(0, ended=5), False, OPEN, News.NOTHING),
        (heard(0, ended=5), True, OVER, News.STOPPED),
        (heard(0), True, OVER, News.NOTHING),
        (heard(9), True, OVER, News.MORE),
        (heard(11), True, OVER, News.OPENS),
        (heard(11), False, OVER, News.OPENS),
    ],
)
def test_news_is_told_from_what_is_said_again(
    sighting: Sighting, firing: bool | None, incident: Incident | None, found: News
) -> None:
    """By when alerts began and ended, against what we know; the order of deliveries does not matter."""
    known = None if firing is None else Known(incident_id="incident-12", firing=firing, latest=NOW)
    assert news(sighting, known, incident) is found


@pytest.mark.parametrize("scheme", SCHEMES)
@given(labels=st.dictionaries(st.sampled_from(["error_kind", "security", "workaround", "namespace", "x"]), st.text()))
def test_any_alert_can_be_declared(scheme: str, labels: dict[str, str]) -> None:
    """Whatever its labels say there is a level and a reason, and it is never queued."""
    said: dict[str, Any] = dict(labels)
    (sighting,) = seen(an_alert(began=NOW + timedelta(days=400), **said))
    moved = declared(sighting, id="x", number=7, at=NOW, scheme=SCHEMES[scheme], catalogue=SERVICES)
    incident = moved.incident
    assert SCHEMES[scheme].level(incident.severity).id == incident.severity
    assert incident.severity_reason
    assert (incident.state, incident.reporter) == (State.TRIAGING, ALERTMANAGER)
    assert incident.milestones.started == NOW
    assert [moved.events[0].kind, moved.events[-1].kind] == [EventKind.DECLARED, EventKind.ALERT_FIRED]
    assert moved.events[0].data["severity"] == incident.severity


@pytest.mark.parametrize(("scheme", "level"), [("sev", "SEV2"), ("p1", "P2"), ("p0", "P1")])
def test_a_critical_alert_counts_as_an_outage(scheme: str, level: str) -> None:
    """One service down, by each scheme's own table; labels that answer more are believed."""

    def rated(**labels: Any) -> str:  # Any: as above
        (sighting,) = seen(an_alert(**labels))
        made = declared(sighting, id="x", number=7, at=NOW, scheme=SCHEMES[scheme], catalogue=SERVICES)
        return made.incident.severity

    assert rated() == level
    assert SCHEMES[scheme].level(rated(error_kind="slow")).rank > SCHEMES[scheme].level(level).rank
    assert SCHEMES[scheme].level(rated(data_at_risk="true")).rank == 1
