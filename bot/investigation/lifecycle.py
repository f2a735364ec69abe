"""Which moves an investigation can make: one table; what is not in it is refused."""

from bot.errors import Refused
from bot.investigation.model import State

MOVES: dict[State, frozenset[State]] = {
    # done at once: what was asked for the written record, where no model may look
    State.ASKED: frozenset({State.COLLECTING, State.DONE, State.STOPPED, State.FAILED}),
    State.COLLECTING: frozenset({State.LOOKING, State.DONE, State.STOPPED, State.FAILED}),
    State.LOOKING: frozenset({State.DONE, State.STOPPED, State.FAILED}),
    State.DONE: frozenset(),
    State.STOPPED: frozenset(),
    State.FAILED: frozenset(),
}


def move(now: State, to: State) -> State:
    """The state after. Raises Refused where there is no such move."""
    if to not in MOVES[now]:
        raise Refused(f"This investigation is over ({now.value})." if not MOVES[now] else f"It is {now.value}.")
    return to
