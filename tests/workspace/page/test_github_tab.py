"""GitHub's tab by hand: a form filed, a comment, closing and reopening, by whoever the page is looked at as."""

import pytest

from bot.incident.catalogue import Catalogue
from bot.views.issue_forms import files
from bot.workspace.workspace import Workspace
from tests.workspace.page.browser import ALERTS, Browser

pytestmark = pytest.mark.sockets


async def test_github_by_hand(workspace: Workspace, browser: Browser) -> None:
    """Whoever is looked at as files the form, comments, closes and reopens, as far as GitHub lets them."""
    workspace.github.install(*(text for name, text in files(Catalogue()).items() if name != "config.yml"))
    home, issues = f"/github/{workspace.github.name}/issues", workspace.github.repository.issues
    await browser.see(ALERTS)
    assert "Report an outage" in await browser.see(f"{home}/new")
    assert "Which service is affected?" in await browser.see(f"{home}/new?form=0")
    await browser.see(f"{home}/new?form=7")
    given = {"form": "0", "title": "Mail is down", "service": "Other", "error_type": "502 Bad Gateway"}
    assert "This field is required." in await browser.act("hub-file", **given)
    assert await browser.act("hub-file", **given, description="502 on every page") == ""
    assert (issues[1].login, issues[1].labels) == ("ana", ["user-report"])
    assert "### What kind of error?\n\n502 Bad Gateway" in (issues[1].body or "")
    assert await browser.act("hub-say", number="1", text="Still so", then="") == ""
    assert "Close issue" in await browser.see(f"{home}/1")
    assert await browser.act("hub-say", number="1", text="", then="close") == ""
    assert (issues[1].state, [comment.body for comment in issues[1].comments]) == ("closed", ["Still so"])
    assert "Reopen issue" in await browser.see(f"{home}/1")
    assert "may not reopen" in await browser.act("hub-say", me="U0CARLA", number="1", then="reopen")
    assert await browser.act("hub-say", me="U0BOB", number="1", text="Not yet", then="reopen") == ""
    assert issues[1].state == "open"
    for wrong in ({"number": "x"}, {"number": "99", "text": "a"}, {"number": "1"}):
        assert await browser.act("hub-say", **wrong) != ""
    assert (await browser.act("hub-file", form="9")).startswith("404")
    assert (await browser.act("hub-fly")).startswith("404")


async def test_a_pull_request_by_hand(workspace: Workspace, browser: Browser) -> None:
    """It shows what it changes, and is merged or closed by whoever may."""
    bare, pulls = workspace.repository, workspace.github.pulls
    for number, branch in enumerate(("one", "two"), 1):
        bare.commit({f"{branch}.md": "# It <broke>\n"}, "docs: it", branch, "holdfast-bot")
        pulls.open("holdfast-bot", {"title": f"docs: {branch}", "body": "*why*", "head": branch, "base": "master"})
        shown = await browser.see(f"/github/{workspace.github.name}/pull/{number}")
        assert f"docs: {branch}" in shown
        assert "+# It &lt;broke&gt;" in shown
        assert "Merge pull request" in shown
    assert "may do this" in await browser.act("hub-pull", me="U0CARLA", number="1", then="merge")
    assert await browser.act("hub-pull", me="U0BOB", number="1", then="merge") == ""
    assert await browser.act("hub-pull", me="U0BOB", number="2", then="close") == ""
    assert (bare.read("one.md"), bare.read("two.md")) == ("# It <broke>\n", None)
    merged = await browser.see(f"/github/{workspace.github.name}/pull/1")
    assert "Merged" in merged
    assert "+# It &lt;broke&gt;" in merged
    assert "Merge pull request" not in await browser.see(f"/github/{workspace.github.name}/pull/2")
    assert "not mergeable" in await browser.act("hub-pull", me="U0BOB", number="2", then="merge")
    await browser.see(f"/github/{workspace.github.name}/pull/3", 404)
    assert (await browser.act("hub-pull", number="x")).startswith("404")
