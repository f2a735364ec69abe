"""Who does not answer is left alone for a while: a circuit breaker for each model, in memory."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

#: So many failures in a row, and a model is left alone for so long; then one request finds out.
FAILURES = 3
PAUSE = timedelta(seconds=60)


@dataclass
class _State:
    failures: int = 0
    until: datetime | None = None


class Breakers:
    """One for all runs of a process."""

    def __init__(self, failures: int = FAILURES, pause: timedelta = PAUSE) -> None:
        self._failures = failures
        self._pause = pause
        self._states: defaultdict[str, _State] = defaultdict(_State)

    def lets(self, model: str, now: datetime) -> bool:
        """Whether it may be asked. After the pause this is so for one; the others wait for what becomes of it."""
        state = self._states[model]
        if state.until is None:
            return True
        if now < state.until:
            return False
        state.until = now + self._pause
        return True

    def failed(self, model: str, now: datetime) -> None:
        """It did not answer."""
        state = self._states[model]
        state.failures += 1
        if state.failures >= self._failures:
            state.until = now + self._pause

    def answered(self, model: str) -> None:
        """It did."""
        self._states.pop(model, None)
