"""A file of the infra repository on GitHub's pages, where the bot says that it is."""

from pathlib import Path

import pytest

from bot.adapters.repository import open_repository
from bot.settings import load
from bot.workspace.workspace import Workspace
from tests.workspace.page.browser import Browser

pytestmark = pytest.mark.sockets


async def test_a_documents_address_leads_to_it(workspace: Workspace, browser: Browser, tmp_path: Path) -> None:
    """Its Markdown is shown as a reader sees it, with who changed it last."""
    config = tmp_path / "holdfast.yml"
    config.write_text(f"repository: {{remote: {workspace.remote}}}")
    environment = {"HOLDFAST_DATA": str(tmp_path), "HOLDFAST_CONFIG": str(config)}
    repository = await open_repository(load(workspace.environment(3000) | environment))
    assert repository is not None
    workspace.repository.commit(
        {"docs/post-mortems/2026-03-02-it.md": "# It *broke*\n\n<script>"}, "docs: it", login="ana"
    )
    shown = await browser.see(repository.url("2026-03-02-it.md").removeprefix(workspace.url))
    assert "<h1>It <em>broke</em></h1>" in shown
    assert "<script>" not in shown.partition("<main")[2]
    assert "<b>ana</b> docs: it" in shown
    assert "2026-03-02-it.md" in await repository.documents(await repository.head())


async def test_other_files_and_what_is_not_there(workspace: Workspace, browser: Browser) -> None:
    """Code is shown as it is; a branch with a slash in its name is found; no other repository is there."""
    workspace.repository.commit({"a&b.txt": "# a < b"}, "text", "some/thing")
    assert "<pre><code># a &lt; b</code></pre>" in await browser.see("/example/infra/blob/some/thing/a&b.txt")
    assert 'href="2026-01-11-' in await browser.see("/example/infra/blob/master/docs/post-mortems/index.md")
    for wrong in ("infra/blob/master/none.md", "infra/blob/none/README.md", "infra/blob/master", "other/blob/master/a"):
        await browser.see(f"/example/{wrong}", 404)
