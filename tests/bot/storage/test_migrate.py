"""Migrating at start: from nothing, again, by two at once, and never backwards."""

import asyncio
import sys

import pytest
from sqlalchemy import inspect, text

from bot.errors import Permanent
from bot.storage.db import Database, open_database
from bot.storage.search import WORDS
from bot.storage.tables import metadata

MIGRATE = """
import asyncio, sys
from bot.storage.db import open_database
async def main():
    database = open_database(sys.argv[1])
    sys.stdin.readline()
    await database.migrate()
    await database.close()
asyncio.run(main())
"""


async def _tables(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    return {name for name in names if not name.startswith(WORDS)}


async def test_from_nothing_and_again(database_url: str) -> None:
    """The second time changes nothing."""
    database = open_database(database_url)
    await database.migrate()
    async with database.write() as connection:
        await connection.execute(text("UPDATE audit_head SET number = 7"))
    await database.migrate()
    assert await _tables(database) == {*metadata.tables, "alembic_version"}
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT number FROM audit_head"))).scalars().all() == [7]
    await database.close()


async def test_processes_that_start_at_once(database_url: str) -> None:
    """Of three that start on an empty database one migrates, and all of them go on."""
    started = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", MIGRATE, database_url, stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    answers = await asyncio.gather(*(process.communicate(b"go\n") for process in started))
    assert [process.returncode for process in started] == [0, 0, 0], answers
    database = open_database(database_url)
    assert await _tables(database) == {*metadata.tables, "alembic_version"}
    await database.close()


async def test_a_newer_schema_is_refused_with_a_sentence(database: Database) -> None:
    """An older program does not touch what it does not know."""
    async with database.write() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Permanent, match="schema 9999, which this version does not know"):
        await database.migrate()
    async with database.read() as connection:
        assert (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one() == "9999"


async def test_a_migration_that_is_interrupted_leaves_nothing(database_url: str) -> None:
    """Everything or nothing, so that the next start begins where this one did."""
    database = open_database(database_url)
    async with database.write() as connection:
        await connection.execute(text("CREATE TABLE incidents (other INTEGER)"))
    with pytest.raises(Exception, match="already exists"):
        await database.migrate()
    assert await _tables(database) == {"incidents"}
    await database.close()
