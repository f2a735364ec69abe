"""The App Homes that somebody has opened: who sees what, and which of them no longer show how things are."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Actor, Frozen, Incident
from bot.incident.search import Page
from bot.storage.db import upsert
from bot.storage.tables import homes

#: Whoever has not looked for as long as this sees the newest when they look again; until then nobody renders it.
LOOKED_AT = timedelta(days=1)


class Home(Frozen):
    """One person's App Home as its row stands; `digest` is of what was last shown there."""

    person: Actor
    before: int
    after: int
    opened_at: datetime
    wanted: int
    shown: int
    attempt: int
    retry_at: datetime
    digest: str

    @property
    def page(self) -> Page:
        """The page of open incidents that it shows."""
        return Page(before=self.before, after=self.after)

    @property
    def id(self) -> str:
        """Of the rendering that it waits for."""
        return f"home:{self.person}:{self.wanted}:{self.retry_at.isoformat()}"


async def look(connection: AsyncConnection, person: Actor, page: Page, now: datetime) -> None:
    """Somebody looks at that page: it is shown now, whether or not anything has changed."""
    turned = {"before": page.before, "after": page.after, "opened_at": now, "retry_at": now, "attempt": 0, "digest": ""}
    row = {"person": person, "wanted": 1, "shown": 0} | turned
    statement = upsert(connection)(homes).values(**row)
    again = turned | {"wanted": homes.c.wanted + 1}
    await connection.execute(statement.on_conflict_do_update(index_elements=["person"], set_=again))


async def changed(connection: AsyncConnection, before: Incident | None, after: Incident, now: datetime) -> None:
    """Ask for the Homes to be rendered anew where they would show the change: all that are looked at.

    What has become private leaves the others at once as well.
    """
    if before is not None and _seen(before) == _seen(after):
        return
    hidden = before is not None and after.private and not before.private
    looked_at = true() if hidden else homes.c.opened_at >= now - LOOKED_AT
    in_order = select(homes.c.person).where(looked_at).order_by(homes.c.person).with_for_update()
    people = (await connection.execute(in_order)).scalars().all()  # so that no two changes wait for one another
    if people:
        await connection.execute(update(homes).where(looked_at).values(wanted=homes.c.wanted + 1))


async def all_changed(connection: AsyncConnection, now: datetime) -> None:
    """Ask for every Home that is looked at to be rendered anew."""
    in_order = select(homes.c.person).where(homes.c.opened_at >= now - LOOKED_AT).order_by(homes.c.person)
    people = (await connection.execute(in_order.with_for_update())).scalars().all()
    await connection.execute(update(homes).where(homes.c.person.in_(people)).values(wanted=homes.c.wanted + 1))


def _seen(incident: Incident) -> object:
    """All that a Home shows of an incident."""
    if not incident.is_open:
        return None
    shown = {"number", "title", "state", "severity", "lead", "reporter", "private", "test", "needs_human", "milestones"}
    return incident.model_dump(include=shown), incident.places.room


async def get(connection: AsyncConnection, person: Actor) -> Home | None:
    """The row of a person's Home, held until the transaction ends."""
    query = select(homes).where(homes.c.person == person).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else Home.model_validate(dict(row))


async def due(connection: AsyncConnection, now: datetime) -> Sequence[Home]:
    """Every Home that is to be rendered now."""
    query = select(homes).where(homes.c.wanted > homes.c.shown, homes.c.retry_at <= now)
    return [Home.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def change(connection: AsyncConnection, person: Actor, **values: object) -> None:
    """Write some columns of a row."""
    await connection.execute(update(homes).where(homes.c.person == person).values(**values))
