"""The database's promises: append-only by itself, numbers once, one writer at a time, and away is a sentence."""

import asyncio
import contextlib
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import DatabaseError, DBAPIError, InterfaceError, InternalError, OperationalError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import Temporary
from bot.incident.model import Place
from bot.storage import audit, effects, incidents
from bot.storage.db import Database, open_database
from bot.storage.tables import counters, submissions
from tests.bot.incident.examples import NOW
from tests.bot.rows import count, saved


async def _filled(database: Database) -> None:
    await saved(database)
    async with database.write() as connection:
        await audit.record(connection, NOW, "U0ANA", "declare", "INC-1", {})


@pytest.mark.parametrize("table", ["events", "audit"])
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET {column} = 'x'",
        "UPDATE {table} SET {column} = 'x' WHERE 1 = 0 OR number = 1",
        "DELETE FROM {table}",
        "DELETE FROM {table} WHERE number = 1",
    ],
)
async def test_what_happened_cannot_be_changed(database: Database, table: str, statement: str) -> None:
    """The database itself refuses, whoever asks."""
    await _filled(database)
    before = await count(database, table)
    column = {"events": "text", "audit": "act"}[table]
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.engine.connect() as connection:
            await connection.execute(text(statement.format(table=table, column=column)))
    assert await count(database, table) == before > 0


@pytest.mark.parametrize("table", ["events", "audit"])
async def test_what_happened_cannot_be_replaced(database: Database, table: str) -> None:
    """Writing over a row is a change too, by each database's own way of doing so."""
    await _filled(database)
    replace = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}" if database.is_sqlite else f"TRUNCATE {table} CASCADE"
    )
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.engine.connect() as connection:
            await connection.execute(text(replace))


async def test_numbers_are_used_once_from_the_first(database: Database) -> None:
    """Transactions that race for the very first number each get one of their own."""

    async def take() -> int:
        async with database.write() as connection:
            return await incidents.next_number(connection, "incident")

    numbers = await asyncio.gather(*(take() for _ in range(12)))
    assert sorted(numbers) == list(range(1, 13))


async def test_a_number_is_not_used_again_after_a_failure(database: Database) -> None:
    """Gaps are allowed, repeats are not; counters do not disturb each other."""
    async with database.write() as connection:
        assert await incidents.next_number(connection, "incident") == 1
    with contextlib.suppress(ZeroDivisionError):
        async with database.write() as connection:
            await incidents.next_number(connection, "incident")
            raise ZeroDivisionError
    async with database.write() as connection:
        assert await incidents.next_number(connection, "incident") == 2
        assert await incidents.next_number(connection, "effect") == 1


async def test_transactions_do_not_lose_each_others_writes(database: Database) -> None:
    """Read and write under the lock: of twenty increments twenty count."""
    incident = await saved(database)

    async def rename() -> None:
        async with database.write() as connection:
            current = await incidents.locked(connection, incident.id)
            await incidents.save(connection, current.model_copy(update={"title": current.title + "!"}), (), NOW)

    await asyncio.gather(*(rename() for _ in range(20)))
    async with database.write() as connection:
        after = await incidents.locked(connection, incident.id)
    assert after.title == incident.title + "!" * 20
    assert after.version == incident.version + 20


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """All or nothing."""
    with contextlib.suppress(ZeroDivisionError):
        async with database.write() as connection:
            await connection.execute(insert(submissions).values(id="a", at=NOW, outcome={}))
            raise ZeroDivisionError
    assert await count(database, "submissions") == 0


async def test_reading_is_one_moment(database: Database) -> None:
    """Questions asked in one reading get answers that belong together, whatever is written in between."""
    async with database.write() as connection:
        await connection.execute(insert(counters).values(name="x", value=1))
    async with database.read() as reading:
        first = (await reading.execute(select(counters.c.value))).scalar_one()
        async with database.write() as writing:
            await writing.execute(update(counters).values(value=2))
        second = (await reading.execute(select(counters.c.value))).scalar_one()
    assert (first, second) == (1, 1)


async def test_more_work_than_connections_waits_its_turn(database: Database) -> None:
    """A burst of sixty transactions is a queue, not an error."""

    async def write(number: int) -> None:
        async with database.write() as connection:
            await connection.execute(insert(submissions).values(id=str(number), at=NOW, outcome={}))

    await asyncio.gather(*(write(number) for number in range(60)))
    assert await count(database, "submissions") == 60


