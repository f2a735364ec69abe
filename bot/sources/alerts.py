"""What Alertmanager has told of: alerts that opened or joined an incident of the service, or of what it needs."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

from bot.evidence.model import Grade, Kind, Piece
from bot.incident.model import EventKind
from bot.sources.source import About, Found, NotSetUp, Question
from bot.storage import alerts
from bot.storage.alerts import Told
from bot.storage.db import Database


class AlertSource:
    """Reads what was heard. `listens`: whether Alertmanager can reach us at all."""

    name = "Alertmanager"

    def __init__(self, database: Database, *, listens: bool) -> None:
        self._database = database
        self._listens = listens

    @property
    def questions(self) -> Sequence[Question]:
        """One."""
        return (Question("alerts that it told of", (Kind.ALERT,), self._told),)

    async def _told(self, about: About) -> Found:
        if not self._listens:
            raise NotSetUp("HOLDFAST_WEBHOOK_TOKEN is not set, so Alertmanager tells nothing.")
        since = about.window.start - about.window.spans.releases
        names = [service.name for service in about.services]
        async with self._database.read() as connection:
            told = await alerts.told(connection, about.incident, names, since)
        return Found([piece for _, events in groupby(told, lambda each: each.incident_id) for piece in _pieces(events)])


def _pieces(events: Iterator[Told]) -> Iterator[Piece]:
    """An alert from when it fired until it was told to have stopped. Each name is a piece, as in other sources."""
    firing: dict[str, Told] = {}
    for event in events:
        for name in event.names:
            if event.kind is EventKind.ALERT_FIRED:
                firing.setdefault(name, event)
            elif name in firing:
                yield _piece(name, firing.pop(name), event.at)
    yield from (_piece(name, event) for name, event in firing.items())


def _piece(name: str, fired: Told, ended: datetime | None = None) -> Piece:
    return Piece(
        source=AlertSource.name,
        kind=Kind.ALERT,
        at=fired.at,
        ended=ended,
        title=name,
        text=fired.text,
        service=fired.service,
        subject=f"alert/{name}",
        grade=Grade.CRITICAL,
    )
