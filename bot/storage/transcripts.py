"""What was said in a run, row by row: append-only, each row sealing the one before it."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Frozen
from bot.storage.tables import turns

#: What the first row of an agent seals.
GENESIS = "0" * 64

#: Who a row is from. OURS is said to the model, and its `stop_reason` says what it is about; MODEL is an answer of its
#: own. The rest is said to nobody: ASKED stands before a request is sent, BROKEN after one that brought no whole
#: answer, DENIED for each time that a guardrail said no, ANSWER is what an agent's work came to.
OURS, MODEL, ASKED, BROKEN, DENIED, ANSWER = "user", "assistant", "asked", "broken", "denied", "answer"


class Turn(Frozen):
    """One row. Numbers begin at 1 for each agent of a run; `at` is aware. `blocks` are JSON objects."""

    run_id: str
    agent: str
    number: int
    role: str
    blocks: tuple[dict[str, Any], ...] = ()
    stop_reason: str = ""
    model: str = ""
    usage: dict[str, Any] | None = None
    reservation_id: str | None = None
    at: datetime
    previous: str
    hash: str


class Draft(Frozen):
    """A row that is not written yet."""

    role: str
    blocks: tuple[dict[str, Any], ...] = ()
    stop_reason: str = ""
    model: str = ""
    usage: dict[str, Any] | None = None
    reservation_id: str | None = None


async def append(
    connection: AsyncConnection, run_id: str, agent: str, last: Turn | None, draft: Draft, at: datetime
) -> Turn:
    """Write the row that follows `last`. Where somebody else has written it first, the database refuses it."""
    turn = sealed(run_id, agent, last, draft, at)
    row = turn.model_dump() | {"blocks": list(turn.blocks)}
    await connection.execute(insert(turns).values(row))
    return turn


async def read(connection: AsyncConnection, run_id: str, agent: str) -> Sequence[Turn]:
    """All rows of an agent, the oldest first."""
    query = select(turns).where(turns.c.run_id == run_id, turns.c.agent == agent).order_by(turns.c.number)
    return [Turn.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def openings(connection: AsyncConnection, run_id: str) -> Sequence[Turn]:
    """The first row of each agent of a run."""
    query = select(turns).where(turns.c.run_id == run_id, turns.c.number == 1).order_by(turns.c.at, turns.c.agent)
    return [Turn.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def answered(connection: AsyncConnection, run_id: str) -> bool:
    """Whether a model has given a whole answer in this run."""
    query = select(turns.c.number).where(turns.c.run_id == run_id, turns.c.role == MODEL).limit(1)
    return (await connection.execute(query)).first() is not None


async def denials(connection: AsyncConnection, run_id: str) -> Sequence[str]:
    """The rules by which a guardrail has said no in a run, once for each time, to all its agents together."""
    query = select(turns.c.stop_reason).where(turns.c.run_id == run_id, turns.c.role == DENIED)
    return (await connection.execute(query)).scalars().all()


def sealed(run_id: str, agent: str, last: Turn | None, draft: Draft, at: datetime) -> Turn:
    """The row that follows `last`."""
    number, previous = (last.number + 1, last.hash) if last else (1, GENESIS)
    seal = _seal(run_id, agent, number, draft, at, previous)
    return Turn(run_id=run_id, agent=agent, number=number, at=at, previous=previous, hash=seal, **draft.model_dump())


def broken(rows: Sequence[Turn]) -> int | None:
    """The number of the first row, from the first of an agent, that was changed or is out of its place; else None."""
    last: Turn | None = None
    for row in rows:
        draft = Draft(**{field: getattr(row, field) for field in Draft.model_fields})
        if row != sealed(row.run_id, row.agent, last, draft, row.at):
            return row.number
        last = row
    return None


def _seal(run_id: str, agent: str, number: int, draft: Draft, at: datetime, previous: str) -> str:
    """SHA-256 over canonical JSON."""
    when = at.astimezone(UTC).isoformat(timespec="microseconds")
    what = [run_id, agent, number, draft.model_dump(mode="json"), when, previous]
    text = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
