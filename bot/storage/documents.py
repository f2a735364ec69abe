"""The post-mortems in the repository, as last read: for lists, for searching, and for what is still to be done."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Frozen
from bot.postmortem.card import Card
from bot.postmortem.document.model import Written
from bot.postmortem.model import Reading
from bot.postmortem.passages import Hit, Index, index
from bot.storage.counters import next_number, number
from bot.storage.db import Database, upsert
from bot.storage.postmortems import written
from bot.storage.tables import documents, repository

#: The counter of changes of the documents.
CHANGES = "documents"
#: The rows of `repository`: the commit whose documents these are, the one that the site shows, the last look, the last
#: push that was told of.
HEAD, SITE, LOOKED, PUSHED = "head", "site", "looked", "pushed"


class Stored(Frozen):
    """A document as its row holds it. `incident` is the key that it names (`INC-12`), or empty."""

    name: str
    incident: str
    text: str
    card: Card
    reading: Reading


class Known(Frozen):
    """How far something about the repository is known: usually a commit, and since when."""

    value: str
    at: datetime


async def known(connection: AsyncConnection) -> dict[str, Known]:
    """Every row of `repository`, by its name."""
    rows = (await connection.execute(select(repository))).mappings()
    return {row["name"]: Known(value=row["value"], at=row["at"]) for row in rows}


async def know(connection: AsyncConnection, name: str, value: str, at: datetime) -> None:
    """Write one of them."""
    statement = upsert(connection)(repository).values(name=name, value=value, at=at)
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"value": value, "at": at}))


async def replace(connection: AsyncConnection, changed: Sequence[Stored], gone: Sequence[str]) -> None:
    """These documents are so now, and those are not there any more."""
    names = [*(each.name for each in changed), *gone]
    if names:
        await next_number(connection, CHANGES)
        await connection.execute(delete(documents).where(documents.c.name.in_(names)))
    if changed:
        await connection.execute(insert(documents), [each.model_dump(mode="json") for each in changed])


async def texts(connection: AsyncConnection) -> dict[str, str]:
    """Every document by its name."""
    return {row.name: row.text for row in (await connection.execute(select(documents.c.name, documents.c.text))).all()}


async def text(connection: AsyncConnection, name: str) -> str | None:
    """One document."""
    return (await connection.execute(select(documents.c.text).where(documents.c.name == name))).scalar_one_or_none()


async def naming(connection: AsyncConnection, key: str) -> str | None:
    """The name of the document that is about this incident."""
    query = select(documents.c.name).where(documents.c.incident == key).order_by(documents.c.name.desc()).limit(1)
    return (await connection.execute(query)).scalar_one_or_none()


async def card(connection: AsyncConnection, name: str) -> Card | None:
    """What is told of one document."""
    query = select(documents.c.card).where(documents.c.name == name)
    found = (await connection.execute(query)).scalar_one_or_none()
    return None if found is None else Card.model_validate(found)


class DocumentStore:
    """Reads the documents that are public: what is private never comes here."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._indexed: tuple[int, Index] | None = None

    async def cards(self) -> Sequence[Card]:
        """All of them, the newest first."""
        async with self._database.read() as connection:
            found = (await connection.execute(select(documents.c.card))).scalars().all()
        cards = [Card.model_validate(card) for card in found]
        return sorted(cards, key=lambda card: (str(card.day or ""), card.name), reverse=True)

    async def text(self, name: str) -> str | None:
        """One of them; None where there is no such document."""
        async with self._database.read() as connection:
            return await text(connection, name)

    async def readings(self) -> Sequence[Reading]:
        """The action items of all of them, the newest document first."""
        async with self._database.read() as connection:
            query = select(documents.c.reading).order_by(documents.c.name.desc())
            found = (await connection.execute(query)).scalars().all()
        return [Reading.model_validate(each) for each in found]

    async def search(self, words: str) -> Sequence[Hit]:
        """The best passages. The index is made once for each state of the documents."""
        async with self._database.read() as connection:
            changes = await number(connection, CHANGES)
            stale = self._indexed is None or self._indexed[0] != changes
            found: Mapping[str, str] = await texts(connection) if stale else {}
        if stale:
            self._indexed = (changes, await asyncio.to_thread(index, found))
        assert self._indexed is not None
        return await asyncio.to_thread(self._indexed[1].search, words)

    async def written(self, incident_id: str) -> Written:
        """What people wrote of its post-mortem in Slack and is not in git yet."""
        async with self._database.read() as connection:
            return await written(connection, incident_id)
