"""What Prometheus shows of a service: over the wire, from the workspace's own."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.adapters.prometheus import Prometheus
from bot.errors import Permanent, Temporary
from bot.evidence.model import BASELINE, FIGURE, VALUE, Answer, Grade, Kind
from bot.incident.catalogue import Service
from bot.incident.probes import Metric, Probe, ProbeKind
from bot.redact import Redactor
from bot.sources.collect import collect
from bot.sources.prometheus import POINTS, PrometheusSource
from bot.sources.source import NotSetUp
from bot.workspace.workspace import Workspace
from tests.bot.sources.shown import BEGAN, about, ask, mail, nextcloud
from tests.clock import START, ManualClock

pytestmark = pytest.mark.sockets

FIRING, FIRED, FIGURES, PROBES = range(4)
ERRORS = Metric.model_validate({"name": "errors", "query": "sum(errors)", "figure": "errors", "unit": "/s"})
ELSEWHERE = Probe(kind=ProbeKind.PROMETHEUS, target='up{job="eu"} # ours', place="frankfurt")


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
async def source(workspace: Workspace) -> AsyncIterator[PrometheusSource]:
    client = Prometheus(f"{workspace.url}/prometheus", seconds=2)
    yield PrometheusSource(client)
    await client.close()
    assert workspace.prometheus.surprises == []


async def test_alerts_that_fire_now(workspace: Workspace, source: PrometheusSource) -> None:
    """With their words, since when, and a link to them."""
    labels = {"namespace": "nextcloud", "severity": "critical"}
    workspace.prometheus.fire("NextcloudDown", labels, {"summary": "It does not answer."}, since=BEGAN)
    (piece,) = (await ask(source, FIRING, about(nextcloud(workspace)))).pieces
    assert (piece.source, piece.kind, piece.title, piece.at) == ("Prometheus", Kind.ALERT, "NextcloudDown", BEGAN)
    assert (piece.service, piece.grade, piece.ended) == ("nextcloud", Grade.CRITICAL, None)
    assert piece.link.startswith(f"{workspace.url}/prometheus/graph?")


async def test_alerts_that_fired_and_stopped(
    workspace: Workspace, source: PrometheusSource, clock: ManualClock
) -> None:
    """Since a while before the start; to the minute."""
    clock.advance(-600)
    workspace.prometheus.fire("Slow", {"service": "nextcloud"}, since=BEGAN)
    workspace.prometheus.stop("Slow")
    workspace.prometheus.fire("LongAgo", {"service": "nextcloud"}, since=START - timedelta(days=2))
    workspace.prometheus.world.alerts[-1].ended = START - timedelta(days=1)
    clock.advance(600)
    (piece,) = (await ask(source, FIRED, about(nextcloud(workspace)))).pieces
    assert (piece.title, piece.at, piece.ended) == ("Slow", BEGAN, START - timedelta(minutes=10))


async def test_a_figure_against_the_same_hour_of_other_days(workspace: Workspace, source: PrometheusSource) -> None:
    """Since it was last as usual, with its value and what is usual."""
    history = [(START - timedelta(days=9), 2.0), (BEGAN, 9.0)]
    workspace.prometheus.set("sum(errors)", 12.0, history)
    (piece,) = (await ask(source, FIGURES, about(nextcloud(workspace, metrics=[ERRORS])))).pieces
    assert (piece.kind, piece.title, piece.grade, piece.service) == (Kind.METRIC, "errors", Grade.CRITICAL, "nextcloud")
    assert piece.data == {FIGURE: "errors", VALUE: "12/s", BASELINE: "2/s"}
    assert (piece.at, piece.ended, piece.subject) == (BEGAN, None, "figure/errors")


async def test_a_figure_that_is_as_usual_is_fine(workspace: Workspace, source: PrometheusSource) -> None:
    """Which rules things out."""
    workspace.prometheus.set("sum(errors)", 2.0)
    (piece,) = (await ask(source, FIGURES, about(nextcloud(workspace, metrics=[ERRORS])))).pieces
    assert (piece.grade, piece.data[VALUE], piece.data[BASELINE]) == (Grade.FINE, "2/s", "2/s")


async def test_a_figure_that_is_wrong_takes_no_other_with_it(workspace: Workspace, source: PrometheusSource) -> None:
    """It is named, and why."""
    broken = ERRORS.model_copy(update={"name": "latency", "query": "sum("})
    silent = ERRORS.model_copy(update={"name": "rate", "query": "silent"})
    workspace.prometheus.set("sum(errors)", 2.0)
    workspace.prometheus.set("silent", None)
    found = await ask(source, FIGURES, about(nextcloud(workspace, metrics=[broken, ERRORS, silent])))
    assert [piece.title for piece in found.pieces] == ["errors"]
    assert "latency of nextcloud: Prometheus says: 1:5: parse error: unclosed left parenthesis." in found.sentence
    assert "rate of nextcloud: it has no value now." in found.sentence
    with pytest.raises(Permanent, match="parse error"):
        await ask(source, FIGURES, about(nextcloud(workspace, metrics=[broken])))


async def test_figures_of_an_old_incident_are_bounded(workspace: Workspace, source: PrometheusSource) -> None:
    """However long ago it began, so many points are asked for and no more."""
    workspace.prometheus.set("sum(errors)", 2.0)
    asked = about(nextcloud(workspace, metrics=[ERRORS]))
    began = START - timedelta(days=90)
    old = replace(asked, window=asked.window.model_copy(update={"started": began, "detected": began}))
    assert len((await ask(source, FIGURES, old)).pieces) == 1
    await ask(source, FIRED, old)
    ranges = [given for _, route, given in workspace.prometheus.requests if route.endswith("query_range")]
    assert len(ranges) == 4
    assert all((float(each["end"]) - float(each["start"])) / float(each["step"]) <= POINTS for each in ranges)


async def test_probes_that_others_run(workspace: Workspace, source: PrometheusSource) -> None:
    """Those that are configured, and where there are none the exporter's, by the address they look at."""
    service = nextcloud(workspace, ELSEWHERE)
    workspace.prometheus.set(ELSEWHERE.target, 0)
    workspace.targets.url("somebody-else")
    theirs, needed = (await ask(source, PROBES, about(service, mail(workspace)))).pieces
    assert (theirs.title, theirs.grade) == ("nextcloud fails its probe", Grade.CRITICAL)
    assert theirs.data["place"] == "frankfurt"
    assert (needed.title, needed.grade, needed.at) == ("mail passes its probe", Grade.FINE, START)
    assert needed.data["place"] == "blackbox exporter"
    workspace.targets.down("mail")
    (down,) = (await ask(source, PROBES, about(mail(workspace)))).pieces
    assert (down.title, down.grade) == ("mail fails its probe", Grade.CRITICAL)


