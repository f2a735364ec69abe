"""Keeps the workspace in one SQLite table, so that a restarted demo shows what it showed before."""

import json
import sqlite3
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from bot.workspace.slack.model import Channel, File, Message, Person, View

Kept = Person | Channel | Message | View | File
T = TypeVar("T", Person, Channel, Message, View, File)


class Store:
    """Objects as JSON by kind and id. Without a path nothing is written and nothing is found."""

    def __init__(self, path: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute("CREATE TABLE IF NOT EXISTS slack (kind TEXT, id TEXT, body TEXT, PRIMARY KEY (kind, id))")

    def put(self, thing: Kept) -> None:
        """Write one object, new or changed."""
        if self._db is not None:
            row = (type(thing).__name__, thing.id, json.dumps(asdict(thing)))
            self._db.execute("INSERT OR REPLACE INTO slack VALUES (?, ?, ?)", row)

    def drop(self, thing: Kept) -> None:
        """Forget one object."""
        if self._db is not None:
            self._db.execute("DELETE FROM slack WHERE kind = ? AND id = ?", (type(thing).__name__, thing.id))

    def all(self, kind: type[T]) -> list[T]:
        """Every object of a kind, in the order of their ids."""
        if self._db is None:
            return []
        rows = self._db.execute("SELECT body FROM slack WHERE kind = ? ORDER BY id", (kind.__name__,))
        bodies: list[dict[str, Any]] = [json.loads(body) for (body,) in rows]
        return [kind(**body) for body in bodies]

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
