"""A reviewer's form: what should change before the post-mortem is published."""

from bot.incident.model import Actor, Incident
from bot.incident.requests_postmortem import AnswerReview
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    question = text_input(
        Form.REVIEW,
        Field.WORDS,
        "What should change?",
        initial=memory.draft,
        hint="Those who work on it read it. They change it, and ask you again.",
    )
    return form(Form.REVIEW, f"Review of {incident.key}", "Send", memory, [question])


def read(view: View, actor: Actor) -> AnswerReview:
    """Raises Refused, by field."""
    answers = Answers(view)
    said = answers.text(Field.WORDS, "Say what should change; one sentence is enough.")
    answers.check()
    memory = answers.memory
    return AnswerReview(actor=actor, channel=memory.channel, incident=memory.incident, approve=False, words=said)
