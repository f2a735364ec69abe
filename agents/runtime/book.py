"""The evidence of one run, kept in the database as it grows, so that what is cited is there after a crash."""

import asyncio
from datetime import datetime

from bot.evidence.model import Evidence, Piece, Window, extended
from bot.storage import investigations
from bot.storage.db import Database


class NoBook:
    """For a run whose tools show nothing that is to be cited: no piece is kept, and none has an id."""

    def __init__(self, at: datetime) -> None:
        self._evidence = Evidence(window=Window(started=at, detected=at, until=at))

    @property
    def evidence(self) -> Evidence:
        """Nothing."""
        return self._evidence

    async def add(self, piece: Piece) -> str:
        """It has no id."""
        return ""


class InvestigationBook:
    """The evidence of an investigation. Agents add to it side by side; a piece has the id that was given first."""

    def __init__(self, database: Database, investigation_id: str, evidence: Evidence) -> None:
        self._database = database
        self._id = investigation_id
        self._evidence = evidence
        self._lock = asyncio.Lock()

    @property
    def evidence(self) -> Evidence:
        """All of it, as of now."""
        return self._evidence

    async def add(self, piece: Piece) -> str:
        """Keep a piece, and return its id; what is known already has the id it had. It is stored before anybody sees
        its id.
        """
        async with self._lock:
            grown = extended(self._evidence, [piece])
            if grown != self._evidence:
                async with self._database.write() as connection:
                    await investigations.save_evidence(connection, self._id, grown)
                self._evidence = grown
            known = self._evidence.known(piece)
            assert known is not None
            return known.id
