"""What was answered to each submission, kept with what it changed: the same submission again changes nothing."""

from datetime import datetime

from sqlalchemy import bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.ports import Outcome
from bot.storage.tables import Instant, submissions

_CLAIM = text("INSERT INTO submissions (id, at, outcome) VALUES (:id, :at, '{}') ON CONFLICT (id) DO NOTHING")


async def claim(connection: AsyncConnection, submission: str, now: datetime) -> Outcome | None:
    """What was answered, if it has been; else it is ours, and whoever brings the same one waits for what we answer."""
    await connection.execute(_CLAIM.bindparams(bindparam("at", type_=Instant)), {"id": submission, "at": now})
    query = select(submissions.c.outcome).where(submissions.c.id == submission)
    said = (await connection.execute(query)).scalar_one()
    return Outcome.model_validate(said) if said else None


async def answer(connection: AsyncConnection, submission: str, said: Outcome) -> None:
    """What was answered to a submission that was claimed in this transaction."""
    statement = update(submissions).where(submissions.c.id == submission)
    await connection.execute(statement.values(outcome=said.model_dump(mode="json")))