async def test_a_database_that_is_away_is_a_sentence() -> None:
    """Whoever waits reads a sentence; nothing of the driver gets through."""
    away = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Temporary, match="database does not answer"):
        await away.ping()
    with pytest.raises(Temporary, match="database does not answer"):
        async with away.write():
            pass
    await away.close()


async def test_no_free_connection_is_a_sentence_too(tmp_path: Path) -> None:
    """A pool that is used up is slow storage, not a bug."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    database = Database(create_async_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05))
    async with database.read():
        with pytest.raises(Temporary, match="database does not answer"):
            await database.ping()
    await database.close()


@pytest.mark.sockets
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_connection_that_is_cut_is_a_sentence_and_heals(database: Database) -> None:
    """The server ends a connection in the middle: that work is tried again later, and what follows is fine."""
    with pytest.raises(Temporary, match="database does not answer"):
        async with database.write() as connection:
            await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    await database.ping()


@pytest.mark.sockets
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_database_that_only_reads_is_a_sentence(database: Database) -> None:
    """As while a standby takes over: what is to be written waits, and does not break."""

    async def write(*before: str) -> None:
        async with database.write() as connection:
            for statement in before:
                await connection.execute(text(statement))
            await connection.execute(insert(submissions).values(id="a", at=NOW, outcome={}))

    with pytest.raises(Temporary, match="database does not answer"):
        await write("SET TRANSACTION READ ONLY")
    await write()


@pytest.mark.parametrize("error", [InterfaceError, InternalError, DatabaseError, OperationalError])
async def test_any_error_that_may_pass_is_a_sentence(database: Database, error: type[DBAPIError]) -> None:
    """Whichever class the driver has for it."""
    with pytest.raises(Temporary, match="database does not answer"):
        async with database.write():
            raise error("UPDATE", {}, Exception("the connection is lost"))


async def test_what_a_rule_of_the_database_refuses_is_not_waited_for(database: Database) -> None:
    """It would never become right: a row that is there already, and a trigger that keeps what happened."""
    await _filled(database)
    for statement in ("DELETE FROM audit", "INSERT INTO incidents SELECT * FROM incidents"):
        with pytest.raises(DBAPIError):
            async with database.write() as connection:
                await connection.execute(text(statement))


async def test_surfaces_are_wanted_together(database: Database) -> None:
    """A change asks for every surface of its incident and for no other's."""
    mine, other = await saved(database), await saved(database)
    place = Place(channel="C1", ts="1.0")
    async with database.write() as connection:
        for incident, name in ((mine, "card"), (mine, "topic"), (other, "card")):
            await effects.show(connection, incident.id, name, place, "", NOW)
        shown = await effects.stale(connection)
        for surface in shown:
            await effects.change_surface(connection, surface, shown=surface.wanted)
        assert not await effects.stale(connection)
        await effects.want_shown(connection, mine.id)
        assert {(s.incident_id, s.name) for s in await effects.stale(connection)} == {
            (mine.id, "card"),
            (mine.id, "topic"),
        }


async def test_what_people_wrote_stays_out_of_errors(database: Database) -> None:
    """An error goes to the log, where the words of a private incident have no place."""
    with pytest.raises(DBAPIError) as error:
        async with database.write() as connection:
            await connection.execute(insert(submissions), [{"id": "a secret", "at": NOW, "outcome": {}}] * 2)
    assert "a secret" not in str(error.value).split("DETAIL:")[0]


async def test_our_files_are_for_our_account_alone(tmp_path: Path) -> None:
    """Also where everybody may read what is new: private incidents stand in them."""
    made = open_database(f"sqlite:///{tmp_path / 'data' / 'holdfast.db'}")
    await made.migrate()
    async with made.write():
        modes = {file.name: oct(file.stat().st_mode & 0o777) for file in (tmp_path / "data").iterdir()}
    await made.close()
    assert modes == dict.fromkeys(("holdfast.db", "holdfast.db-wal", "holdfast.db-shm"), "0o600")
    assert oct((tmp_path / "data").stat().st_mode & 0o777) == "0o700"
