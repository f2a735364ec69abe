"""Uploaded pictures on the page: shown where a message has them, and nothing but pictures."""

import aiohttp
import pytest

from bot.workspace.workspace import Workspace

pytestmark = pytest.mark.sockets


async def test_an_uploaded_picture_is_shown(workspace: Workspace) -> None:
    """As it was handed over, with its own type."""
    id = await workspace.slack.person("ana").upload("screen.png", b"\x89PNG", "image/png")
    async with aiohttp.ClientSession() as session, session.get(f"{workspace.url}/picture/{id}") as answer:
        assert (answer.status, answer.content_type) == (200, "image/png")
        assert await answer.read() == b"\x89PNG"


@pytest.mark.parametrize("mimetype", ["text/html", "image/svg+xml"])
async def test_what_could_be_a_page_is_not(workspace: Workspace, mimetype: str) -> None:
    """An upload must not become a page of this server's."""
    id = await workspace.slack.person("ana").upload("evil.html", b"<script>alert(1)</script>", mimetype)
    async with aiohttp.ClientSession() as session, session.get(f"{workspace.url}/picture/{id}") as answer:
        assert answer.status == 404
