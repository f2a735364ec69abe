"""What we know of GitHub: which issue is whose, how far its history was read, whom we trust, and how we hear of it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Actor, Frozen
from bot.storage.db import upsert
from bot.storage.tables import github_hearing, github_issues, github_people

INCIDENT, FEATURE = "incident", "feature"
#: The rows of `github_hearing`: the last webhook, the first and the last look, how far issues and comments were read.
WEBHOOK, SINCE, POLLED, ISSUES, COMMENTS = "webhook", "since", "polled", "issues", "comments"


class Known(Frozen):
    """An issue of ours as its row stands."""

    number: int
    kind: str
    subject: str
    last: int
    stand: str
    labels: tuple[str, ...]


async def issue(connection: AsyncConnection, number: int) -> Known | None:
    """By its number; None where it is no issue of ours."""
    query = select(github_issues).where(github_issues.c.number == number)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Known.model_validate(dict(row))


async def issues(connection: AsyncConnection, numbers: Sequence[int]) -> dict[int, Known]:
    """Those of them that are ours."""
    query = select(github_issues).where(github_issues.c.number.in_(numbers))
    rows = (await connection.execute(query)).mappings()
    return {row["number"]: Known.model_validate(dict(row)) for row in rows}


async def remember(
    connection: AsyncConnection, number: int, kind: str, subject: str, labels: Sequence[str] = ()
) -> None:
    """From now on this issue is ours; `labels` are those that we put on it."""
    row = {"number": number, "kind": kind, "subject": subject, "last": 0, "stand": "", "labels": list(labels)}
    await connection.execute(insert(github_issues).values(**row))


async def change(connection: AsyncConnection, number: int, **values: object) -> None:
    """Write some columns of an issue's row."""
    await connection.execute(update(github_issues).where(github_issues.c.number == number).values(**values))


async def trust(connection: AsyncConnection, login: str, by: Actor, at: datetime) -> None:
    """Reports of this login start work by themselves from now on."""
    row = {"login": login.casefold(), "trusted_by": by, "at": at}
    await connection.execute(upsert(connection)(github_people).values(**row).on_conflict_do_nothing())


async def trusts(connection: AsyncConnection, login: str) -> bool:
    """Whether somebody has said so."""
    query = select(github_people.c.login).where(github_people.c.login == login.casefold())
    return (await connection.execute(query)).scalar_one_or_none() is not None


async def heard(connection: AsyncConnection) -> dict[str, datetime]:
    """Every row of how we hear, by its name."""
    return {row.name: row.at for row in (await connection.execute(select(github_hearing))).all()}


async def hear(connection: AsyncConnection, name: str, at: datetime) -> None:
    """Move a row forward; never back."""
    statement = upsert(connection)(github_hearing).values(name=name, at=at)
    moved = statement.on_conflict_do_update(index_elements=["name"], set_={"at": at}, where=github_hearing.c.at < at)
    await connection.execute(moved)
