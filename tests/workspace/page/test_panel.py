"""The panel of whoever runs the workspace: what it offers, and when."""

import pytest

from bot.workspace.workspace import Workspace
from tests.workspace.page.browser import ALERTS, Browser

pytestmark = pytest.mark.sockets


async def test_a_second_bot_is_offered_where_there_can_be_one(workspace: Workspace, browser: Browser) -> None:
    """The panel has the button only if whoever runs the workspace can start one."""
    assert "Start a second bot" not in await browser.see(ALERTS)
    assert (await browser.act("second")).startswith("404")
    started: list[bool] = []
    workspace.second_bot = lambda: started.append(True)
    assert "Start a second bot" in await browser.see(ALERTS)
    assert await browser.act("second") == ""
    assert started == [True]


async def test_the_repository_can_be_broken(workspace: Workspace, browser: Browser) -> None:
    """Its faults stand beside those of Slack and GitHub."""
    assert "The next push lands, but the bot never hears that it did" in await browser.see(ALERTS)
    for name in ("git-down", "git-slow", "git-lost"):
        assert await browser.act("fault", name=name) == ""
    assert [(fault.service, fault.kind, fault.times) for fault in workspace.faults.active] == [
        ("git", "refused", None),
        ("git", "slow", None),
        ("git", "cut_after_write", 1),
    ]
