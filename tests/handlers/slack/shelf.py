"""Post-mortems in memory, as the handlers read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.postmortem.card import Card
from bot.postmortem.document.model import Part, Written
from bot.postmortem.model import Reading
from bot.postmortem.passages import Hit


@dataclass
class Shelf:
    """Documents in memory, and what was written of every incident's."""

    stored: Sequence[Card] = ()
    read: Sequence[Reading] = ()
    hits: Sequence[Hit] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    parts: dict[Part, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def cards(self) -> Sequence[Card]:
        return self.stored

    async def text(self, name: str) -> str | None:
        return self.texts.get(name)

    async def readings(self) -> Sequence[Reading]:
        return self.read

    async def search(self, words: str) -> Sequence[Hit]:
        self.asked.append(words)
        return self.hits

    async def written(self, incident_id: str) -> Written:
        return Written(parts=self.parts)
