"""Alerts as evidence: what they are about, how bad, and when they fired."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.prometheus_reading import Point
from bot.evidence.correlate import correlate
from bot.evidence.graph import Surroundings
from bot.evidence.model import NODE, Grade, Kind
from bot.sources.alerted import SPELLS, alert_piece, firing_spells
from tests.bot.evidence.examples import CATALOGUE, evidence
from tests.bot.incident.examples import MINUTE, NOW


def spells(*minutes: int) -> list[tuple[int, int | None]]:
    """Of samples so many minutes before now, as minutes before now."""
    points = [Point(NOW - MINUTE * each, 1.0) for each in minutes]
    found = firing_spells(points, MINUTE, NOW)
    return [((NOW - begun) // MINUTE, None if ended is None else (NOW - ended) // MINUTE) for begun, ended in found]


def test_an_alert_is_about_the_service_that_its_labels_name() -> None:
    """By name, or by namespace where the service is alone in it; its words come from its annotations."""
    labels = {"alertname": "PostgresDown", "severity": "critical", "namespace": "dbaas", "pod": "pg-0"}
    piece = alert_piece("Prometheus", labels, {"summary": "Postgres is down."}, NOW, CATALOGUE, "https://prom.example")
    assert (piece.kind, piece.title, piece.service, piece.namespace) == (
        Kind.ALERT,
        "PostgresDown",
        "postgres",
        "dbaas",
    )
    assert piece.text == "Postgres is down. namespace dbaas, pod pg-0"
    assert (piece.subject, piece.grade, piece.link) == ("alert/PostgresDown", Grade.CRITICAL, "https://prom.example")


def test_an_alert_about_a_node_is_about_that_node() -> None:
    """Not about the namespace of whatever exports it."""
    labels = {"alertname": "NodeDown", "namespace": "monitoring", "job": "node-exporter", "node": "k3s-2"}
    piece = alert_piece("Prometheus", labels, {}, NOW, CATALOGUE)
    assert (piece.service, piece.namespace, piece.subject, piece.data[NODE]) == ("", "", "node/k3s-2", "k3s-2")


@pytest.mark.parametrize(
    ("severity", "grade"),
    [
        ("Critical", Grade.CRITICAL),
        ("page", Grade.CRITICAL),
        ("warning", Grade.WARNING),
        ("", Grade.WARNING),
        ("purple", Grade.WARNING),
        ("none", Grade.INFO),
        ("info", Grade.INFO),
    ],
)
def test_how_bad_it_is_says_its_label(severity: str, grade: Grade) -> None:
    """One that is not known is still a warning; one that always fires is none."""
    labels = {"alertname": "Watchdog", "severity": severity}
    assert alert_piece("Prometheus", labels, {}, NOW, CATALOGUE).grade is grade


def test_two_that_tell_of_one_alert_are_one_fact() -> None:
    """Whether its samples or its rule say so."""
    labels = {"alertname": "NextcloudDown", "service": "nextcloud"}
    now = alert_piece("Prometheus", labels, {"summary": "Down."}, NOW, CATALOGUE)
    before = alert_piece("Prometheus", labels, {}, NOW - MINUTE, CATALOGUE, ended=NOW)
    heard = alert_piece("Alertmanager", labels, {}, NOW, CATALOGUE)
    (fact,) = correlate(evidence(now, before, heard), Surroundings(CATALOGUE, "nextcloud")).troubles
    assert (fact.lasts, fact.sources) == (True, ("Alertmanager", "Prometheus"))


def test_samples_in_a_row_are_one_spell() -> None:
    """What fires until now lasts; a hole ends it."""
    assert spells(5, 4, 3) == [(5, 2)]
    assert spells(9, 8, 3, 2, 1, 0) == [(9, 7), (3, None)]
    assert spells() == []


def test_one_that_comes_and_goes_does_not_fill_the_evidence() -> None:
    """The latest few are enough."""
    found = spells(*range(40, 0, -2))
    assert len(found) == SPELLS
    assert found[-1] == (2, 1)


@given(st.lists(st.integers(0, 600), unique=True, max_size=60))
def test_every_spell_begins_and_ends_at_a_sample(minutes: list[int]) -> None:
    """They follow one another, and only the last may last."""
    times = sorted(NOW - MINUTE * each for each in minutes)
    found = list(firing_spells([Point(at, 1.0) for at in times], MINUTE, NOW))
    assert all(begun in times for begun, _ in found)
    assert all(ended is not None and ended - MINUTE in times for _, ended in found[:-1])
    assert all(ended is not None and ended < later[0] for (_, ended), later in pairwise(found))


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=200)), st.dictionaries(st.text(), st.text()))
def test_no_label_breaks_it(labels: dict[str, str], annotations: dict[str, str]) -> None:
    """They are written by anybody."""
    piece = alert_piece("Prometheus", labels, annotations, NOW, CATALOGUE, ended=NOW + timedelta(minutes=1))
    assert piece.title
    assert piece.subject
