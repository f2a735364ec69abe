"""The migrations build exactly the tables that the code describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.storage.db import Database
from bot.storage.tables import metadata


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


async def test_migrations_match_the_tables(database: Database) -> None:
    """A fresh database, migrated, differs from the description in nothing; on both kinds."""
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
