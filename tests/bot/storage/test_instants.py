"""Times survive the database to the microsecond, and come back aware and in UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from bot.storage.db import Database
from bot.storage.tables import Instant, submissions
from tests.bot.incident.examples import NOW

INSTANTS = st.datetimes(
    min_value=datetime(1800, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(9999, 1, 1),  # noqa: DTZ001
    timezones=st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours))),
)


@given(at=INSTANTS)
def test_an_instant_is_a_whole_number_and_back(at: datetime) -> None:
    """Nothing is lost, whatever the zone it was given in."""
    dialect, instant = sqlite.dialect(), Instant()
    stored = instant.process_bind_param(at, dialect)
    assert isinstance(stored, int)
    back = instant.process_result_value(stored, dialect)
    assert back == at
    assert back.tzinfo is UTC


@given(first=INSTANTS, second=INSTANTS)
def test_instants_are_stored_in_their_order(first: datetime, second: datetime) -> None:
    """Both databases can compare and sort them."""
    bind, dialect = Instant().process_bind_param, sqlite.dialect()
    before, after = bind(first, dialect), bind(second, dialect)
    assert before is not None
    assert after is not None
    assert (first < second) == (before < after)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=INSTANTS)
async def test_both_databases_give_an_instant_back(database: Database, at: datetime) -> None:
    """Through the driver and back, in years that people never see too."""
    async with database.engine.connect() as connection, connection.begin() as transaction:
        await connection.execute(insert(submissions).values(id="x", at=at, outcome={}))
        assert (await connection.execute(select(submissions.c.at))).scalar_one() == at
        await transaction.rollback()


async def test_a_time_without_a_zone_is_refused(database: Database) -> None:
    """Nobody knows which moment it is."""
    async with database.write() as connection:
        with pytest.raises((StatementError, TypeError)):
            await connection.execute(insert(submissions).values(id="x", at=NOW.replace(tzinfo=None), outcome={}))
