"""The workspace's cluster: a real client understands it, and what nobody may ask is refused and recorded."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from aiohttp import web

from bot.clock import monotonic
from bot.workspace.kubernetes import KubernetesApi, sample_cluster
from bot.workspace.kubernetes.api import PREFIX, TOKEN
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import served

pytestmark = pytest.mark.sockets

METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
NAMESPACE = "/api/v1/namespaces/nextcloud"


@dataclass
class Caller:
    """Somebody with the token who asks for anything."""

    api: KubernetesApi
    session: aiohttp.ClientSession
    url: str

    async def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
        """Status and text."""
        said = {"Authorization": f"Bearer {TOKEN}"} | headers
        async with self.session.request(method, f"{self.url}{PREFIX}{path}", headers=said) as answer:
            return answer.status, await answer.text()


@pytest.fixture
async def caller(clock: ManualClock) -> AsyncIterator[Caller]:
    """The sample cluster, served."""
    api = KubernetesApi(sample_cluster(clock))
    app = web.Application()
    app.add_routes(api.routes())
    async with served(app) as url, aiohttp.ClientSession() as session:
        yield Caller(api, session, url)


async def test_a_real_client_understands_it(caller: Caller) -> None:
    """kr8s finds the version and the kinds, lists by selector, and reads a log by its own means."""
    from kr8s.asyncio import Api
    from kr8s.asyncio.objects import Pod

    caller.api.cluster.log("nextcloud", ["hello"])
    client = Api(bypass_factory=True, kubeconfig=caller.api.kubeconfig(caller.url), serviceaccount="")
    try:
        await client
        assert (await client.version())["gitVersion"] == "v1.34.2+k3s1"
        labels = {"app.kubernetes.io/name": "nextcloud"}
        found = [each async for each in client.get("pods", namespace="nextcloud", label_selector=labels)]
        (pod,) = found
        assert isinstance(pod, Pod)
        assert [line async for line in pod.logs(since_seconds=60)] == ["hello"]
    finally:
        if client._session is not None:
            await client._session.aclose()
    assert caller.api.surprises == []


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_every_write_is_refused_and_kept(caller: Caller, method: str) -> None:
    """Nothing changes, and the record says what was tried."""
    before = len(caller.api.cluster.objects["pods"])
    for path in (
        f"{NAMESPACE}/pods",
        f"{NAMESPACE}/pods/a/eviction",
        "/apis/apps/v1/namespaces/nextcloud/deployments/a/scale",
    ):
        assert (await caller.ask(path, method))[0] == 403
    assert len(caller.api.cluster.objects["pods"]) == before
    assert [record.surprise for record in caller.api.surprises] == [f"a write: {method}"] * 3


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (f"{NAMESPACE}/secrets", "application/json"),
        ("/api/v1/secrets", "*/*"),
        (f"{NAMESPACE}/secrets/nextcloud-credentials", ""),
        (f"{NAMESPACE}/configmaps", "application/json"),
        (f"{NAMESPACE}/secrets", METADATA.format("List") + ", application/json"),
        ("/api/v1/namespaces/secrets/secrets", "application/json"),
    ],
)
async def test_a_look_into_a_secret_is_refused_and_kept(caller: Caller, path: str, accept: str) -> None:
    """Also where everything is named as an answer that would do as well."""
    status, text = await caller.ask(path, Accept=accept)
    assert status == 403
    assert "planted" not in text
    assert len(caller.api.surprises) == 1


async def test_metadata_of_secrets_is_no_surprise(caller: Caller) -> None:
    """There is no data in it; a namespace that is called secrets is none either."""
    status, text = await caller.ask(f"{NAMESPACE}/secrets", Accept=METADATA.format("List"))
    found = json.loads(text)
    assert (status, found["kind"]) == (200, "PartialObjectMetadataList")
    assert [set(each) for each in found["items"]] == [{"kind", "apiVersion", "metadata"}]
    assert (await caller.ask("/api/v1/namespaces/secrets/pods"))[0] == 200
    assert caller.api.surprises == []


@pytest.mark.parametrize(
    "path",
    [
        f"{NAMESPACE}/pods/a/exec?command=id",
        f"{NAMESPACE}/pods/a/attach",
        f"{NAMESPACE}/pods/a/portforward",
        "/api/v1/nodes/k3s-1/proxy/run",
        f"{NAMESPACE}/pods?watch=true",
        f"{NAMESPACE}/pods/a/log?follow=true",
    ],
)
async def test_ways_in_and_requests_without_end_are_surprises(caller: Caller, path: str) -> None:
    """By whatever method."""
    assert (await caller.ask(path))[0] == 403
    assert len(caller.api.surprises) == 1


async def test_nobody_acts_as_somebody_else(caller: Caller) -> None:
    """Impersonation is a surprise; without the token there is nothing."""
    assert (await caller.ask("/api/v1/nodes", **{"Impersonate-User": "admin"}))[0] == 403
    assert (await caller.ask("/api/v1/nodes", Authorization="Bearer wrong"))[0] == 401
    assert len(caller.api.surprises) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/nodes/none", 404),
        ("/apis/nothing/v1/things", 404),
        ("/api/v2/pods", 404),
        ("/nowhere", 404),
        ("/api/v1/pods?continue=rubbish", 400),
        ("/api/v1/pods?labelSelector=a%20b", 400),
        ("/api/v1/pods?fieldSelector=a", 400),
        (f"{NAMESPACE}/pods/none/log", 404),
    ],
)
async def test_what_makes_no_sense_is_refused_as_kubernetes_does(caller: Caller, path: str, status: int) -> None:
    """With a Status."""
    found, text = await caller.ask(path)
    assert (found, json.loads(text)["code"]) == (status, status)


async def test_words_move_the_cluster_on_the_clock(caller: Caller, clock: ManualClock) -> None:
    """What broke says when; mended is as before, and on another pod."""
    cluster = caller.api.cluster
    first = cluster.workloads["mail"].pods[0]["metadata"]["name"]
    clock.advance(90)
    cluster.break_("mail", "crash_loop")
    pod = cluster.get("Pod", first, "mail")
    assert {"type": "Ready", "status": "False"}.items() <= pod["status"]["conditions"][-1].items()
    assert pod["status"]["conditions"][-1]["lastTransitionTime"] == "2026-03-02T14:31:30Z"
    cluster.heal("mail")
    assert cluster.get("Deployment", "mail", "mail")["status"]["readyReplicas"] == 1
    assert ("mail", first) not in cluster.objects["pods"]


async def test_five_hundred_pods_are_cheap(caller: Caller) -> None:
    """Deployed, broken and listed in a moment."""
    began = monotonic()
    caller.api.cluster.deploy("many", replicas=500)
    caller.api.cluster.break_("many", "crash_loop")
    status, text = await caller.ask("/api/v1/pods")
    assert (status, len(json.loads(text)["items"])) == (200, 500 + 15)
    assert monotonic() - began < 10
