"""A workspace on a clock that stands still, and Slack's own client to call it with."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.workspace.slack.service import Slack
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    """On a port of its own, without a bot."""
    started = await Workspace.start(clock)
    yield started
    await started.stop()


@pytest.fixture
def slack(workspace: Workspace) -> Slack:
    return workspace.slack


@pytest.fixture
def client(workspace: Workspace) -> AsyncWebClient:
    """The client the bot uses, as the bot."""
    given = workspace.environment(0)
    return AsyncWebClient(token=given["SLACK_BOT_TOKEN"], base_url=given["SLACK_API_URL"], retry_handlers=[])
