"""What the room hears of its alerts: that all have stopped, and whether it is over."""

from bot.incident.model import Event, Incident
from bot.views.blocks import Rendered, actions, button, safe, when
from bot.views.ids import Click
from bot.views.messages import say
from bot.views.words import marks


def stopped(incident: Incident, event: Event) -> Rendered | None:
    """The suggestion, with its one button; None where somebody has ended it meanwhile."""
    if not incident.is_open:
        return None
    last = f"the last one was {safe(event.data.get('alert', ''), 300)}, {when(event.at)}"
    text = f"{marks(incident)}*{incident.key}*: every alert has stopped; {last}. Does it work again?"
    return say(text, actions(button("Resolve", Click.RESOLVE, incident.id)))
