"""What tests are handed: a clock that stands still, a database of either kind, and (in scenarios) a whole workspace."""

import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.storage.db import Database, open_database
from tests import postgres, templates
from tests.clock import ManualClock

#: No test fails on a time: a busy machine is no finding.
settings.register_profile("holdfast", deadline=None)
settings.load_profile("holdfast")


def pytest_configure() -> None:
    """Put the tests' folders where files are quickest; elsewhere each commit of a database waits for the disk."""
    quickest = postgres.quickest()
    if quickest is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(quickest))


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with SQLite files that have all tables in them."""
    return templates.sqlite(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a PostgreSQL database with all tables in it."""
    return templates.on_postgres(postgres_server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.sockets)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind: empty, or with our tables in it where the test asks for `database` too."""
    has_tables = "database" in request.fixturenames
    if request.param == "sqlite":
        if has_tables:
            return templates.copied(request.getfixturevalue("sqlite_template"), tmp_path)
        return f"sqlite:///{tmp_path / 'holdfast.db'}"
    like = request.getfixturevalue("postgres_template") if has_tables else postgres.EMPTY
    return postgres.fresh_database(request.getfixturevalue("postgres_server"), like)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with our tables in it."""
    opened = open_database(database_url)
    yield opened
    await opened.close()
