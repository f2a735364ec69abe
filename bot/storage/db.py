"""The database: one engine, a reading and a writing transaction, and the migrations that run at start."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Table, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, NotSupportedError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoFreeConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot.errors import Permanent, Temporary
from bot.storage import sqlite as sqlite_driver

MIGRATIONS = Path(__file__).parent / "migrations"
#: One number for all of Holdfast: who holds this PostgreSQL lock migrates.
MIGRATION_LOCK = 0x484F4C44
#: What waiting cannot mend: a statement or a value of ours is wrong. Whatever else a database says may be over soon,
#: such as "read-only" while a standby takes over, or a connection that broke in the middle.
_OURS = (DataError, IntegrityError, NotSupportedError, ProgrammingError)


class Database:
    """Opens transactions. On SQLite a writing one begins with BEGIN IMMEDIATE, so that it never fails half-way."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.is_sqlite = engine.dialect.name == "sqlite"

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end of the block, or rolled back whole. Raises Temporary."""
        async with self._begin(writes=True) as connection:
            yield connection

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A consistent view for a few questions. Raises Temporary."""
        async with self._begin(writes=False) as connection:
            yield connection

    @asynccontextmanager
    async def _begin(self, *, writes: bool) -> AsyncIterator[AsyncConnection]:
        try:
            async with self.engine.connect() as connection:
                await connection.execution_options(holdfast_writes=writes)
                if not (writes or self.is_sqlite):
                    await connection.execution_options(isolation_level="REPEATABLE READ")
                async with connection.begin():
                    yield connection
        except (DBAPIError, NoFreeConnection) as error:
            if isinstance(error, _OURS) or _is_raised_by_a_trigger(error):
                raise
            raise Temporary("The database does not answer right now.", after=1.0) from error

    async def ping(self) -> None:
        """Raises Temporary when the database does not answer."""
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def migrate(self) -> None:
        """Bring the tables to this version under a lock. Raises Permanent when they are newer than this program."""
        async with self.engine.connect() as connection:
            await connection.execution_options(holdfast_writes=True)
            async with connection.begin():
                if not self.is_sqlite:
                    await connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
                await connection.run_sync(_upgrade)

    async def close(self) -> None:
        await self.engine.dispose()


def open_database(url: str) -> Database:
    """A database by SQLAlchemy URL; `postgresql://` and `sqlite:///` get our drivers. Nothing is connected yet."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database and parsed.database != ":memory:":
            private_file(Path(parsed.database))
        engine = create_async_engine(
            parsed.set(drivername="sqlite+aiosqlite"),
            pool_size=8,
            hide_parameters=True,
            connect_args={"async_creator_fn": sqlite_driver.connect},
        )
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    else:
        engine = create_async_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_size=8,
            pool_pre_ping=True,
            pool_timeout=5,
            hide_parameters=True,  # what people wrote, in private too, stays out of errors and so out of the log
        )
    return Database(engine)


def upsert(connection: AsyncConnection) -> Callable[[Table], sqlite.Insert | postgresql.Insert]:
    """How this database inserts a row or changes the one that is there: `upsert(connection)(table).values(...)`."""
    return sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert


def _is_raised_by_a_trigger(error: Exception) -> bool:
    """PostgreSQL's class P0: one of our own triggers refuses, as for what is append-only."""
    return str(getattr(getattr(error, "orig", None), "sqlstate", "")).startswith("P0")


def private_file(path: Path) -> None:
    """Make the file and its folder, if they are not there, for our account alone; SQLite's journals take after it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)


def _prepare_sqlite(connection: Any, _record: object) -> None:  # Any: the driver's own connection has no public type
    connection.isolation_level = None
    # recursive_triggers: INSERT OR REPLACE deletes, and only so does the append-only trigger hear of it.
    settings = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON")
    for pragma in settings:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("holdfast_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


@cache
def _known() -> ScriptDirectory:
    """The migrations of this program; each file is read once."""
    return ScriptDirectory.from_config(_config())


def _upgrade(connection: Connection) -> None:
    known = _known()
    current = MigrationContext.configure(connection).get_current_revision()
    try:
        if current is not None:
            known.get_revision(current)
    except CommandError as error:
        raise Permanent(
            f"The database is at schema {current}, which this version does not know. "
            "Run the newer version, or restore a backup."
        ) from error
    if current == known.get_current_head():
        return
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
