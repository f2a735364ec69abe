"""Whether a critical incident is open about an item: then who may decide, and for how long, may be another matter."""

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import TrackedItem
from bot.incident.model import Incident
from bot.incident.schemes import level_of
from bot.storage import incidents


def is_critical(incident: Incident | None) -> bool:
    """Whether it is open, and of the highest level."""
    return incident is not None and incident.is_open and level_of(incident).rank == 1


async def critical(connection: AsyncConnection, item: TrackedItem) -> bool:
    """As `Hand.is_critical`, within a transaction."""
    return bool(item.incident_id) and is_critical(await incidents.get(connection, item.incident_id))
