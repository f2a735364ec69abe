"""Clocks that tests move: nothing here waits for time to pass."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

START = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self._at = at

    def now(self) -> datetime:
        return self._at

    def advance(self, seconds: float) -> None:
        self._at += timedelta(seconds=seconds)


class FileClock:
    """Reads the time from a file that another process writes: seconds to add to the machine's own clock."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        ahead = float(self._path.read_text() or 0) if self._path.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=ahead)
