"""The decline form: what was checked, in words for the reporter."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Decline
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    question = text_input(
        Form.DECLINE, Field.CHECKED, "What did you check?", initial=memory.draft, hint="The reporter reads this."
    )
    return form(Form.DECLINE, f"Decline {incident.key}", "Decline", memory, [question])


def read(view: View, actor: Actor) -> Decline:
    """Raises Refused, by field."""
    answers = Answers(view)
    said = answers.text(Field.CHECKED, "Say what you checked; the reporter reads it.")
    answers.check()
    memory = answers.memory
    return Decline(actor=actor, channel=memory.channel, incident=memory.incident, checked=said)
