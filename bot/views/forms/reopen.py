"""The reopen form: why it is not over."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Reopen
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    question = text_input(
        Form.REOPEN,
        Field.REASON,
        "Why is it not over?",
        initial=memory.draft,
        hint="It goes to the room and into the issue.",
    )
    return form(Form.REOPEN, f"Reopen {incident.key}", "Reopen", memory, [question])


def read(view: View, actor: Actor) -> Reopen:
    """Raises Refused, by field."""
    answers = Answers(view)
    said = answers.text(Field.REASON, "Say why, so that others can follow.")
    answers.check()
    memory = answers.memory
    return Reopen(actor=actor, channel=memory.channel, incident=memory.incident, reason=said)
