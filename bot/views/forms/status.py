"""The status form: to another stage of work."""

from bot.incident.lifecycle import stages
from bot.incident.model import Actor, Incident, State
from bot.incident.requests import ChangeStatus
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select, text_input
from bot.views.ids import Field, Form
from bot.views.words import STATES


def build(incident: Incident, memory: Memory) -> View:
    """The form; for an incident that is being worked on."""
    choices = [Choice(id=state, label=STATES[state]) for state in stages(incident) or (State.INVESTIGATING,)]
    first, _, rest = memory.draft.partition(" ")
    named = first.casefold() if first.casefold() in {choice.id for choice in choices} else ""
    blocks = [
        select(
            Form.STATUS,
            Field.STATE,
            "How far are we?",
            choices,
            initial=named,
            hint=f"Now: {STATES[incident.state]}. To end it use Resolve; it asks what fixed it.",
        ),
        text_input(Form.STATUS, Field.NOTE, "Anything to add?", initial=rest if named else memory.draft, optional=True),
    ]
    return form(Form.STATUS, f"Status of {incident.key}", "Change", memory, blocks)


def read(view: View, actor: Actor) -> ChangeStatus:
    """Raises Refused, by field."""
    answers = Answers(view)
    state = answers.choice(Field.STATE)
    if state not in set(State):
        answers.wrong[Field.STATE] = "Choose a status."
    answers.check()
    memory = answers.memory
    return ChangeStatus(
        actor=actor,
        channel=memory.channel,
        incident=memory.incident,
        state=State(state),
        note=answers.text(Field.NOTE),
    )
