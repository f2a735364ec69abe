"""What may be remembered in another incident: what was public and real. Nothing private, no test, nothing of itself."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Text, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Frozen, Incident, State
from bot.incident.search import Page, Query
from bot.postmortem.card import Card
from bot.storage import search
from bot.storage.tables import documents, incidents

#: As much of a document is compared. Characters.
READ = 8000
#: Nobody: sees nothing that is private.
NOBODY = "nobody"


class Remembered(Frozen):
    """A document. `incident` is the key that it names (`INC-12`), or empty; `text` its first READ characters."""

    name: str
    incident: str
    text: str
    card: Card


async def candidates(connection: AsyncConnection, service: str, besides: str, most: int) -> Sequence[Incident]:
    """At most so many incidents that others may remember: up to half of them of the service, then the newest."""
    query = select(incidents.c.body).where(*_open_to_all(besides)).order_by(incidents.c.number.desc())
    own = (await connection.execute(query.where(incidents.c.service == service).limit(most // 2))).scalars().all()
    all = (await connection.execute(query.limit(most))).scalars().all()
    found = {body["id"]: body for body in (*own, *all)}
    return [Incident.model_validate(body) for body in list(found.values())[:most]]


async def found(connection: AsyncConnection, query: Query, besides: str, limit: int) -> Sequence[Incident]:
    """The newest of those that fit and that others may remember."""
    page = await search.find(connection, query, Page(), limit, NOBODY, sees_all=False)
    return [each for each in page.incidents if not (each.private or each.test or each.id == besides)]


async def written(connection: AsyncConnection, most: int) -> Sequence[Remembered]:
    """The newest documents that others may remember, by name."""
    cut = func.substr(documents.c.text, 1, READ).label("text")
    query = select(documents.c.name, documents.c.incident, cut, documents.c.card)
    rows = await connection.execute(query.where(_public()).order_by(documents.c.name.desc()).limit(most))
    return [Remembered.model_validate(dict(row)) for row in rows.mappings()]


async def text(connection: AsyncConnection, name: str) -> str | None:
    """One document, whole; None where there is none that others may remember."""
    query = select(documents.c.text).where(documents.c.name == name, _public())
    return (await connection.execute(query)).scalar_one_or_none()


async def names(connection: AsyncConnection) -> frozenset[str]:
    """Of all documents that others may remember."""
    return frozenset((await connection.execute(select(documents.c.name).where(_public()))).scalars())


def _open_to_all(besides: str) -> tuple[ColumnElement[bool], ...]:
    c = incidents.c
    real = c.body["test"].as_boolean().is_(False)
    return (~c.private, c.id != besides, c.state != State.MERGED.value, real)


def _public() -> ColumnElement[bool]:
    """Whether a document is about no incident that is private by now."""
    key = literal("INC-") + cast(incidents.c.number, Text)
    file = incidents.c.body["places"]["document"].as_string()
    hidden = select(key).where(incidents.c.private)
    files = select(file).where(incidents.c.private, file.is_not(None))
    return documents.c.incident.not_in(hidden) & documents.c.name.not_in(files)
