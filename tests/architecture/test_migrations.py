"""The migrations build exactly the tables that the code describes."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.storage.db import Database
from bot.storage.search import WORDS
from bot.storage.tables import metadata


def _described(name: str | None, kind: str, _parents: object) -> bool:
    """What each database searches words by is its own, and so are the tables that FTS5 keeps behind it."""
    return kind != "table" or not (name or "").startswith(WORDS)


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "include_name": _described})
    return list(compare_metadata(context, metadata))


async def test_migrations_match_the_tables(database: Database) -> None:
    """A fresh database, migrated, differs from the description in nothing; on both kinds."""
    async with database.engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
