"""What follows outside when people answer what agents found; how far an investigation is, its own message shows."""

from collections.abc import Callable, Mapping

from bot.incident.model import EventKind
from bot.incident.wanted import Happened, Wanted, has_room, line


def _among_us(it: Happened) -> list[Wanted]:
    """A line in its room, where members are among themselves; the alerts channel has guests too."""
    return line(it) if has_room(it.incident) else []


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.FINDINGS_WRONG: _among_us,
    EventKind.COMMAND_RUN: line,
}
