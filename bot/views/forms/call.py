"""The call form: whom to ask to come, and why."""

from collections.abc import Sequence

from bot.errors import Refused
from bot.incident.model import Actor, Incident
from bot.incident.requests import Call
from bot.incident.roles import LEAD, Role
from bot.views.forms.parts import Answers, Choice, Memory, View, form, person, select, text_input
from bot.views.ids import Field, Form

_NOBODY = "Choose a person, or a part that somebody plays."


def build(incident: Incident, memory: Memory, roles: Sequence[Role]) -> View:
    """The form; `memory.draft` is what was typed already."""
    choices = [Choice(id=role.id, label=role.name) for role in (LEAD, *roles)]
    blocks = [
        person(Form.CALL, Field.PERSON, "Whom?", "", optional=True),
        select(Form.CALL, Field.ROLE, "Or everybody who plays a part", choices, optional=True),
        text_input(Form.CALL, Field.REASON, "What for?", initial=memory.draft, optional=True, hint="They read it."),
    ]
    return form(Form.CALL, f"Call somebody to {incident.key}"[:24], "Call", memory, blocks)


def read(view: View, actor: Actor) -> Call:
    """Raises Refused, by field."""
    answers = Answers(view)
    whom, role = answers.choice(Field.PERSON), answers.choice(Field.ROLE)
    if not whom and not role:
        raise Refused(_NOBODY, {Field.PERSON: _NOBODY})
    memory, reason = answers.memory, answers.text(Field.REASON)
    return Call(actor=actor, channel=memory.channel, incident=memory.incident, person=whom, role=role, reason=reason)
