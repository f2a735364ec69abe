"""The only place that asks for the time; everything else is handed a clock, so a moved clock moves everything."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """This instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def monotonic() -> float:
    """Seconds that only ever grow: for how long something took, and for the liveness of a connection."""
    return time.monotonic()
