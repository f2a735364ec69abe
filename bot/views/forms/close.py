"""The close form: nothing is left to do; where something is, it says what, and asks nothing."""

from bot.incident.endings import not_yet
from bot.incident.model import Actor, Incident
from bot.incident.requests import Close
from bot.views.blocks import section
from bot.views.forms.parts import Answers, Memory, View, form, message, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already. Where it cannot be closed yet, what is missing."""
    if why := not_yet(incident):
        return message(f"Close {incident.key}", section(why), memory=memory)
    question = text_input(
        Form.CLOSE,
        Field.NOTE,
        "Anything to add?",
        initial=memory.draft,
        optional=True,
        hint="Closing means that nothing is left to do.",
    )
    return form(Form.CLOSE, f"Close {incident.key}", "Close", memory, [question])


def read(view: View, actor: Actor) -> Close:
    """Raises Refused, by field."""
    answers = Answers(view)
    said = answers.text(Field.NOTE)
    answers.check()
    memory = answers.memory
    return Close(actor=actor, channel=memory.channel, incident=memory.incident, note=said)
