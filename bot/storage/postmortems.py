"""What people wrote of post-mortems in Slack, kept until it stands in the repository."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.postmortem.document.model import Written
from bot.storage.db import upsert
from bot.storage.tables import postmortems


async def written(connection: AsyncConnection, incident_id: str) -> Written:
    """What there is; held by whoever has the incident. Nothing where nobody has written yet."""
    query = select(postmortems.c.name, postmortems.c.parts, postmortems.c.base, postmortems.c.asked)
    row = (await connection.execute(query.where(postmortems.c.incident_id == incident_id))).mappings().one_or_none()
    return Written() if row is None else Written.model_validate(dict(row))


async def keep(connection: AsyncConnection, incident_id: str, kept: Written) -> None:
    """Write the row as a whole."""
    values = kept.model_dump(mode="json")
    statement = upsert(connection)(postmortems).values(incident_id=incident_id, **values)
    await connection.execute(statement.on_conflict_do_update(index_elements=["incident_id"], set_=values))


async def names_of_others(connection: AsyncConnection, incident_id: str) -> frozenset[str]:
    """The file names that other incidents have for theirs, published or not yet."""
    query = select(postmortems.c.name).where(postmortems.c.incident_id != incident_id, postmortems.c.name != "")
    return frozenset((await connection.execute(query)).scalars())
