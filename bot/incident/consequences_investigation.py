"""What follows outside when people answer what agents found; how far an investigation is, its own message shows."""

from collections.abc import Callable, Mapping

from bot.incident.model import EventKind
from bot.incident.wanted import Happened, Landmark, Wanted, has_room, line, post, where


def _said(what: str) -> Callable[[Happened], list[Wanted]]:
    """A message about one investigation, where people work on the incident."""

    def follows(it: Happened) -> list[Wanted]:
        wanted = post(what, where(it.incident), needs=Landmark.CARD, event=it.number)
        which = {"investigation": it.event.data.get("investigation", "")}
        return [wanted.model_copy(update={"request": wanted.request | which})]

    return follows


def _among_us(it: Happened) -> list[Wanted]:
    """A line in its room, where members are among themselves; the alerts channel has guests too."""
    return line(it) if has_room(it.incident) else []


FOLLOWS: Mapping[EventKind, Callable[[Happened], list[Wanted]]] = {
    EventKind.INVESTIGATION_BEGUN: _said("investigation"),
    EventKind.INVESTIGATION_ENDED: _said("findings"),
    EventKind.INVESTIGATION_STOPPED: _said("findings"),
    EventKind.FINDINGS_WRONG: _among_us,
    EventKind.SUGGESTED_HEALTHY: _among_us,
    EventKind.COMMAND_RUN: line,
}
