"""A cluster as a source: what broke is found where it broke, with the workload, the node and the time."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from bot.errors import HoldfastError
from bot.evidence.correlate import correlate
from bot.evidence.graph import Surroundings
from bot.evidence.model import BEFORE, COUNT, NODE, REASON, Evidence, Grade, Piece
from bot.evidence.rank import rank
from bot.evidence.report import ruled_out
from bot.evidence.signs import Cause, cause_of
from bot.redact import Redactor
from bot.sources.collect import about as asked_about
from bot.sources.collect import collect
from bot.sources.kubernetes import KubernetesSource
from bot.sources.source import About, Found, NotSetUp
from bot.workspace.kubernetes.objects import PLANTED
from bot.workspace.kubernetes.trouble import How
from tests.bot.sources.cluster import CATALOGUE, about, incident
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import World, world

pytestmark = pytest.mark.sockets


@pytest.fixture
async def it(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster, deployed two days ago."""
    async with world(clock) as made:
        clock.advance(2 * 24 * 3600)
        yield made


async def _all(it: World, clock: ManualClock, what: About | None = None) -> Evidence:
    what = what or about(clock)
    return await collect([KubernetesSource(it.client, clock)], what, 20, Redactor())


async def _ask(it: World, clock: ManualClock, asked: str, what: About | None = None) -> Found:
    source = KubernetesSource(it.client, clock)
    question = next(each for each in source.questions if each.asked == asked)
    found = await question.ask(what or about(clock))
    assert PLANTED not in str(found)
    assert all(piece.kind in question.kinds for piece in found.pieces)
    return found


def _of(found: Found, subject: str) -> list[Piece]:
    return [piece for piece in found.pieces if piece.subject == subject]


async def test_a_healthy_cluster_rules_out_what_it_can(it: World, clock: ManualClock) -> None:
    """Every question is answered, nothing is bad, and what is well may be said to be."""
    evidence = await _all(it, clock)
    assert [(each.asked, each.sentence) for each in evidence.health if not each.reachable or each.sentence] == []
    assert {piece.grade for piece in evidence.pieces} == {Grade.FINE}
    correlated = correlate(evidence, Surroundings(CATALOGUE, "nextcloud"))
    assert set(ruled_out(evidence, correlated)) == {
        "its workloads are healthy (Kubernetes)",
        "nodes are ready, without pressure (Kubernetes)",
        "no warning events (Kubernetes)",
        "no restarts (Kubernetes)",
        "no recent release (Kubernetes)",
        "no recently changed configuration (Kubernetes)",
        "no unusual error lines (Kubernetes)",
    }


@pytest.mark.parametrize(
    ("how", "reason", "cause"),
    [
        ("crash_loop", "CrashLoopBackOff", None),
        ("oom", "OOMKilled", Cause.EXHAUSTION),
        ("image_pull", "ImagePullBackOff", Cause.DEPLOYMENT),
        ("evicted", "Evicted", Cause.EXHAUSTION),
        ("pending", "Unschedulable", Cause.EXHAUSTION),
        ("not_ready", "NotReady", None),
        ("node_down", "NodeNotReady", Cause.DEPENDENCY),
    ],
)
async def test_what_is_broken_is_found_with_its_reason(
    it: World, clock: ManualClock, how: How, reason: str, cause: Cause | None
) -> None:
    """Kubernetes' own word, the node, since when, and of which service; the rules know what it speaks for."""
    it.cluster.break_("nextcloud", how)
    broke = clock.now()
    clock.advance(600)
    found = await _ask(it, clock, "workloads")
    (piece, *_) = _of(found, "deployment/nextcloud")
    assert (piece.grade, piece.data[REASON], piece.service) == (Grade.CRITICAL, reason, "nextcloud")
    assert (piece.at, piece.namespace) == (broke, "nextcloud")
    assert piece.data.get(NODE, "") == ("" if how == "pending" else "k3s-2")
    assert cause_of(piece) is cause
    on_its_node = how == "node_down"
    others = [
        each for each in found.pieces if each.subject != "deployment/nextcloud" and each.data.get(NODE) != "k3s-2"
    ]
    assert {each.grade for each in others} == {Grade.FINE}
    assert on_its_node == any(each.service == "authentik" and each.grade is Grade.CRITICAL for each in found.pieces)


async def test_mended_is_fine_again(it: World, clock: ManualClock) -> None:
    """Of what was broken only what happened is left."""
    it.cluster.break_("nextcloud", "evicted")
    clock.advance(60)
    it.cluster.heal("nextcloud")
    clock.advance(60)
    assert {piece.grade for piece in (await _ask(it, clock, "workloads")).pieces} == {Grade.FINE}
    assert {piece.grade for piece in (await _ask(it, clock, "nodes")).pieces} == {Grade.FINE}
    assert _of(await _ask(it, clock, "warning events"), "deployment/nextcloud")


