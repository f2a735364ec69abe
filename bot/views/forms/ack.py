"""The acknowledgement as a form, for whoever named no incident: it asks nothing but *yes*."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Acknowledge
from bot.views.blocks import section
from bot.views.card import headline
from bot.views.forms.parts import Answers, Memory, View, form
from bot.views.ids import Form


def build(incident: Incident, memory: Memory) -> View:
    """One sentence and a button."""
    words = f"{headline(incident)}\nYou have seen it and are on it; whoever waits for that hears so."
    return form(Form.ACK, f"Acknowledge {incident.key}"[:24], "Acknowledge", memory, [section(words)])


def read(view: View, actor: Actor) -> Acknowledge:
    """Nothing can be wrong in it."""
    memory = Answers(view).memory
    return Acknowledge(actor=actor, channel=memory.channel, incident=memory.incident)
