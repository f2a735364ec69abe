"""Keeps the repository in one SQLite table, so that issues survive a restart of the demo."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot.workspace.github.model import Json


class Store:
    """JSON by kind and key. Without a path nothing is written and nothing is found."""

    def __init__(self, path: Path | None) -> None:
        self._db: sqlite3.Connection | None = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = OFF")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS github (kind TEXT, key TEXT, body TEXT, PRIMARY KEY (kind, key))"
            )

    def save(self, kind: str, key: str, value: Json) -> None:
        """Write one thing, new or changed."""
        if self._db is not None:
            self._db.execute("INSERT OR REPLACE INTO github VALUES (?, ?, ?)", (kind, key, json.dumps(value)))

    def all(self) -> Iterator[tuple[str, str, Json]]:
        """Everything kept."""
        if self._db is not None:
            for kind, key, body in self._db.execute("SELECT kind, key, body FROM github ORDER BY rowid"):
                yield kind, key, json.loads(body)

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
