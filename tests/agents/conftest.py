"""A Claude on the wire for each test of agents, and a database of the quick kind for those that need only one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.storage.db import Database, open_database
from bot.workspace.claude import PREFIX, Claude
from tests import templates
from tests.agents.wired import Wired


@pytest.fixture
async def wired() -> AsyncIterator[Wired]:
    """A server on a port of its own. What no script answers is an error, so that no call goes unnoticed."""
    claude = Claude()
    claude.otherwise(lambda asked: None)
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.add_routes(claude.routes())
    async with TestServer(app) as server:
        yield Wired(claude, str(server.make_url(PREFIX)))
        claude.close()


@pytest.fixture
async def ledger(sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """SQLite with our tables in it, for what does not depend on the database."""
    opened = open_database(templates.copied(sqlite_template, tmp_path))
    yield opened
    await opened.close()
