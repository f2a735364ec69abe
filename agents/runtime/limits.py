"""What bounds the work of an agent: time, turns and the room that a model has for a conversation."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.clock import Clock

#: After this part of its time an agent looks no further, so that its answer comes in time.
_LOOKING = 0.7
#: Of the room that a model has, this much may be used before the answer is asked for.
_ROOM = 0.6
#: The longest that one request may take, in seconds.
LONGEST_CALL = 180.0


@dataclass(frozen=True)
class Limit:
    """Until when an agent may look, and until when it has to have answered."""

    clock: Clock
    looks: datetime
    ends: datetime

    def left(self, *, last: bool) -> float:
        """Seconds for looking, or for the last turn; may be negative."""
        return ((self.ends if last else self.looks) - self.clock.now()).total_seconds()


def limit(clock: Clock, seconds: float) -> Limit:
    """From now on."""
    now = clock.now()
    return Limit(clock, now + timedelta(seconds=seconds * _LOOKING), now + timedelta(seconds=seconds))


def is_full(model: str, prompt: int) -> bool:
    """Whether a conversation of so many tokens leaves too little room to go on."""
    return prompt > _ROOM * window(model)


def window(model: str) -> int:
    """How many tokens a model has room for."""
    return 200_000 if is_former(model) else 1_000_000


def is_former(model: str) -> bool:
    """Whether a model is of those that neither think adaptively nor take an effort."""
    return model.startswith(("claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5"))
