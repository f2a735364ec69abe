"""What a cluster's answers mean, apart from any cluster: whose a pod is, why it is not well, which lines count."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.kubernetes_answers import Line
from bot.adapters.kubernetes_kinds import KubeKind
from bot.adapters.kubernetes_project import kept
from bot.adapters.kubernetes_shapes import SHAPES
from bot.evidence.model import Spans, Window
from bot.incident.catalogue import Service
from bot.sources.kubernetes_changes import configuration, rollouts
from bot.sources.kubernetes_happened import restarts, warnings
from bot.sources.kubernetes_lines import common, frequent, is_error
from bot.sources.kubernetes_nodes import nodes
from bot.sources.kubernetes_pods import guessed, read, telling
from bot.sources.kubernetes_scope import Scope
from bot.sources.kubernetes_workloads import jobs, loose, workloads
from tests.clock import START

Json = Any  # Any: JSON of any shape
WINDOW = Window(started=START, detected=START, until=START + timedelta(minutes=10), spans=Spans())
SCOPE = Scope("nextcloud", (Service(name="nextcloud"),))

_VALUES: list[Json] = [
    *(None, True, False, -1, 0, 1, 3, "", "x", "soon", "2026-03-02T14:31:00Z", "2026-03-02T14:00:00Z"),
    *("9999-12-31T23:59:59Z", "True", "False", "Ready", "Failed", "Evicted", "CrashLoopBackOff", "Deployment"),
    *("ReplicaSet", "Pod", "Warning", [], {}, [1], {"name": "x"}),
]


def _like(shape: Json, dice: Random) -> Json:
    """What a cluster might answer for this shape: much of it in its place, some of it missing, some something else."""
    if callable(shape) or dice.random() < 0.05:
        return dice.choice(_VALUES)
    if isinstance(shape, list):
        return [_like(shape[0], dice) for _ in range(dice.randrange(4))]
    return {name: _like(want, dice) for name, want in shape.items() if dice.random() < 0.8}


@given(st.integers(0, 2**32))
def test_no_answer_breaks_the_rules(seed: int) -> None:
    """Whatever stands in it, everything that is found is a piece from before now."""
    dice = Random(seed)

    def some(kind: KubeKind) -> list[dict[str, Any]]:
        return [kept(_like(SHAPES[kind], dice), SHAPES[kind]) for _ in range(3)]

    pods = [read(each, WINDOW.until) for each in some(KubeKind.PODS)]
    found = [
        *loose(pods, SCOPE, WINDOW.until),
        *restarts(pods, SCOPE, WINDOW),
        *workloads("deployment", some(KubeKind.DEPLOYMENTS), pods, SCOPE, WINDOW),
        *workloads("daemonset", some(KubeKind.DAEMONSETS), pods, SCOPE, WINDOW),
        *jobs(some(KubeKind.JOBS), SCOPE, WINDOW),
        *nodes(some(KubeKind.NODES), WINDOW.until),
        *warnings(some(KubeKind.EVENTS), pods, SCOPE, WINDOW),
        *rollouts(KubeKind.DEPLOYMENTS, some(KubeKind.DEPLOYMENTS), some(KubeKind.REPLICASETS), SCOPE, WINDOW),
        *configuration(KubeKind.SECRETS, some(KubeKind.SECRETS), SCOPE, WINDOW),
    ]
    assert all(piece.at <= WINDOW.until for piece in found)


@pytest.mark.parametrize(
    ("name", "subject"),
    [
        ("nextcloud-7d9c6b5f4-x2x4z", "deployment/nextcloud"),
        ("nextcloud-db-0", "statefulset/nextcloud-db"),
        ("dns-x2x4z", "daemonset/dns"),
        ("single", "pod/single"),
    ],
)
def test_a_pod_that_is_gone_is_known_by_its_name(name: str, subject: str) -> None:
    """What is random in it is taken off, so that two pods of one workload are one subject."""
    assert guessed(name) == subject


@pytest.mark.parametrize(
    ("owner", "subject"),
    [
        ({"kind": "ReplicaSet", "name": "nextcloud-7d9c6b5f4"}, "deployment/nextcloud"),
        ({"kind": "StatefulSet", "name": "db"}, "statefulset/db"),
        ({"kind": "DaemonSet", "name": "dns"}, "daemonset/dns"),
        ({"kind": "Job", "name": "backup-29384756"}, "cronjob/backup"),
        ({"kind": "Job", "name": "migrate"}, "job/migrate"),
        ({"kind": "Node", "name": "k3s-1"}, "pod/p"),
        (None, "pod/p"),
    ],
)
def test_whose_a_pod_is(owner: dict[str, str] | None, subject: str) -> None:
    """By whoever made it."""
    about = {"name": "p"} | ({"ownerReferences": [owner]} if owner else {})
    assert read({"metadata": about}, START).subject == subject


@given(st.lists(st.sampled_from(["", "OOMKilled", "CrashLoopBackOff", "Odd", "NotReady", "Starting", "Evicted"])))
def test_the_most_telling_reason_is_one_of_them(reasons: list[str]) -> None:
    """Whatever the order; an unknown one says more than that it is not ready."""
    found = telling(reasons)
    assert found in reasons or not any(reasons)
    assert telling(reversed(reasons)) == found
    assert found not in {"NotReady", "Starting"} or not {"OOMKilled", "Odd", "Evicted"} & set(reasons)


def test_a_workload_is_its_services() -> None:
    """Of the only one here, or of the one whose name it bears; of two the longer."""
    both = Scope("media", (Service(name="immich"), Service(name="immich ml")))
    assert SCOPE.service("redis") == "nextcloud"
    assert (both.service("immich-ml-0"), both.service("immich-server"), both.service("redis")) == (
        "immich ml",
        "immich",
        "",
    )


@pytest.mark.parametrize(
    "line",
    [
        "2026-03-02T14:30:00Z ERROR it broke",
        '{"level":"error","msg":"it broke"}',
        "java.lang.NullPointerException: null",
        "FATAL: password authentication failed",
        "connect: connection refused",
        '10.0.0.1 - - "GET / HTTP/1.1" 502 157',
        "could not resolve host",
    ],
)
def test_lines_that_say_that_something_went_wrong(line: str) -> None:
    """In the words of common programs."""
    assert is_error(line)


@pytest.mark.parametrize(
    "line",
    [
        "checked 12 files, 0 errors",
        "level=info msg=started error=nil",
        '{"level":"info","msg":"retried after error"}',
        "GET / 200",
        "failed=0 ok=12",
        "",
    ],
)
def test_lines_that_say_that_nothing_did(line: str) -> None:
    """Although the word stands in some of them."""
    assert not is_error(line)


def test_what_differs_does_not_matter() -> None:
    """Times, addresses, ids, numbers; of JSON, what it says."""
    first = "2026-03-02T14:30:00.123Z ERROR request 8f14e45fceea167a from 10.0.0.1:4312 took 120 ms"
    second = "2026-03-02 15:31:09 ERROR request c9f0f895fb98ab91 from 10.1.2.3 took 7 ms"
    assert common(first) == common(second) == "ERROR request # from # took # ms"
    assert common('{"ts":1,"level":"error","msg":"lost 7 rows","err":"disk full"}') == "lost # rows: disk full"


@given(st.text(max_size=800))
def test_any_line_can_be_read(line: str) -> None:
    """And taking out what differs once more changes little: no line grows."""
    assert len(common(line)) <= 160
    assert is_error(line) in {True, False}


def _lines(at: datetime, count: int, text: str = "ERROR it broke") -> list[Line]:
    return [Line(f"{text} {n}", at + timedelta(seconds=n)) for n in range(count)]


def test_lines_that_always_come_are_no_sign() -> None:
    """By how often, not by how many: a long incident has more of everything."""
    before = START - timedelta(minutes=20)
    steady = [*_lines(before, 20), *_lines(START, 20)]
    more = [*_lines(before, 20), *_lines(START, 90)]
    until = START + timedelta(minutes=20)
    assert frequent([steady], START, until, 5) == []
    (found,) = frequent([more], START, until, 5)
    assert (found.during, found.before, found.first) == (90, 20, START)


def test_a_log_that_begins_too_late_does_not_say_what_was_before() -> None:
    """Nothing is claimed about a time that it does not reach."""
    (found,) = frequent([_lines(START + timedelta(minutes=1), 3)], START, WINDOW.until, 5)
    assert found.before is None
    assert found.example == "ERROR it broke 0"


def test_lines_without_a_time_are_left_out() -> None:
    """It is not known when they were written."""
    assert frequent([[Line("ERROR it broke")]], START, WINDOW.until, 5) == []


def test_a_rollback_is_told_when_it_was() -> None:
    """By when the workload progressed last, since the revision itself is an old one."""
    owner = [{"kind": "Deployment", "name": "a"}]
    old = datetime(2026, 1, 1, tzinfo=UTC)

    def revision(number: int, image: str, **noted: str) -> dict[str, Any]:
        note = {"deployment.kubernetes.io/revision": str(number)} | noted
        about = {"name": f"a-{number}", "ownerReferences": owner, "annotations": note}
        about["creationTimestamp"] = f"{old:%Y-%m-%dT%H:%M:%SZ}"
        return {"metadata": about, "spec": {"template": {"spec": {"containers": [{"name": "a", "image": image}]}}}}

    back = revision(3, "a:1", **{"deployment.kubernetes.io/revision-history": "1"})
    progress = {"type": "Progressing", "lastUpdateTime": "2026-03-02T14:20:00Z"}
    whole = {"metadata": {"name": "a"}, "status": {"conditions": [progress]}}
    (found,) = rollouts(KubeKind.DEPLOYMENTS, [whole], [revision(2, "a:2"), back], SCOPE, WINDOW)
    assert (found.title, found.at) == ("a: revision 3, a rollback", START - timedelta(minutes=10))
    assert found.text == "a: a:2 -> a:1"


def test_what_kubernetes_writes_for_itself_is_no_change() -> None:
    """Certificates for everybody and leases; Helm's Secrets are named as the releases that they are."""
    about = {"creationTimestamp": "2026-03-02T14:20:00Z"}
    names = ("kube-root-ca.crt", "x-leader-election", "sh.helm.release.v1.nextcloud.v12")
    found = configuration(KubeKind.SECRETS, [{"metadata": about | {"name": name}} for name in names], SCOPE, WINDOW)
    assert [(piece.title, piece.subject) for piece in found] == [
        ("Helm release nextcloud, version 12", "secret/nextcloud")
    ]
