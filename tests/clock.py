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
    """The machine's own clock and what a file adds to it, in seconds, for all processes that read the file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._ahead())

    def advance(self, seconds: float) -> None:
        """For everybody, and never half written."""
        new = self.path.with_suffix(".new")
        new.write_text(str(self._ahead() + seconds))
        new.replace(self.path)

    def _ahead(self) -> float:
        return float(self.path.read_text()) if self.path.exists() else 0.0
