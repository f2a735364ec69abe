"""The chain in the database stays one chain, whoever writes at the same moment."""

import asyncio

import pytest
from sqlalchemy import text

from bot.storage import audit
from bot.storage.db import Database
from tests.bot.incident.examples import NOW
from tests.bot.rows import count


async def _act(database: Database, number: int, fails: bool = False) -> None:
    async with database.write() as connection:
        await audit.record(connection, NOW, "U0ANA", "update", f"INC-{number}", {"n": str(number), "é": "☂"})
        if fails:
            raise ZeroDivisionError


async def test_an_empty_chain_is_whole(database: Database) -> None:
    """Nothing has happened yet, and that is no fault."""
    assert await audit.check(database) is None


async def test_concurrent_writers_make_one_chain(database: Database) -> None:
    """No branches and no gaps, also where some of them fail."""
    acts = [_act(database, number, fails=number % 5 == 0) for number in range(25)]
    results = await asyncio.gather(*acts, return_exceptions=True)
    assert sum(isinstance(result, ZeroDivisionError) for result in results) == 5
    assert await audit.check(database) is None
    assert await count(database, "audit") == 20


async def test_checking_while_others_write_is_no_false_alarm(database: Database) -> None:
    """The check reads entries and head of one moment."""
    writing = asyncio.gather(*(_act(database, number) for number in range(30)))
    while not writing.done():
        assert await audit.check(database) is None
    await writing


@pytest.mark.parametrize(
    ("tampering", "found"),
    [
        ("UPDATE audit SET act = 'nothing' WHERE number = 2", 2),
        ("DELETE FROM audit WHERE number = 3", 3),
        ("DELETE FROM audit WHERE number = 4", 4),
        ("UPDATE audit_head SET number = 3", 4),
    ],
)
async def test_tampering_shows(database: Database, tampering: str, found: int) -> None:
    """Somebody takes the triggers away and changes what is there: the check says where."""
    for number in range(4):
        await _act(database, number)
    async with database.write() as connection:
        if database.is_sqlite:
            await connection.execute(text("DROP TRIGGER audit_no_update"))
            await connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            await connection.execute(text("DROP TRIGGER audit_append_only ON audit"))
        await connection.execute(text(tampering))
    broken = await audit.check(database)
    assert broken is not None
    assert broken.number == found
