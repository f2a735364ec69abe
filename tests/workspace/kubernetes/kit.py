"""The workspace's cluster on a port of its own, our real client for it, and the promise that it was only read."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from ssl import SSLContext

from aiohttp import web

from bot.adapters.kubernetes import Kubernetes
from bot.adapters.kubernetes_login import from_kubeconfig
from bot.workspace.kubernetes import Cluster, KubernetesApi, sample_cluster
from tests.clock import ManualClock


@dataclass
class World:
    """A cluster, its API, and the client under test."""

    cluster: Cluster
    api: KubernetesApi
    client: Kubernetes
    url: str
    kubeconfig: Path


@asynccontextmanager
async def world(clock: ManualClock) -> AsyncIterator[World]:
    """The sample cluster. At the end: zero writes, and zero secrets read."""
    cluster = sample_cluster(clock)
    api = KubernetesApi(cluster)
    app = web.Application()
    app.add_routes(api.routes())
    async with served(app) as url:
        with tempfile.TemporaryDirectory() as folder:
            path = api.write_kubeconfig(url, Path(folder) / "kubeconfig")
            client = Kubernetes(lambda: from_kubeconfig(path), seconds=5)
            try:
                yield World(cluster, api, client, url, path)
            finally:
                await client.close()
    assert api.surprises == []
    assert {record.method for record in api.records} <= {"GET"}


@asynccontextmanager
async def served(app: web.Application, tls: SSLContext | None = None) -> AsyncIterator[str]:
    """The address of an application, until the block ends."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
