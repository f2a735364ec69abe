"""Finding incidents by words and facts, alike on both databases, and at a cost that does not grow with history."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    any_,
    cast,
    delete,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy import column as some_column
from sqlalchemy import table as some_table
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Actor, Incident
from bot.incident.search import PREFIX, Found, Page, Query, indexed, texts
from bot.storage.db import upsert
from bot.storage.tables import incidents, searchable
from bot.storage.visible import private_seen_by

#: The words of each incident, in the one kind of table that each database searches by its own means: FTS5, tsvector.
WORDS = "search_words"
_WORDS = some_table(WORDS, some_column("rowid", Integer), some_column("number", Integer), some_column("words"))
#: How far apart two incidents may have got their numbers and their times.
OVERTAKEN = 100
#: What no more incidents than this hold is looked up by its words; what more hold is soon met from the newest down.
RARE = 2000


async def index(connection: AsyncConnection, incident: Incident, now: datetime) -> None:
    """Make the incident findable as it stands now, in the transaction that saves it."""
    row = _row(incident, now)
    number = incident.number
    query = select(searchable.c.words).where(searchable.c.number == number)
    had = (await connection.execute(query)).scalar_one_or_none()
    statement = upsert(connection)(searchable).values(**row)
    await connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=row))
    if had != row["words"]:
        await _index_words(connection, number, str(row["words"]))


async def _index_words(connection: AsyncConnection, number: int, words: str) -> None:
    if connection.dialect.name == "sqlite":
        await connection.execute(delete(_WORDS).where(_WORDS.c.rowid == number))
        await connection.execute(insert(_WORDS).values(rowid=number, words=words))
        return
    values = {"number": number, "words": func.array_to_tsvector(func.string_to_array(words, " "))}
    statement = postgresql.insert(_WORDS).values(**values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["number"], set_=values))


def _row(incident: Incident, now: datetime) -> dict[str, object]:
    return {
        "number": incident.number,
        "incident_id": incident.id,
        "open": incident.is_open,
        "state": incident.state.value,
        "severity": incident.severity,
        "service": incident.service.strip().casefold(),
        "private": incident.private,
        "reporter": incident.reporter,
        "lead": incident.lead or "",
        "declared_at": incident.milestones.declared or now,
        "words": " ".join(indexed(texts(incident), incident.number)),
    }


async def find(
    connection: AsyncConnection, query: Query, page: Page, limit: int, viewer: Actor, *, sees_all: bool
) -> Found:
    """One page of at most `limit` incidents that fit and that the viewer may see (all of them with `sees_all`)."""
    is_sqlite = connection.dialect.name == "sqlite"
    few = None if is_sqlite or not query.words else await _few(connection, query.words)
    fitting, number = _asked(query if few is None else query.model_copy(update={"words": ()}), is_sqlite=is_sqlite)
    if few is not None:
        fitting = fitting.where(number == any_(literal(few, ARRAY(Integer))))
    if not sees_all:
        seen = searchable.c.incident_id.in_(private_seen_by(viewer))
        fitting = fitting.where(or_(~searchable.c.private, seen))
    if page.after:
        rows = await _ids(connection, fitting.where(number > page.after).order_by(number), limit)
        if len(rows) >= limit:
            return Found(incidents=await _read(connection, rows[:limit]), newer=len(rows) > limit, older=True)
        page = Page()  # the newest page is whole, also where somebody came to it from below
    below = fitting.where(number < page.before) if page.before else fitting
    rows = await _ids(connection, below.order_by(number.desc()), limit)
    if page.before and not rows:  # what stood there is over by now
        return await find(connection, query, Page(), limit, viewer, sees_all=sees_all)
    return Found(incidents=await _read(connection, rows[:limit]), newer=page.before > 0, older=len(rows) > limit)


async def _few(connection: AsyncConnection, words: Sequence[str]) -> list[int] | None:
    """On PostgreSQL, the numbers of all that hold these words, unless they are many.

    It cannot tell how rare the beginning of a word is, and so would look through all of history for a single one.
    """
    query = select(_WORDS.c.number).where(_spoken(words, is_sqlite=False)).limit(RARE + 1)
    found = list((await connection.execute(query)).scalars().all())
    return found if len(found) <= RARE else None


async def _ids(connection: AsyncConnection, query: Select[str], limit: int) -> list[str]:
    """One more than asked for, to know whether there are more."""
    return list((await connection.execute(query.limit(limit + 1))).scalars().all())


async def _read(connection: AsyncConnection, ids: Sequence[str]) -> tuple[Incident, ...]:
    query = select(incidents.c.body).where(incidents.c.id.in_(ids))
    found = [Incident.model_validate(body) for body in (await connection.execute(query)).scalars()]
    return tuple(sorted(found, key=lambda incident: -incident.number))


def _asked(query: Query, *, is_sqlite: bool) -> tuple[Select[str], ColumnElement[int]]:
    """Which rows fit, and the number to order them by: of the words where there are some, so that these lead."""
    c = searchable.c
    facts = (
        (c.service, query.service),
        (c.severity, query.severity),
        (c.reporter, query.reporter),
        (c.lead, query.lead),
    )
    wanted: list[ColumnElement[bool]] = []
    if query.open_only:  # few are open, whatever history holds: nothing else shall be looked up by
        wanted.append(c.open == literal(True))
        wanted += [func.coalesce(column, "") == value for column, value in facts if value]
    else:
        wanted += [c.state.in_([state.value for state in query.states])] if query.states else []
        wanted += [column == value for column, value in facts if value]
    wanted += [c.lead != query.lead_not] if query.lead_not else []
    if query.since:  # numbers grow with time, but for replicas that overtake one another
        first = select(c.number).where(c.declared_at >= query.since).order_by(c.declared_at).limit(1).scalar_subquery()
        wanted += [c.declared_at >= query.since, c.number >= first - OVERTAKEN]
    found = select(c.incident_id).where(*wanted)
    if not query.words:
        return found, c.number
    key = _WORDS.c.rowid if is_sqlite else _WORDS.c.number
    return found.join(_WORDS, key == c.number).where(_spoken(query.words, is_sqlite=is_sqlite)), key


def _spoken(words: Sequence[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    """Every word is there, or one that begins with it. Words hold letters and digits alone, so none is syntax."""
    assert all(word.isascii() and word.isalnum() for word in words)
    if is_sqlite:
        asked = " AND ".join(f'"{word}"{"*" if len(word) >= PREFIX else ""}' for word in words)
        return literal_column(WORDS).op("MATCH", is_comparison=True)(asked)
    asked = " & ".join(f"'{word}'{':*' if len(word) >= PREFIX else ''}" for word in words)
    return _WORDS.c.words.op("@@", is_comparison=True)(cast(asked, TSQUERY))
