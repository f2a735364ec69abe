"""Transcripts in the database: they come back as they went in, and every change shows."""

from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from bot.storage import transcripts
from bot.storage.db import Database
from bot.storage.tables import turns
from bot.storage.transcripts import ASKED, DENIED, MODEL, OURS, Draft, Turn
from tests.clock import START

ODD: tuple[dict[str, Any], ...] = (
    {"type": "thinking", "thinking": "a\x00b \u2028 ☃ \U0001f600", "signature": "c2ln=="},
    {"type": "tool_use", "id": "t1", "name": "pods", "input": {"z": [1, 2.50, None, True], "a": {"b": "'\"\\"}}},
)


async def _written(database: Database, *drafts: Draft, agent: str = "cluster") -> list[Turn]:
    rows: list[Turn] = []
    async with database.write() as connection:
        for draft in drafts:
            last = rows[-1] if rows else None
            rows.append(await transcripts.append(connection, "run-1", agent, last, draft, START))
    return rows


async def test_rows_come_back_as_they_were(database: Database) -> None:
    """Blocks of a model to the last character, in the order of their keys."""
    usage = {"input_tokens": 3, "cache_creation": {"ephemeral_5m_input_tokens": 1}}
    draft = Draft(role=MODEL, blocks=ODD, stop_reason="tool_use", model="m", usage=usage, reservation_id="r")
    rows = await _written(database, Draft(role=OURS), draft)
    async with database.read() as connection:
        read = await transcripts.read(connection, "run-1", "cluster")
    assert read == rows
    assert list(read[1].blocks[1]["input"]) == ["z", "a"]
    assert transcripts.broken(read) is None


@pytest.mark.parametrize(
    "change",
    [
        {"blocks": [{"type": "text", "text": "other"}]},
        {"usage": {"output_tokens": 1}},
        {"role": ASKED},
        {"stop_reason": "end_turn"},
        {"model": "cheaper"},
        {"reservation_id": None},
        {"hash": "0" * 64},
        {"number": 9},
    ],
)
async def test_a_change_shows(database: Database, change: dict[str, Any]) -> None:
    """Whatever of a row is changed, and which row it is."""
    draft = Draft(role=MODEL, blocks=ODD, stop_reason="tool_use", model="m", usage={}, reservation_id="r")
    await _written(database, Draft(role=OURS), draft, Draft(role=OURS))
    async with database.write() as connection:
        await connection.execute(update(turns).where(turns.c.number == 2).values(change))
        rows = await transcripts.read(connection, "run-1", "cluster")
    assert transcripts.broken(rows) is not None


async def test_a_row_is_written_once(database: Database) -> None:
    """Whoever comes second with the same number is refused by the database."""
    await _written(database, Draft(role=OURS))
    with pytest.raises(IntegrityError):
        await _written(database, Draft(role=OURS))


async def test_denials_are_counted_over_the_run(database: Database) -> None:
    """Over all its agents."""
    await _written(database, Draft(role=DENIED), Draft(role=OURS), Draft(role=DENIED))
    await _written(database, Draft(role=DENIED), agent="network")
    async with database.read() as connection:
        assert await transcripts.denials(connection, "run-1") == ["", "", ""]
        assert await transcripts.denials(connection, "run-2") == []
