"""A cluster is read by gets and lists only, and what is secret or noise in it stays behind."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.adapters.kubernetes_kinds import PLACES, KubeKind
from bot.adapters.kubernetes_wire import Forbidden, Missing
from bot.errors import Permanent, Refused, Temporary
from bot.workspace.kubernetes.api import Record
from bot.workspace.kubernetes.objects import PLANTED
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import World, world

pytestmark = pytest.mark.sockets


@pytest.fixture
async def it(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster and a client for it."""
    async with world(clock) as made:
        yield made


@pytest.mark.parametrize("kind", list(KubeKind))
async def test_every_kind_is_listed_without_what_is_secret_in_it(it: World, kind: KubeKind) -> None:
    """In one namespace, and everywhere; what was planted in environments, data and annotations stays behind."""
    it.cluster.break_("nextcloud", "crash_loop")
    found = (await it.client.objects(kind)).items
    assert all(item["metadata"]["name"] for item in found)
    assert PLANTED not in str(found)
    assert "managedFields" not in str(found) or PLACES[kind].metadata
    inside = (await it.client.objects(kind, "nextcloud")).items
    assert len(inside) <= len(found) or not PLACES[kind].namespaced


async def test_what_is_left_of_a_pod_is_small(it: World) -> None:
    """It says what runs where and how it is, in a fraction of the size."""
    raw = next(pod for pod in it.cluster.objects["pods"].values() if pod["metadata"]["namespace"] == "nextcloud")
    found = await it.client.one(KubeKind.PODS, raw["metadata"]["name"], "nextcloud")
    assert found["spec"]["nodeName"] == raw["spec"]["nodeName"]
    assert found["spec"]["containers"][0]["env"] == ["DB_PASSWORD", "TZ"]
    assert found["spec"]["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/status"
    assert found["status"]["containerStatuses"][0]["ready"] is True
    assert "annotations" not in found["metadata"]


async def test_of_a_secret_only_that_it_changed_crosses_the_wire(it: World, clock: ManualClock) -> None:
    """Metadata is asked for in a way that has no other answer, and says when something was written, and by what."""
    clock.advance(600)
    it.cluster.configure("nextcloud-credentials", "nextcloud", "Secret")
    (found,) = (await it.client.objects(KubeKind.SECRETS, "nextcloud")).items
    assert found["metadata"]["managedFields"] == {"at": "2026-03-02T14:40:00Z", "by": "kubectl-edit"}
    assert set(found) == {"metadata"}
    await it.client.one(KubeKind.CONFIGMAPS, "nextcloud-config", "nextcloud")
    asked = [record for record in it.api.records if record.path.rpartition("/")[2] in {"secrets", "nextcloud-config"}]
    assert len(asked) == 2
    assert all(record.accept.startswith("application/json;as=PartialObjectMetadata") for record in asked)
    assert all("," not in record.accept for record in asked)


async def test_long_lists_come_in_pages_and_end(it: World) -> None:
    """Five hundred pods take two requests; as many as were wanted are returned, and whether there are more."""
    it.cluster.deploy("many", replicas=480)
    everything = await it.client.objects(KubeKind.PODS)
    assert (len(everything.items), everything.more) == (len(it.cluster.objects["pods"]), False)
    assert len(it.api.records) == 2
    some = await it.client.objects(KubeKind.PODS, most=300)
    assert (len(some.items), some.more) == (300, True)
    assert {record.query["limit"] for record in it.api.records} == {"250", "50"}


async def test_a_list_that_changed_on_the_way_is_begun_again_once(it: World) -> None:
    """410 on a page: from the beginning; the second time it is told."""
    it.cluster.deploy("many", replicas=480)
    left = 1

    def expiring(record: Record) -> None:
        nonlocal left
        if "continue" in record.query and left:
            left -= 1
            it.api.expire()

    it.api.before_answer = expiring
    assert len((await it.client.objects(KubeKind.PODS)).items) == len(it.cluster.objects["pods"])
    assert [record.status for record in it.api.records] == [200, 410, 200, 200]
    left = 9
    with pytest.raises(Temporary, match="changed while it was read"):
        await it.client.objects(KubeKind.PODS)


async def test_what_may_not_be_read_names_the_permission(it: World) -> None:
    """Asked once, and with the verb and the kind that the role lacks."""
    it.api.denied.add(("secrets", ""))
    with pytest.raises(Forbidden, match=r"lacks `list` on secrets in mail\."):
        await it.client.objects(KubeKind.SECRETS, "mail")
    it.api.denied.add(("pods/log", "mail"))
    with pytest.raises(Forbidden, match=r"lacks `get` on pods/log in mail\."):
        await it.client.logs("mail", _pod(it, "mail"))
    assert len(it.api.records) == 2


async def test_what_is_not_there_is_said_so(it: World) -> None:
    """Objects, logs of pods, and figures where nothing measures."""
    with pytest.raises(Missing, match="There is no Pod nobody in mail"):
        await it.client.one(KubeKind.PODS, "nobody", "mail")
    with pytest.raises(Missing, match="There is no Pod nobody in mail"):
        await it.client.logs("mail", "nobody")
    it.api.measures = False
    with pytest.raises(Permanent, match="metrics-server is not there"):
        await it.client.top_nodes()
    assert (await it.client.objects(KubeKind.PODS, "no-such-namespace")).items == ()


async def test_describing_brings_what_happened(it: World) -> None:
    """An object with the events about it; those of a node are in the namespace that Kubernetes tells them in."""
    it.cluster.break_("nextcloud", "not_ready")
    found = await it.client.describe(KubeKind.PODS, _pod(it, "nextcloud"), "nextcloud")
    assert [each["reason"] for each in found.events] == ["Unhealthy"]
    it.cluster.break_("k3s-3", "node_down")
    node = await it.client.describe(KubeKind.NODES, "k3s-3")
    assert [each["reason"] for each in node.events] == ["NodeNotReady"]
    with pytest.raises(Refused, match="in which namespace"):
        await it.client.one(KubeKind.PODS, "nextcloud")


async def test_events_and_selectors_narrow_what_is_read(it: World) -> None:
    """By kind of event, by name, by label."""
    it.cluster.break_("nextcloud", "image_pull")
    pod = _pod(it, "nextcloud")
    assert len((await it.client.events("nextcloud", pod)).items) == 1
    assert (await it.client.events("nextcloud", "another")).items == ()
    chosen = await it.client.objects(KubeKind.PODS, selector="app.kubernetes.io/name in (nextcloud,mail)")
    assert {item["metadata"]["namespace"] for item in chosen.items} == {"nextcloud", "mail"}


async def test_logs_are_the_last_lines_without_what_looks_secret(it: World, clock: ManualClock) -> None:
    """With the time of each, none older than asked for, without escapes; and those of the container before."""
    it.cluster.log("mail", [f"line {number}" for number in range(50)])
    clock.advance(60)
    it.cluster.log("mail", ["\x1b[31merror\x1b[0m: password=hunter2hunter2"])
    it.cluster.break_("mail", "crash_loop")
    it.cluster.log("mail", ["fatal: out of memory"], previous=True)
    pod = _pod(it, "mail")
    found = await it.client.logs("mail", pod, tail=2)
    assert [line.text for line in found.lines] == ["line 49", "error: password=***"]
    assert found.lines[-1].at == clock.now().replace(microsecond=0)
    late = await it.client.logs("mail", pod, since=timedelta(seconds=5))
    assert len(late.lines) == 1
    before = await it.client.logs("mail", pod, "mail", previous=True)
    assert [line.text for line in before.lines] == ["fatal: out of memory"]


async def test_usage_is_in_cores_and_bytes(it: World) -> None:
    """The hungriest first, whatever the units on the wire."""
    it.cluster.use("nextcloud", 1.5, 2.0**30)
    first = (await it.client.top_pods("nextcloud"))[0]
    assert (round(first.cpu, 3), first.memory) == (1.5, 2.0**30)
    assert (await it.client.top_nodes())[0].name == "k3s-2"


async def test_the_history_of_a_workload_is_its_revisions(it: World, clock: ManualClock) -> None:
    """Of Deployments from ReplicaSets, of StatefulSets from their revisions: with images, the newest first."""
    clock.advance(60)
    it.cluster.roll_out("nextcloud", "registry.example.org/nextcloud:32.0.0")
    clock.advance(60)
    it.cluster.roll_out("nextcloud", restart=True)
    found = await it.client.rollouts(KubeKind.DEPLOYMENTS, "nextcloud", "nextcloud")
    assert [(each.number, each.images["nextcloud"].rpartition(":")[2]) for each in found] == [
        (3, "32.0.0"),
        (2, "32.0.0"),
        (1, "31.0.4-apache"),
    ]
    assert found[0].restarted == "2026-03-02T14:32:00Z"
    (only,) = await it.client.rollouts(KubeKind.STATEFULSETS, "nextcloud-db", "nextcloud")
    assert only.images == {"nextcloud-db": "registry.example.org/postgres:17.6"}
    with pytest.raises(Refused):
        await it.client.rollouts(KubeKind.PODS, "nextcloud", "nextcloud")


HOSTILE = [
    "../secrets",
    "a/b",
    "x;id",
    "$(id)",
    "x\n",
    "x\0y",
    "-A",
    "A",
    "",
    "a" * 300,
    "%2e%2e",
    "x?watch=1",
    ".",
    "..",
]


@pytest.mark.parametrize("word", HOSTILE)
async def test_no_word_becomes_another_path(it: World, word: str) -> None:
    """Names, namespaces, containers and selectors are what Kubernetes allows, or nothing is asked at all."""
    asked: list[Callable[[], Awaitable[Any]]] = [
        lambda: it.client.one(KubeKind.PODS, word, "mail"),
        lambda: it.client.logs("mail", word),
        lambda: it.client.rollouts(KubeKind.DEPLOYMENTS, word, "mail"),
    ]
    if word:  # an empty one means all, or any
        asked += [
            lambda: it.client.objects(KubeKind.PODS, word),
            lambda: it.client.logs("mail", "mail-0", word),
            lambda: it.client.events("mail", word),
        ]
    if word not in {"", "A", "a/b", "a" * 300}:
        asked.append(lambda: it.client.objects(KubeKind.PODS, selector=word))
    for ask in asked:
        with pytest.raises(Refused):
            await ask()
    assert it.api.records == []


def _pod(it: World, name: str) -> str:
    return str(it.cluster.workloads[name].pods[0]["metadata"]["name"])
