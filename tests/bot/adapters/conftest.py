"""The real clients, against a server that answers as it is told."""

from collections.abc import AsyncIterator

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.github import GitHub
from bot.adapters.slack.client import Slack
from bot.adapters.slack.limits import Limiter
from tests.clock import ManualClock
from tests.wire import Wire, wire

TIMEOUT = 0.3


@pytest.fixture
async def line() -> AsyncIterator[Wire]:
    """The wire."""
    async with wire() as made:
        yield made


@pytest.fixture
async def slack(line: Wire, clock: ManualClock) -> AsyncIterator[Slack]:
    """Slack, as `bot.app` makes it, but impatient."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:
        client = AsyncWebClient(
            token="xoxb-test", base_url=f"{line.url}/api/", session=session, timeout=1, retry_handlers=[]
        )
        yield Slack(client, Limiter(), clock)


@pytest.fixture
async def github(line: Wire) -> AsyncIterator[GitHub]:
    """GitHub, with the shortest time-out that it knows."""
    made = GitHub("ghp_test", "example/infra", line.url, timeout=1)
    yield made
    await made.close()
