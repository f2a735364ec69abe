"""SQLite with one trip to its thread for each statement: aiosqlite makes four (cursor, execute, fetch, close)."""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Self

import aiosqlite

#: How many rows aiosqlite takes at a time where it is asked for some: nobody asks here.
_CHUNK = 64
Values = Sequence[Any]  # Any: whatever SQLite takes and gives


class Cursor:
    """What SQLAlchemy asks of a cursor. It waits for the statement alone: its rows come with it."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection
        self._rows: list[Values] = []
        self.description: Any = None  # Any: as in PEP 249
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, sql: str, values: Values = ()) -> Self:
        """Raises sqlite3.Error."""
        await self._connection.visit(lambda cursor: cursor.execute(sql, values), self._take)
        return self

    async def executemany(self, sql: str, values: Sequence[Values]) -> Self:
        """Raises sqlite3.Error."""
        await self._connection.visit(lambda cursor: cursor.executemany(sql, values), self._take)
        return self

    async def fetchall(self) -> list[Values]:
        """All rows, once."""
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        """Forget the rows; SQLite's own cursor is closed already."""
        self._rows = []

    def _take(self, cursor: sqlite3.Cursor) -> None:
        """In the thread: keep everything that a closed cursor no longer tells."""
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        self._rows = cursor.fetchall() if cursor.description else []


class Connection(aiosqlite.Connection):
    """aiosqlite's, with our cursors."""

    def cursor(self) -> Cursor:  # type: ignore[override]  # SQLAlchemy enters whatever it is given
        """Costs nothing yet."""
        return Cursor(self)

    async def visit(self, run: Callable[[sqlite3.Cursor], object], take: Callable[[sqlite3.Cursor], None]) -> None:
        """Both, in SQLite's thread, on a cursor that lives no longer. Raises sqlite3.Error."""

        def trip() -> None:
            cursor = self._conn.cursor()
            try:
                run(cursor)
                take(cursor)
            finally:
                cursor.close()

        await self._execute(trip)  # type: ignore[no-untyped-call]  # untyped, and the one way into its thread


def connect(path: str, **options: Any) -> Connection:  # Any: as sqlite3.connect takes them
    """What `await` opens."""
    connection = Connection(lambda: sqlite3.connect(path, **options), _CHUNK)
    connection._thread.daemon = True  # as SQLAlchemy has it: an engine that nobody closed keeps no process alive
    return connection
