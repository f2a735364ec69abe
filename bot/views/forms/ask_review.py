"""The form that asks people to read a post-mortem before it is published."""

from collections.abc import Sequence

from bot.incident.model import Actor, Incident
from bot.incident.requests_postmortem import AskReview
from bot.views.blocks import context, quoted
from bot.views.forms.parts import Answers, Memory, View, form, several
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory, people: Sequence[Actor] = ()) -> View:
    """The form; `people` were named already, and `memory.draft` is what else was typed."""
    asks = several(
        Form.ASK_REVIEW,
        Field.PEOPLE,
        "Who shall read it?",
        people,
        hint="They get it in a direct message, and agree or say what should change.",
    )
    typed = [context(f"You typed:\n{quoted(memory.draft, 1500)}")] if memory.draft else []
    return form(Form.ASK_REVIEW, f"Review of {incident.key}", "Ask", memory, [asks, *typed])


def read(view: View, actor: Actor) -> AskReview:
    """Raises Refused, by field."""
    answers = Answers(view)
    people = answers.people(Field.PEOPLE, "Choose who shall read it.")
    answers.check()
    memory = answers.memory
    return AskReview(actor=actor, channel=memory.channel, incident=memory.incident, people=people)
