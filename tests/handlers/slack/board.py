"""Action items in memory, as the handlers read them."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.change.model import Standing
from bot.errors import NotFound
from bot.storage.change_store import UNSEEN


@dataclass
class Board:
    """What waits, for whoever may see it."""

    standings: Sequence[Standing] = ()
    viewers: Sequence[str] = ("U0ANA",)

    async def waiting(self, viewer: str) -> Sequence[Standing]:
        return self.standings if viewer in self.viewers else ()

    async def by_ref(self, ref: str, viewer: str) -> Standing:
        for each in await self.waiting(viewer):
            names = (each.item.id, each.item.key, each.approval.key if each.approval else "")
            if ref in names:
                return each
        raise NotFound(UNSEEN)

    async def of_document(self, document: str, viewer: str) -> Sequence[Standing]:
        return [each for each in await self.waiting(viewer) if each.item.document == document]
