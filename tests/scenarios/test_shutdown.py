"""Told to stop amid its work: it ends what runs, leaves nothing broken behind, and goes on after the start."""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import aiohttp
import pytest

from bot.clock import SystemClock
from bot.workspace.workspace import Workspace
from tests.scenarios.story import GOOD

pytestmark = pytest.mark.sockets
#: Its clock is the real one, so that what waits is not to wait long.
QUICK = {
    "HOLDFAST_HTTP_TIMEOUT": "1.5",
    "HOLDFAST_SETTLE": "1.8",
    "HOLDFAST_TICK": "0.05",
    "HOLDFAST_BACKOFF_FIRST": "0.2",
    "HOLDFAST_CARD_INTERVAL": "0.2",
}


class Replica:
    """A bot in a process of its own, in a workspace of ours."""

    def __init__(self, workspace: Workspace, folder: Path, port: int) -> None:
        self.workspace = workspace
        self._folder = folder
        self._port = port
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until it is ready."""
        own = {
            "HOLDFAST_DATA": str(self._folder),
            "HOLDFAST_CONFIG": str(self._folder / "holdfast.yml"),
            "TEST_CLOCK": str(self._folder / "clock"),
            "PYTHONWARNINGS": "default::ResourceWarning",
        }
        environment = {**os.environ, **self.workspace.environment(self._port), **QUICK, **own}
        with (self._folder / "bot.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.replica", env=environment, stdout=log, stderr=log
            )
        async with asyncio.timeout(30), aiohttp.ClientSession() as session:
            while not await self._is_ready(session):
                await asyncio.sleep(0.03)

    async def _is_ready(self, session: aiohttp.ClientSession) -> bool:
        try:
            async with session.get(f"http://127.0.0.1:{self._port}/readyz") as answer:
                return answer.status == 200
        except aiohttp.ClientError:
            return False

    async def stop(self) -> int:
        """SIGTERM, and what the process ended with."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            return await self._process.wait()

    def statuses(self) -> set[str]:
        """What the engine says of all work that it ever took."""
        with closing(sqlite3.connect(self._folder / "engine.db")) as connection:
            return {status for (status,) in connection.execute("SELECT DISTINCT status FROM workflow_status")}

    @property
    def log(self) -> str:
        return (self._folder / "bot.log").read_text()


@pytest.fixture(params=["http", "socket"])
async def replica(request: pytest.FixtureRequest, tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Replica]:
    """Running and ready, over either transport."""
    workspace = await Workspace.start(SystemClock(), transport=request.param)
    (tmp_path / "holdfast.yml").write_text((files("bot.settings") / "example.yml").read_text())
    workspace.deliver_to(f"http://127.0.0.1:{unused_tcp_port}/slack/events")
    made = Replica(workspace, tmp_path, unused_tcp_port)
    await made.start()
    yield made
    await workspace.stop()


async def test_stopped_in_the_middle_of_an_effect_it_goes_on_after_the_start(replica: Replica) -> None:
    """Nothing of dbos ends in ERROR, nothing stays open, and each effect happens once."""
    slack, ana = replica.workspace.slack, replica.workspace.slack.person("ana")
    await ana.slash("/incident", "")
    slow = replica.workspace.faults.add("slack", "c*", "slow", seconds=0.35)
    assert await ana.submit(GOOD) is None
    async with asyncio.timeout(10):
        while not slack.api.calls.count("chat.postMessage"):
            await asyncio.sleep(0.01)
    assert await replica.stop() == 0
    assert replica.statuses() <= {"SUCCESS", "PENDING", "ENQUEUED"}
    replica.workspace.faults.clear(slow)
    await replica.start()
    async with asyncio.timeout(20):
        while not any("INC-1" in m.text for c in slack.world.channels.values() for m in slack.messages(c.id)[1:]):
            await asyncio.sleep(0.05)
        while not replica.workspace.github.repository.issues or not [m for m in ana.dm if "Thank you" in m.text]:
            await asyncio.sleep(0.05)
        while replica.statuses() != {"SUCCESS"}:
            await asyncio.sleep(0.05)
    assert await replica.stop() == 0
    assert replica.statuses() == {"SUCCESS"}
    assert list(replica.workspace.github.repository.issues) == [1]
    assert sum("INC-1" in m.text for m in slack.messages("alerts")) == 1
    assert [c.name for c in slack.world.channels.values() if c.name.startswith("inc-")] == ["inc-1-nextcloud"]
    for word in ("ResourceWarning", "Unclosed", "was destroyed but it is pending", "never retrieved", "never awaited"):
        assert word not in replica.log
