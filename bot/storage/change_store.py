"""Reading what is to be done and what waits for a click, for people: masked, and only what each may see."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.model import Edit, Standing, TrackedItem
from bot.errors import NotFound
from bot.incident.model import Actor
from bot.redact import Redactor
from bot.storage import approvals, budget, changes, items
from bot.storage.db import Database
from bot.storage.incidents import IncidentStore

UNSEEN = "There is no such action item or approval, or you may not see it."
_REF = re.compile(r"(?:([ATat])-?)?(\d{1,9})")


#: Who may decide about an item.
Able = Callable[[TrackedItem], Collection[Actor]]


class ChangeStore:
    """What waits, by whoever asks; an item of an incident that they may not see is not there for them."""

    def __init__(self, database: Database, incidents: IncidentStore, redactor: Redactor, able: Able) -> None:
        """`able` says who may decide about an item."""
        self._able = able
        self._database = database
        self._incidents = incidents
        self._redactor = redactor

    async def waiting(self, viewer: Actor) -> Sequence[Standing]:
        """Everything that waits for a click, the oldest first."""
        async with self._database.read() as connection:
            asked = await approvals.pending(connection)
            found = [await items.get(connection, each.item_id) for each in asked]
            standings = [await standing(connection, item) for item in found if item is not None]
        return await self._seen(standings, viewer)

    async def by_ref(self, ref: str, viewer: Actor) -> Standing:
        """By an id, `A-57`, `T-31`, `57` or `31` (an approval's number first). Raises NotFound."""
        async with self._database.read() as connection:
            item = await _named(connection, ref.strip())
            found = [await standing(connection, item)] if item is not None else []
        seen = await self._seen(found, viewer)
        if not seen:
            raise NotFound(UNSEEN)
        return seen[0]

    async def of_document(self, document: str, viewer: Actor) -> Sequence[Standing]:
        """What stands in this document, by line."""
        async with self._database.read() as connection:
            found = [await standing(connection, item) for item in await items.of_document(connection, document)]
        return await self._seen(sorted(found, key=lambda each: each.item.line), viewer)

    async def _seen(self, found: Iterable[Standing], viewer: Actor) -> list[Standing]:
        hidden: dict[str, bool] = {"": False}
        seen = []
        for each in found:
            about = each.item.incident_id
            if about not in hidden:
                hidden[about] = await self._is_hidden(about, viewer)
            if not hidden[about]:
                may = tuple(sorted(self._able(each.item)))
                seen.append(masked(each, self._redactor).model_copy(update={"able": may}))
        return seen

    async def _is_hidden(self, incident_id: str, viewer: Actor) -> bool:
        try:
            await self._incidents.by_id(incident_id, viewer)
        except NotFound:
            return True
        return False


async def standing(connection: AsyncConnection, item: TrackedItem) -> Standing:
    """An item with what belongs to it."""
    change = await changes.newest(connection, item.id)
    return Standing(
        item=item,
        change=change,
        cost=(await budget.of_run(connection, change.id)).spent if change else 0,
        approval=await approvals.newest(connection, item.id),
        progress=await items.doing(connection, item.id),
    )


def masked(of: Standing, redactor: Redactor) -> Standing:
    """With what looks like a secret taken out of what people see; the change itself stays as it is."""
    change = of.change
    if change is None:
        return of
    edits = tuple(
        Edit(path=each.path, before=_masked(each.before, redactor), after=_masked(each.after, redactor))
        for each in change.edits
    )
    said = {"edits": edits, "summary": redactor.text(change.summary), "rollback": redactor.text(change.rollback)}
    return of.model_copy(update={"change": change.model_copy(update=said), "progress": redactor.text(of.progress)})


def _masked(text: str | None, redactor: Redactor) -> str | None:
    return None if text is None else redactor.text(text)


async def _named(connection: AsyncConnection, ref: str) -> TrackedItem | None:
    if (item := await items.get(connection, ref)) is not None:
        return item
    if (asked := await approvals.get(connection, ref)) is not None:
        return await items.get(connection, asked.item_id)
    match = _REF.fullmatch(ref)
    if match is None:
        return None
    letter, number = (match[1] or "").upper(), int(match[2])
    if letter != "T" and (asked := await approvals.by_number(connection, number)) is not None:
        return await items.get(connection, asked.item_id)
    return await items.by_number(connection, number) if letter != "A" else None
