"""Who is in the room of a private incident: kept as Slack tells it, asked wherever somebody wants to see one."""

from sqlalchemy import ColumnElement, bindparam, exists, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Actor
from bot.storage.tables import incidents, room_members

#: Slack's stamps are seconds with six digits behind the point, so that of two the longer or the greater is the later.
_KEEP = text(
    "INSERT INTO room_members (room, person, inside, stamp) VALUES (:room, :person, :inside, :stamp) "
    "ON CONFLICT (room, person) DO UPDATE SET inside = excluded.inside, stamp = excluded.stamp "
    "WHERE room_members.stamp < excluded.stamp"
).bindparams(bindparam("inside", type_=room_members.c.inside.type))


async def keep(connection: AsyncConnection, room: str, person: Actor, *, inside: bool, stamp: str) -> None:
    """Remember that somebody came or left at that time of Slack's; what is older than what is known changes nothing."""
    await connection.execute(_KEEP, {"room": room, "person": person, "inside": inside, "stamp": stamp})


async def is_private_room(connection: AsyncConnection, channel: str) -> bool:
    """Whether a private incident lives there."""
    query = select(incidents.c.id).where(incidents.c.room == channel, incidents.c.private)
    return (await connection.execute(query)).first() is not None


async def members(connection: AsyncConnection, room: str | None) -> frozenset[Actor]:
    """Everybody who is in it."""
    if room is None:
        return frozenset()
    query = select(room_members.c.person).where(room_members.c.room == room, room_members.c.inside)
    return frozenset((await connection.execute(query)).scalars())


def among(viewer: Actor) -> ColumnElement[bool]:
    """In a question about incidents: those in whose room the viewer is."""
    here = (room_members.c.room == incidents.c.room, room_members.c.person == viewer, room_members.c.inside)
    return exists().where(*here)