async def test_one_probe_is_not_two_places(workspace: Workspace, source: PrometheusSource) -> None:
    """Though it is both configured and known."""
    url = workspace.targets.url("nextcloud")
    same = Probe(kind=ProbeKind.PROMETHEUS, target=f'probe_success{{instance="{url}"}}', place="frankfurt")
    (piece,) = (await ask(source, PROBES, about(nextcloud(workspace, same)))).pieces
    assert (piece.grade, piece.data["place"], piece.text) == (Grade.FINE, "frankfurt", f"{url}, seen from frankfurt")


async def test_what_a_probe_saw_is_as_old_as_it_is(workspace: Workspace, source: PrometheusSource) -> None:
    """The time is that of the look, not of our question."""
    workspace.prometheus.world.seen = timedelta(minutes=4)
    (piece,) = (await ask(source, PROBES, about(nextcloud(workspace)))).pieces
    assert piece.at == START - timedelta(minutes=4)


async def test_a_probe_is_the_services_only_where_that_is_certain(
    workspace: Workspace, source: PrometheusSource
) -> None:
    """A page at its host, where nobody else is; never a ping, and never a host that services share."""
    alone = Service(name="nextcloud", url="https://cloud.example.com")
    seen = {"https://cloud.example.com/status?key=1": 1, "cloud.example.com": 1, "https://other.example.com": 1}
    for instance, value in seen.items():
        workspace.prometheus.set("probe_success", value, labels={"instance": instance})
    (piece,) = (await ask(source, PROBES, about(alone))).pieces
    assert piece.text == "https://cloud.example.com/status, seen from blackbox exporter"
    shared = Service(name="notes", url="https://cloud.example.com/notes")
    found = await ask(source, PROBES, about(alone, shared))
    assert (found.pieces, found.sentence) == ([], "Prometheus has no probe of nextcloud.")


async def test_a_monitor_that_rests_is_neither_up_nor_down(workspace: Workspace, source: PrometheusSource) -> None:
    """Uptime Kuma says 2 for one that waits, and 3 for maintenance."""
    service = Service(name="nextcloud", url="https://cloud.example.com")
    for name, value in (("up", 1), ("down", 0), ("waiting", 2), ("resting", 3)):
        labels = {"monitor_name": name, "monitor_url": "https://cloud.example.com"}
        workspace.prometheus.set("monitor_status", value, labels=labels)
    pieces = (await ask(source, PROBES, about(service))).pieces
    assert [(piece.grade, piece.data["place"]) for piece in pieces] == [
        (Grade.FINE, "Uptime Kuma"),
        (Grade.CRITICAL, "Uptime Kuma"),
    ]


async def test_what_is_not_set_up_says_so(source: PrometheusSource, workspace: Workspace) -> None:
    """No address, or no figures of the service."""
    for question in PrometheusSource(None).questions:
        with pytest.raises(NotSetUp, match="PROMETHEUS_URL is not set"):
            await question.ask(about(Service(name="nextcloud")))
    with pytest.raises(NotSetUp, match=r"No figures of nextcloud are named in services\[\]\.metrics"):
        await ask(source, FIGURES, about(nextcloud(workspace)))


async def test_with_prometheus_down_every_question_says_so(workspace: Workspace, source: PrometheusSource) -> None:
    """Each has a line of its own for people, and nobody waits."""
    workspace.faults.add("prometheus", "*", "500")
    asked = about(nextcloud(workspace, ELSEWHERE, metrics=[ERRORS]))
    found = await collect([source], asked, 2, Redactor())
    assert {each.answer for each in found.health} == {Answer.FAILED}
    assert {each.sentence for each in found.health} == {"Prometheus answers 500."}
    with pytest.raises(Temporary):
        await ask(source, PROBES, asked)


async def test_everything_is_read_and_nothing_else(workspace: Workspace, source: PrometheusSource) -> None:
    """No request but questions."""
    workspace.prometheus.set("sum(errors)", 2.0)
    workspace.prometheus.set(ELSEWHERE.target, 1)
    await collect([source], about(nextcloud(workspace, ELSEWHERE, metrics=[ERRORS])), 5, Redactor())
    assert {(method, route) for method, route, _ in workspace.prometheus.requests} == {
        ("GET", "/api/v1/alerts"),
        ("GET", "/api/v1/query"),
        ("GET", "/api/v1/query_range"),
    }
