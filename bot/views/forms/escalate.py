"""The escalation form: what is needed that nobody here can do."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Escalate
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    question = text_input(
        Form.ESCALATE,
        Field.REASON,
        "What do you need?",
        initial=memory.draft,
        example="Nobody here can restart the storage node.",
        hint="The owner and the room read this.",
    )
    return form(Form.ESCALATE, f"Escalate {incident.key}", "Escalate", memory, [question])


def read(view: View, actor: Actor) -> Escalate:
    """Raises Refused, by field."""
    answers = Answers(view)
    reason = answers.text(Field.REASON, "Say what you need; one sentence is enough.")
    answers.check()
    memory = answers.memory
    return Escalate(actor=actor, channel=memory.channel, incident=memory.incident, reason=reason)