async def test_a_part_that_is_not_ready_is_a_warning(it: World, clock: ManualClock) -> None:
    """Two of three: it works, and says where it does not."""
    it.cluster.break_("k3s-3", "node_down")
    dns = _of(await _ask(it, clock, "workloads"), "daemonset/dns")
    assert [(piece.title, piece.grade) for piece in dns if piece.grade is not Grade.FINE] == [
        ("dns: 2 of 3 ready (NodeNotReady)", Grade.WARNING)
    ]
    assert {piece.data[NODE] for piece in dns} == {"k3s-1", "k3s-2", "k3s-3"}


async def test_nodes_say_what_is_wrong_with_them(it: World, clock: ManualClock) -> None:
    """Away, or short of something; the others are fine."""
    it.cluster.break_("k3s-1", "node_down")
    it.cluster.break_("k3s-2", "disk_pressure")
    found = {piece.subject: piece for piece in (await _ask(it, clock, "nodes")).pieces}
    assert {subject: piece.grade for subject, piece in found.items()} == {
        "node/k3s-1": Grade.CRITICAL,
        "node/k3s-2": Grade.WARNING,
        "node/k3s-3": Grade.FINE,
    }
    assert found["node/k3s-2"].data[REASON] == "DiskPressure"
    assert cause_of(found["node/k3s-2"]) is Cause.EXHAUSTION
    assert cause_of(found["node/k3s-1"]) is Cause.DEPENDENCY


async def test_restarts_count_from_the_window_on(it: World, clock: ManualClock) -> None:
    """What ended long before is no sign; why it ended is."""
    it.cluster.break_("nextcloud", "oom")
    (piece,) = (await _ask(it, clock, "restarts")).pieces
    assert (piece.subject, piece.data[REASON], piece.grade) == ("deployment/nextcloud", "OOMKilled", Grade.WARNING)
    assert piece.title == "nextcloud: container nextcloud ended (OOMKilled, exit 137)"
    clock.advance(4 * 3600)
    assert (await _ask(it, clock, "restarts")).pieces == []


async def test_warnings_about_one_workload_are_one(it: World, clock: ManualClock) -> None:
    """With how often; those of nodes belong to the node, and old ones to nobody."""
    it.cluster.scale("nextcloud", 3)
    it.cluster.break_("nextcloud", "crash_loop")
    it.cluster.break_("k3s-1", "memory_pressure")
    found = (await _ask(it, clock, "warning events")).pieces
    by = {piece.subject: piece for piece in found}
    assert by["deployment/nextcloud"].data[COUNT] == "15"
    assert (by["node/k3s-1"].namespace, by["node/k3s-1"].data[NODE]) == ("", "k3s-1")
    clock.advance(4 * 3600)
    assert (await _ask(it, clock, "warning events")).pieces == []


async def test_releases_say_what_changed(it: World, clock: ManualClock) -> None:
    """Another image, a restart by hand, and the same image set up differently; of what it needs too."""
    it.cluster.roll_out("nextcloud", "registry.example.org/nextcloud:32.0.0")
    clock.advance(60)
    it.cluster.roll_out("authentik", restart=True)
    clock.advance(60)
    it.cluster.roll_out("authentik-db")
    clock.advance(600)
    found = {piece.subject: piece for piece in (await _ask(it, clock, "releases")).pieces}
    assert found["deployment/nextcloud"].title == "nextcloud: revision 2, another image"
    assert "nextcloud:31.0.4-apache -> registry.example.org/nextcloud:32.0.0" in found["deployment/nextcloud"].text
    assert found["deployment/authentik"].title == "authentik: revision 2, restarted by hand"
    assert found["statefulset/authentik-db"].title == "authentik-db: revision 2, the same image, set up differently"
    assert found["deployment/authentik"].service == "authentik"


async def test_that_configuration_changed_is_told_and_what_is_in_it_never(it: World, clock: ManualClock) -> None:
    """ConfigMaps and Secrets, by when and by what they were written; without the right to list Secrets the rest."""
    clock.advance(300)
    it.cluster.configure("nextcloud-credentials", "nextcloud", "Secret")
    it.cluster.configure("fresh", "nextcloud")
    found = {piece.subject: piece for piece in (await _ask(it, clock, "changed configuration")).pieces}
    assert found["secret/nextcloud-credentials"].title == "Secret nextcloud-credentials was changed"
    assert found["secret/nextcloud-credentials"].text == "Written by kubectl-edit."
    assert found["secret/nextcloud-credentials"].at == clock.now()
    assert set(found) == {"secret/nextcloud-credentials", "configmap/fresh"}
    it.api.denied.add(("secrets", ""))
    rest = await _ask(it, clock, "changed configuration")
    assert [piece.subject for piece in rest.pieces] == ["configmap/fresh"]
    assert "lacks `list` on secrets in nextcloud" in rest.sentence


