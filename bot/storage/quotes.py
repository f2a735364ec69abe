"""What messages on a timeline say: replaced when they are edited, forgotten when their author deletes them."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.entries import hash_of, place_of
from bot.incident.model import Event, EventKind, Place
from bot.storage.tables import quotes


async def keep(connection: AsyncConnection, incident_id: str, place: Place, text: str) -> str:
    """The words of a message as they are now; their hash, which the timeline keeps."""
    await _forget(connection, incident_id, place.channel, place.ts)
    row = {"incident_id": incident_id, "channel": place.channel, "ts": place.ts, "hash": hash_of(text), "text": text}
    await connection.execute(insert(quotes).values(**row))
    return hash_of(text)


async def follow(connection: AsyncConnection, incident_id: str, happened: Sequence[Event]) -> None:
    """Forget what the authors of deleted messages no longer say."""
    for event in happened:
        if event.kind is EventKind.MESSAGE_DELETED:
            await _forget(connection, incident_id, *place_of(event))


async def texts(connection: AsyncConnection, incident_id: str) -> Mapping[str, str]:
    """What the messages on its timeline say, by hash."""
    query = select(quotes.c.hash, quotes.c.text).where(quotes.c.incident_id == incident_id)
    return {row.hash: row.text for row in await connection.execute(query)}


async def _forget(connection: AsyncConnection, incident_id: str, channel: str, ts: str) -> None:
    where = (quotes.c.incident_id == incident_id) & (quotes.c.channel == channel) & (quotes.c.ts == ts)
    await connection.execute(delete(quotes).where(where))
