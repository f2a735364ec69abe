"""The merge form: which incident it is the same as."""

from collections.abc import Sequence

from bot.incident.model import Actor, Incident
from bot.incident.requests import Merge
from bot.views.blocks import context
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory, others: Sequence[Incident]) -> View:
    """The form; `others` are the open incidents that the person may see."""
    choices = [Choice(id=each.key, label=f"{each.key} {each.title}") for each in others if each.id != incident.id][:100]
    question, (first, _, rest) = "Which one is it the same as?", memory.draft.partition(" ")
    named = first.upper() if first.upper() in {choice.id for choice in choices} else ""
    known = [select(Form.MERGE, Field.INTO, question, choices, initial=named)] if choices else []
    typed = text_input(Form.MERGE, Field.INTO, question, lines=False, example="INC-7")
    blocks = [
        *(known or [typed]),
        text_input(Form.MERGE, Field.NOTE, "Anything to add?", initial=rest if named else memory.draft, optional=True),
        context(
            f"{incident.key} ends; the other one goes on for both. Both timelines stay, and its reporters and lead "
            "are told where it goes on."
        ),
    ]
    return form(Form.MERGE, f"Merge {incident.key}", "Merge", memory, blocks)


def read(view: View, actor: Actor) -> Merge:
    """Raises Refused, by field."""
    answers = Answers(view)
    into = answers.choice(Field.INTO) or answers.text(Field.INTO, "Name the other incident, such as INC-7.")
    answers.check()
    memory = answers.memory
    return Merge(
        actor=actor, channel=memory.channel, incident=memory.incident, into=into, note=answers.text(Field.NOTE)
    )