async def test_error_lines_are_counted_before_and_since(it: World, clock: ManualClock) -> None:
    """Those that are new, or come more often; what differs from line to line does not matter."""
    start = clock.now()
    old = [f"{start - timedelta(minutes=20):%H:%M} WARN cache miss {n}" for n in range(3)] + ["error: slow query 12 ms"]
    it.cluster.log("nextcloud", old, start - timedelta(minutes=20))
    it.cluster.break_("nextcloud", "crash_loop")
    lines = [f"ERROR could not connect to 10.0.0.{n}:5432 (request {n * 7919})" for n in range(9)]
    it.cluster.log("nextcloud", [*lines, "info: 0 errors"], start + timedelta(minutes=1))
    clock.advance(600)
    found = (await _ask(it, clock, "error lines of what is not well", about(clock, start))).pieces
    (piece,) = found
    assert (piece.data[COUNT], piece.data[BEFORE], piece.subject) == ("9", "0", "deployment/nextcloud")
    assert piece.title == "ERROR could not connect to # (request #)"
    assert piece.at == start + timedelta(minutes=1)


async def test_a_log_that_cannot_be_read_says_so(it: World, clock: ManualClock) -> None:
    """A container that never began has none, and neither has a node that is away."""
    it.cluster.break_("nextcloud", "image_pull")
    found = await _ask(it, clock, "error lines of what is not well")
    assert found.pieces == []
    assert "cannot be read now" in found.sentence


async def test_what_may_not_be_read_is_no_silence(it: World, clock: ManualClock) -> None:
    """Where the service itself cannot be seen, nothing is ruled out; of what it needs, the rest is told with a word."""
    it.api.denied.add(("pods", "nextcloud"))
    with pytest.raises(HoldfastError, match="lacks `list` on pods in nextcloud"):
        await _ask(it, clock, "restarts")
    it.cluster.break_("authentik", "oom")
    found = await _ask(it, clock, "restarts")
    assert [piece.subject for piece in found.pieces] == ["deployment/authentik"]
    assert "lacks `list` on pods in nextcloud" in found.sentence
    evidence = await _all(it, clock)
    said = ruled_out(evidence, correlate(evidence, Surroundings(CATALOGUE, "nextcloud")))
    assert not [each for each in said if "workloads" in each or "restarts" in each]


async def test_a_service_that_nobody_knows_may_be_anywhere(it: World, clock: ManualClock) -> None:
    """The whole cluster is asked, and only what is bad is told."""
    it.cluster.break_("immich", "crash_loop")
    what = asked_about(incident("Other"), (), CATALOGUE, about(clock).window.spans, clock.now())
    found = await _ask(it, clock, "workloads", what)
    assert [piece.subject for piece in found.pieces] == ["deployment/immich"]
    assert found.pieces[0].namespace == "immich"


async def test_a_name_that_is_no_namespace_is_not_asked(it: World, clock: ManualClock) -> None:
    """It is said what to set."""
    what = about(clock, service="Ünïcode (x)")
    with pytest.raises(NotSetUp, match=r"services\[\]\.namespace"):
        await _ask(it, clock, "workloads", what)


async def test_where_nothing_runs_it_is_said(it: World, clock: ManualClock) -> None:
    """A namespace that was guessed wrongly looks like one in which all is well, unless somebody says so."""
    found = await _ask(it, clock, "workloads", about(clock, service="wiki"))
    assert found.sentence == "Nothing runs in the namespace wiki."
    assert found.pieces == []


def _release(it: World, clock: ManualClock) -> None:
    it.cluster.roll_out("nextcloud", "registry.example.org/nextcloud:32.0.0")
    clock.advance(120)
    it.cluster.break_("nextcloud", "crash_loop")


def _memory(it: World, clock: ManualClock) -> None:
    it.cluster.break_("nextcloud", "evicted")


def _sign_in(it: World, clock: ManualClock) -> None:
    it.cluster.break_("authentik", "crash_loop")


@pytest.mark.parametrize(
    ("happens", "cause", "subject"),
    [
        (_release, Cause.DEPLOYMENT, "deployment/nextcloud"),
        (_memory, Cause.EXHAUSTION, ""),
        (_sign_in, Cause.DEPENDENCY, ""),
    ],
)
async def test_the_rules_name_the_cause_from_this_alone(
    it: World, clock: ManualClock, happens: Callable[[World, ManualClock], None], cause: Cause, subject: str
) -> None:
    """A release that crashes, a node that is full, sign-in that is away."""
    happens(it, clock)
    clock.advance(300)
    around = Surroundings(CATALOGUE, "nextcloud")
    evidence = await _all(it, clock, about(clock, clock.now() - timedelta(minutes=5)))
    first = rank(correlate(evidence, around), around).likely[0]
    assert first.cause is cause
    assert first.subject == subject or not subject


async def test_five_hundred_pods_take_few_requests(it: World, clock: ManualClock) -> None:
    """Everything is asked within seconds, a bounded number of pages."""
    it.cluster.deploy("many", "nextcloud", replicas=500)
    it.api.records.clear()
    evidence = await _all(it, clock)
    assert all(each.reachable for each in evidence.health)
    assert len(it.api.records) < 120
