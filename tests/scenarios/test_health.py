"""`/healthz` and `/readyz` tell the truth, from the first moment to the last, and in every trouble between."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import aiohttp
import psycopg
import pytest

from bot.workspace.faults import Kind
from bot.workspace.slack.service import Transport
from bot.workspace.workspace import Workspace
from tests import postgres
from tests.clock import ManualClock
from tests.scenarios.story import GOOD, Story

pytestmark = pytest.mark.sockets
DATABASE_GONE = "The database does not answer right now."


@dataclass
class House:
    """A story that has not begun, so that its beginning can be watched."""

    story: Story
    server: str = ""
    name: str = ""
    running: list[asyncio.Task[None]] = field(default_factory=list)
    over: bool = False

    async def begin(self) -> None:
        """Start the bot beside us, until it listens."""
        self.running.append(asyncio.create_task(self.story.start()))
        await until(lambda: answered(self.story.bot.port != 0))

    async def ask(self, path: str) -> tuple[int, list[str]]:
        """Status, and what is not ready."""
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{self.story.bot.port}{path}") as answer,
        ):
            return answer.status, json.loads(await answer.text()).get("problems", [])

    async def ready(self) -> None:
        """Wait until it says so."""

        async def is_ready() -> bool:
            return (await self.ask("/readyz")) == (200, [])

        await until(is_ready)
        await asyncio.gather(*self.running)

    async def says(self, sentence: str) -> None:
        """Wait until this is what is not ready; all the while it is alive."""

        async def is_said() -> bool:
            status, problems = await self.ask("/readyz")
            return status == 503 and any(sentence in problem for problem in problems)

        await until(is_said)
        assert (await self.ask("/healthz")) == (200, [])

    def database(self, *, up: bool) -> None:
        """Let the database answer, or take it away from everybody at once."""
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{self.name}" ALLOW_CONNECTIONS {str(up).lower()}'.encode())
            if not up:
                ours = (self.name,)
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", ours)


async def answered(value: bool) -> bool:
    return value


async def until(wanted: Callable[[], Awaitable[bool]]) -> None:
    """Ask until it is so."""
    async with asyncio.timeout(20):
        while not await wanted():
            await asyncio.sleep(0.02)


async def _house(folder: Path, clock: ManualClock, transport: Transport, server: str = "") -> AsyncIterator[House]:
    workspace = await Workspace.start(clock, transport=transport)
    url = postgres.fresh_database(server) if server else ""
    (folder / "holdfast.yml").write_text((files("bot.settings") / "example.yml").read_text())
    house = House(Story(workspace, clock, folder, url, hurried=True), server, url.rpartition("/")[2].partition("?")[0])
    yield house
    await asyncio.gather(*house.running)
    if not house.over:
        await house.story.end()


@pytest.fixture
async def house(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    """SQLite and HTTP."""
    async for made in _house(tmp_path, clock, "http"):
        yield made


@pytest.fixture
async def socketed(tmp_path: Path, clock: ManualClock) -> AsyncIterator[House]:
    """SQLite and Socket Mode."""
    async for made in _house(tmp_path, clock, "socket"):
        yield made


@pytest.fixture
async def served(tmp_path: Path, clock: ManualClock, postgres_server: str) -> AsyncIterator[House]:
    """PostgreSQL, which can be taken away, and HTTP."""
    async for made in _house(tmp_path, clock, "http", postgres_server):
        yield made


async def event(house: House) -> int:
    """The status that Slack gets for an event, signed or not."""
    url = f"http://127.0.0.1:{house.story.bot.port}/slack/events"
    async with aiohttp.ClientSession() as session, session.post(url, data=b"{}") as answer:
        return answer.status


async def test_a_bot_that_is_well_says_so(house: House) -> None:
    """Alive, and ready once it has started."""
    await house.begin()
    await house.ready()
    assert (await house.ask("/healthz")) == (200, [])


async def test_before_the_database_is_up(served: House) -> None:
    """Alive and not ready, and it says for what it waits; when the database comes, it starts."""
    served.database(up=False)
    await served.begin()
    await served.says(DATABASE_GONE)
    assert await event(served) == 503
    served.database(up=True)
    await served.ready()


@pytest.mark.parametrize("kind", ["refused", "500", "broken", "timeout_before_write"])
async def test_while_slack_is_unreachable_at_start(house: House, kind: Kind) -> None:
    """The same with Slack: what is wrong is said, Slack's requests are sent away to come again, and then it starts."""
    fault = house.story.workspace.faults.add("slack", "*", kind)
    await house.begin()
    await house.says("Holdfast is starting. Slack ")
    assert await event(house) == 503
    house.story.workspace.faults.clear(fault)
    await house.ready()


async def test_a_token_that_slack_refuses_is_named_at_start(house: House) -> None:
    """It waits for whoever can mend it, and says so."""
    app = house.story.workspace.slack.world.app
    good, app.bot_token = app.bot_token, "xoxb-another"
    await house.begin()
    await house.says("Slack refuses Holdfast: invalid_auth. Somebody has to mend the app.")
    app.bot_token = good
    await house.ready()


async def test_with_dead_sockets(socketed: House) -> None:
    """Without a living connection Slack reaches nobody; the next look after them brings them back."""
    await socketed.begin()
    await socketed.ready()
    fault = socketed.story.workspace.faults.add("slack", kind="drop_sockets")
    await socketed.says("No connection to Slack is alive.")
    await socketed.story.bot.watch()
    await socketed.says("No connection to Slack is alive. Slack cannot be reached.")
    socketed.story.workspace.faults.clear(fault)
    await socketed.story.bot.watch()
    await socketed.ready()


async def test_a_refused_app_token_is_named(socketed: House) -> None:
    """Everything else works, and yet nobody can reach it."""
    app = socketed.story.workspace.slack.world.app
    app.app_token = "xapp-another"
    await socketed.begin()
    await socketed.says("No connection to Slack is alive. Slack refuses the app's token: invalid_auth.")


async def test_with_a_dead_database_and_after_it(served: House) -> None:
    """Not ready while it is gone; who asks for something is told within Slack's patience; then all is as before."""
    await served.begin()
    await served.ready()
    served.database(up=False)
    await served.says(DATABASE_GONE)
    ana = served.story.person("ana")
    answer = await ana.slash("/incident", "list")
    assert (answer.error, answer.text) == ("", DATABASE_GONE)
    served.database(up=True)
    await served.ready()
    assert (await ana.slash("/incident", "list")).text == "Nothing is open. All is well."


async def test_while_stopping(house: House) -> None:
    """It says so as long as work under way keeps it; what Slack sends then is sent away, to come again."""
    await house.begin()
    await house.ready()
    ana = house.story.person("ana")
    assert (await ana.slash("/incident", "nextcloud is down")).error == ""
    house.story.workspace.faults.add("slack", "*", "slow", seconds=0.3)
    assert await ana.submit(GOOD) is None
    house.over, stopping = True, asyncio.create_task(house.story.end())
    await house.says("Holdfast is stopping.")
    assert await event(house) == 503
    await stopping
