"""Which namespaces an incident is about, whose each workload in them is, and asking all of them side by side."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from bot.errors import HoldfastError
from bot.evidence.model import BAD, CHANGES, Piece
from bot.incident.catalogue import Service
from bot.sources.source import About, Found

#: As many namespaces are looked at, the nearest first; as many at once.
NAMESPACES, AT_ONCE = 12, 6
_LABEL = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")


@dataclass(frozen=True)
class Scope:
    """One namespace (empty: all of them), and the services that are in it."""

    namespace: str
    services: tuple[Service, ...] = ()

    def service(self, workload: str) -> str:
        """Whose a workload is: the only service here, or the one whose name it bears; empty where nobody knows."""
        if len(self.services) == 1:
            return self.services[0].name
        named = [each for each in self.services if _bears(workload, _plain(each.name))]
        return max(named, key=lambda each: len(each.name)).name if named else ""


def scopes(about: About) -> tuple[Scope, ...]:
    """The namespaces of the service and of all that it needs, the nearest first.

    Where nobody knows the service, it may be anywhere.
    """
    if not about.services:
        return (Scope(""),)
    wanted = dict.fromkeys(namespace for each in about.services if (namespace := _namespace(each)))
    rows = (*about.catalogue.services, *(each for each in about.services if each not in about.catalogue.services))
    return tuple(Scope(namespace, tuple(row for row in rows if _namespace(row) == namespace)) for namespace in wanted)[
        :NAMESPACES
    ]


async def ask_each(asked: Iterable[Callable[[], Awaitable[Found]]]) -> Found:
    """All that is found, side by side; the first is about the service itself. What fails in one place says so.

    It is raised where, without it, nothing found would look as if nothing were wrong.
    """
    turn = asyncio.Semaphore(AT_ONCE)

    async def one(ask: Callable[[], Awaitable[Found]]) -> Found | HoldfastError:
        async with turn:
            try:
                return await ask()
            except HoldfastError as error:
                return error

    async with asyncio.TaskGroup() as group:  # what nobody expected ends all of them
        tasks = [group.create_task(one(ask)) for ask in asked]
    answers = [task.result() for task in tasks]
    found = [each for each in answers if isinstance(each, Found)]
    failed = [each for each in answers if isinstance(each, HoldfastError)]
    pieces: list[Piece] = [piece for each in found for piece in each.pieces]
    own = isinstance(answers[0], Found)
    if failed and not any(own or piece.grade in BAD or piece.kind in CHANGES for piece in pieces):
        raise failed[0]
    return Found(pieces, together([*(each.sentence for each in found), *(each.sentence for each in failed)]))


def together(sentences: Sequence[str]) -> str:
    """Each sentence once, in order."""
    return " ".join(dict.fromkeys(sentence for sentence in sentences if sentence))


def _namespace(service: Service) -> str:
    """As the catalogue says; else its name, as a namespace would be called; empty where none could be."""
    name = service.namespace or _plain(service.name)
    return name if _LABEL.fullmatch(name) else ""


def _plain(name: str) -> str:
    """`Mail (email, roundcube)` as `mail`."""
    return re.sub(r"[\s_-]+", "-", name.split("(", 1)[0].strip().casefold()).strip("-")


def _bears(workload: str, service: str) -> bool:
    return bool(service) and (workload == service or workload.startswith(f"{service}-"))
