"""The reporter's form when it is still broken: what they still see."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Confirm
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    question = text_input(
        Form.CONFIRM,
        Field.WORDS,
        "What do you still see?",
        initial=memory.draft,
        hint="The incident is opened again with your words.",
    )
    return form(Form.CONFIRM, f"Still broken: {incident.key}", "Send", memory, [question])


def read(view: View, actor: Actor) -> Confirm:
    """Raises Refused, by field."""
    answers = Answers(view)
    said = answers.text(Field.WORDS, "Say what you still see; one sentence is enough.")
    answers.check()
    memory = answers.memory
    return Confirm(actor=actor, channel=memory.channel, incident=memory.incident, works=False, words=said)
