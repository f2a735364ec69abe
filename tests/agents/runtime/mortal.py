"""A process that can die: its database does nothing any more from then on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.db import Database


class Killed(BaseException):
    """The process is gone."""


class Mortal(Database):
    """A database in a process that dies with its nth writing, before or after it is committed, and then does nothing.

    Counts from 1; 0: it lives.
    """

    def __init__(self, database: Database, dies: int, *, committed: bool) -> None:
        super().__init__(database.engine)
        self.writings = 0
        self._dies = dies
        self._committed = committed

    def is_dead(self) -> bool:
        """Whether nothing is done any more."""
        return 0 < self._dies <= self.writings

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        if self.is_dead():
            raise Killed
        async with super().write() as connection:
            yield connection
            self.writings += 1
            if self.is_dead() and not self._committed:
                raise Killed
        if self.is_dead():
            raise Killed

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        if self.is_dead():
            raise Killed
        async with super().read() as connection:
            yield connection
