"""A whole workspace with its page, without a bot."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from bot.workspace import page
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock
from tests.workspace.page.browser import Browser


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    """On a port of its own."""
    started = await Workspace.start(clock, register=(page.register,))
    yield started
    await started.stop()


@pytest.fixture
async def browser(workspace: Workspace) -> AsyncIterator[Browser]:
    """A browser on this machine."""
    async with aiohttp.ClientSession(workspace.url) as session:
        yield Browser(session)
