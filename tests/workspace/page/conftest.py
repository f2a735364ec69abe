"""A whole workspace with its page, without a bot."""

from collections.abc import AsyncIterator

import pytest

from bot.workspace import page
from bot.workspace.workspace import Workspace
from tests.clock import ManualClock


@pytest.fixture
async def workspace(clock: ManualClock) -> AsyncIterator[Workspace]:
    """On a port of its own."""
    started = await Workspace.start(clock, register=(page.register,))
    yield started
    await started.stop()
