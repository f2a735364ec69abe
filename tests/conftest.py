"""What tests are handed: a clock that stands still, a database of either kind, and (in scenarios) a whole workspace."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage.db import Database, open_database
from tests import postgres
from tests.clock import ManualClock

#: No test fails on a time: a busy machine is no finding.
settings.register_profile("holdfast", deadline=None)
settings.load_profile("holdfast")


@pytest.fixture
def clock() -> ManualClock:
    """A clock that stands still until it is moved."""
    return ManualClock()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server for this session; not in the folder of pytest, which shuts out the server's own user."""
    where = postgres.quickest()
    with (
        tempfile.TemporaryDirectory(prefix="holdfast-postgres-", dir=where) as folder,
        postgres.server(Path(folder)) as url,
    ):
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.sockets)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'holdfast.db'}"
    return postgres.fresh_database(request.getfixturevalue("postgres_server"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with our tables in it."""
    opened = open_database(database_url)
    await opened.migrate()
    yield opened
    await opened.close()
