"""How Alembic reaches our tables: always over the connection that it is handed."""

from alembic import context
from sqlalchemy import Connection

from bot.storage.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transaction_per_migration=False,
    compare_type=True,
    render_as_batch=True,
)
context.run_migrations()
