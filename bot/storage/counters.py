"""Numbers that people see, and others that must not be used twice: each a row that grows."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection


async def next_number(connection: AsyncConnection, counter: str, count: int = 1) -> int:
    """The first of the next `count` numbers of a sequence, none of them ever used twice.

    Holds the counter's row until the transaction ends.
    """
    grown = text(  # one statement, as two transactions may race for the first number
        "INSERT INTO counters (name, value) VALUES (:name, :count) "
        "ON CONFLICT (name) DO UPDATE SET value = counters.value + :count RETURNING value"
    )
    last = (await connection.execute(grown, {"name": counter, "count": count})).scalar_one()
    return int(last) - count + 1


async def number(connection: AsyncConnection, counter: str) -> int:
    """The last number of a sequence; 0 before the first."""
    last = await connection.execute(text("SELECT value FROM counters WHERE name = :name"), {"name": counter})
    return int(last.scalar_one_or_none() or 0)
