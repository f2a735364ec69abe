"""What a source of evidence is: a name, and questions that can be asked about an incident."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.errors import Permanent
from bot.evidence.model import Kind, Piece, Window
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import Incident


class NotSetUp(Permanent):
    """There is nothing to ask: the source, or what it needs to know of this service, is not configured."""


@dataclass(frozen=True)
class About:
    """What is asked about. `services` are the catalogue's rows of the service (first, if it is known) and of all that
    it needs, nearest first. `said` is everything that people have said about it.
    """

    incident: Incident
    services: tuple[Service, ...]
    catalogue: Catalogue
    window: Window
    said: str

    @property
    def service(self) -> Service | None:
        """The row of the incident's own service; None where the catalogue does not know it."""
        return self.catalogue.find(self.incident.service)


@dataclass(frozen=True)
class Found:
    """What a question showed. `sentence` is what to know about the answer: `only the first 200 of 900 pods`."""

    pieces: Sequence[Piece] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Question:
    """One question to a source; each is asked on its own, and has its own deadline and health line.

    `asked` is for people (`unhealthy workloads`); `kinds` is what an answer consists of. `ask` raises NotSetUp,
    Temporary or Permanent, with a sentence for people; everything else counts as failed, and stands in the log.
    """

    asked: str
    kinds: tuple[Kind, ...]
    ask: Callable[[About], Awaitable[Found]]


class Source(Protocol):
    """One source of evidence. It only reads."""

    @property
    def name(self) -> str:
        """As people read it: `Kubernetes`."""
        ...

    @property
    def questions(self) -> Sequence[Question]:
        """Everything that can be asked."""
        ...
