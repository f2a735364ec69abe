"""What becomes of a cluster that answers too much, too slowly, oddly, or not at all."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot.adapters.kubernetes import Kubernetes, open_kubernetes
from bot.adapters.kubernetes_kinds import KubeKind
from bot.errors import Permanent, Temporary
from bot.settings.env import Environment
from bot.workspace.kubernetes.objects import PLANTED
from tests.clock import ManualClock
from tests.workspace.kubernetes.kit import World, served, world

pytestmark = pytest.mark.sockets

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@pytest.fixture
async def it(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster and a client for it."""
    async with world(clock) as made:
        yield made


async def _against(handler: Handler, ask: Callable[[Kubernetes], Awaitable[Any]], seconds: float = 5) -> Any:
    """What comes of asking a server that answers in its own way."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    async with served(app) as url:
        client = Kubernetes(lambda: _config(url), seconds=seconds)
        try:
            return await ask(client)
        finally:
            await client.close()


def _config(url: str, token: str = "t") -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "a",
        "contexts": [{"name": "a", "context": {"cluster": "a", "user": "a"}}],
        "clusters": [{"name": "a", "cluster": {"server": url}}],
        "users": [{"name": "a", "user": {"token": token}}],
    }


def _pods(client: Kubernetes) -> Awaitable[Any]:
    return client.objects(KubeKind.PODS)


async def test_a_log_without_end_is_not_read_to_its_end() -> None:
    """A server that ignores our limits and would send 500 MB has sent a few MB when we hang up."""
    sent = 0

    async def endless(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(500):
            await response.write(b"2026-03-02T14:30:00.000000000Z " + b"x" * 1000 + b"\n" + b"y\n" * 500_000)
            sent += 1
        return response

    found = await _against(endless, lambda client: client.logs("mail", "mail-0"))
    assert found.cut
    assert len(found.lines) == 200
    assert sent < 50


async def test_an_answer_that_is_too_large_is_no_answer() -> None:
    """A list of more than 16 MB is refused while it comes."""

    async def large(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(200):
            await response.write(b" " * 1_000_000)
        return response

    with pytest.raises(Permanent, match="larger than 16 MB"):
        await _against(large, _pods)


async def test_packed_answers_are_not_unpacked() -> None:
    """A small answer could become any size."""

    async def packed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        response = web.json_response({"items": []})
        response.enable_compression(web.ContentCoding.gzip)
        return response

    with pytest.raises(Permanent, match="packs its answers"):
        await _against(packed, _pods)


async def test_nobody_sends_us_elsewhere() -> None:
    """A redirect is not followed, and our token goes nowhere."""
    seen: list[str] = []

    async def away(request: web.Request) -> web.StreamResponse:
        seen.append(request.path)
        return web.Response(status=302, headers={"Location": "/elsewhere"})

    with pytest.raises(Permanent, match="where we do not go"):
        await _against(away, _pods)
    assert seen == ["/api/v1/pods"]


async def test_a_cluster_that_hangs_or_dribbles_has_a_time() -> None:
    """Also where it sends a little all the time."""

    async def dribble(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b" ")
            await asyncio.sleep(0.05)

    with pytest.raises(Temporary, match=r"within 0\.4 seconds"):
        await _against(dribble, _pods, seconds=0.4)


@pytest.mark.parametrize(
    ("status", "headers", "kind", "after"),
    [
        (429, {"Retry-After": "7"}, Temporary, 7.0),
        (429, {"Retry-After": "3600"}, Temporary, 60.0),
        (503, {}, Temporary, 0.0),
        (500, {"Retry-After": "soon"}, Temporary, 0.0),
        (400, {}, Permanent, 0.0),
    ],
)
async def test_refusals_are_told_apart(
    status: int, headers: dict[str, str], kind: type[Exception], after: float
) -> None:
    """What passes is temporary, with how long to wait; what somebody has to change is not. Asked once."""
    seen = 0

    async def refuse(request: web.Request) -> web.StreamResponse:
        nonlocal seen
        seen += 1
        return web.json_response({"message": "secret-looking: hunter2"}, status=status, headers=headers)

    with pytest.raises(kind) as told:
        await _against(refuse, _pods)
    assert "hunter2" not in str(told.value)
    assert getattr(told.value, "after", 0.0) == after
    assert seen == 1


@pytest.mark.parametrize("text", ["", "<html>", "[]", '{"items": 7}', "[" * 100_000, '{"kind": "PodList"}'])
async def test_what_is_no_list_is_temporary(text: str) -> None:
    """Whatever stands there instead."""

    async def odd(request: web.Request) -> web.StreamResponse:
        return web.Response(text=text, content_type="application/json")

    with pytest.raises(Temporary):
        await _against(odd, _pods)


async def test_a_cluster_that_ignores_the_wish_for_metadata_is_refused() -> None:
    """It sent what is in its secrets, unasked; nobody is shown it."""

    async def careless(request: web.Request) -> web.StreamResponse:
        secret = {"metadata": {"name": "a"}, "data": {"password": PLANTED}}
        return web.json_response({"kind": "SecretList", "items": [secret]})

    with pytest.raises(Permanent, match="without what is in them") as told:
        await _against(careless, lambda client: client.objects(KubeKind.SECRETS, "mail"))
    assert PLANTED not in str(told.value)


async def test_nobody_there_is_temporary(tmp_path: Path) -> None:
    """A refused connection."""
    client = Kubernetes(lambda: _config("http://127.0.0.1:1"), seconds=2)
    with pytest.raises(Temporary, match="cannot be reached"):
        await _pods(client)
    await client.close()


async def test_credentials_that_ran_out_are_fetched_anew_once(it: World) -> None:
    """The token of a pod changes while we run; a wrong one is told after the second try."""
    tokens = ["old", it.api.token]
    client = Kubernetes(lambda: _config(f"{it.url}/kubernetes", tokens.pop(0)))
    assert (await client.objects(KubeKind.NODES)).items
    assert [record.status for record in it.api.records] == [401, 200]
    await client.close()
    wrong = Kubernetes(lambda: _config(f"{it.url}/kubernetes", "wrong"))
    with pytest.raises(Permanent, match="does not take our credentials"):
        await wrong.objects(KubeKind.NODES)
    await wrong.close()


async def test_many_at_once_share_one_login(it: World) -> None:
    """Side by side, also where all of them are told that the credentials ran out: none loses its answer over it."""
    logins = 0

    def login() -> dict[str, Any]:
        nonlocal logins
        logins += 1
        return _config(f"{it.url}/kubernetes", it.api.token)

    client = Kubernetes(login)
    names = ("mail", "vpn", "dns", "immich", "grafana", "traefik")
    await asyncio.gather(*(client.objects(KubeKind.PODS, name) for name in names))
    assert logins == 1
    for token in ("second", "third"):
        it.api.token = token
        found = await asyncio.gather(*(client.objects(KubeKind.PODS, name) for name in names * 3))
        assert all(each.items for each in found)
    assert logins == 3
    await client.close()


async def test_opening_says_what_there_is(it: World, tmp_path: Path) -> None:
    """The kubeconfig that was named; without one and outside of a cluster, nothing."""
    opened = open_kubernetes(Environment(kubeconfig=it.kubeconfig))
    assert opened is not None
    assert (await opened.objects(KubeKind.NODES)).items
    await opened.close()
    assert open_kubernetes(Environment(), tmp_path) is None
