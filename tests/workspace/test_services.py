"""Services of the workspace, and what its Prometheus knows of them: taken down, seen, and brought back."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession

from bot.adapters.prometheus import Prometheus
from bot.errors import HoldfastError
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
async def prometheus(workspace: Workspace) -> AsyncIterator[Prometheus]:
    client = Prometheus(f"{workspace.url}/prometheus", seconds=2)
    yield client
    await client.close()


@pytest.mark.sockets
async def test_a_service_is_seen_by_the_probes_of_prometheus(workspace: Workspace, prometheus: Prometheus) -> None:
    """By their name, and by what they look at; a name may be anything."""
    home, cloud = workspace.targets.url("home assistant"), workspace.targets.url("nextcloud")
    assert home.endswith("/services/home%20assistant")
    workspace.targets.down("nextcloud")
    seen = (await prometheus.query("probe_success")).series
    assert {each.labels["instance"]: each.points[0].value for each in seen} == {home: 1.0, cloud: 0.0}
    (alone,) = (await prometheus.query(f'probe_success{{job="blackbox", instance="{cloud}"}}')).series
    assert alone.points[0].value == 0.0
    assert (await prometheus.query('probe_success{instance="nobody"}')).series == ()
    async with ClientSession() as session, session.get(home) as page:
        assert (page.status, await page.text()) == (200, "home assistant works.")


@pytest.mark.sockets
@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        ("GET", "/api/v1/admin/tsdb/delete_series", "404 page not found"),
        ("DELETE", "/api/v1/query?query=up", "the local Prometheus does not know DELETE"),
        ("GET", "/api/v1/query?query=probe_success&dedup=true", "the local Prometheus does not know dedup"),
        ("GET", "/api/v1/query?query=probe_success&time=now", 'cannot parse \\"now\\" to a valid timestamp'),
        ("GET", "/api/v1/query_range?query=probe_success&start=2&end=1&step=1", "end timestamp must not be before"),
        ("GET", "/api/v1/query_range?query=probe_success&start=1&end=2&step=0", "zero or negative query resolution"),
        ("GET", "/api/v1/query_range?query=probe_success&start=1&end=2&step=x", "cannot parse to a valid duration"),
        ("GET", "/api/v1/query?query=a)", "1:2: parse error: unexpected right parenthesis"),
        ("GET", "/api/v1/query", "no expression found in input"),
    ],
)
async def test_what_it_does_not_know_is_refused(workspace: Workspace, method: str, path: str, said: str) -> None:
    """In Prometheus' own shape where it has one."""
    async with (
        ClientSession() as session,
        session.request(method, f"{workspace.url}/prometheus{path}") as answer,
    ):
        assert answer.status >= 400
        assert said in await answer.text()


@pytest.mark.sockets
async def test_surprises_are_kept(workspace: Workspace, prometheus: Prometheus) -> None:
    """A test can see that nothing was asked which nobody thought of."""
    with pytest.raises(HoldfastError):
        await prometheus.query("nobody_told_me")
    async with ClientSession() as session:
        await session.get(f"{workspace.url}/prometheus/graph")
    assert workspace.prometheus.surprises == ["nobody_told_me", "GET /graph"]
