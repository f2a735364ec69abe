"""The role form: a part in the incident, taken or left, by oneself or for somebody."""

from collections.abc import Sequence

from bot.incident.model import Actor, Incident
from bot.incident.requests import PlayRole
from bot.incident.roles import Role
from bot.views.blocks import context, safe
from bot.views.forms.parts import Answers, Choice, Memory, View, form, person, select
from bot.views.ids import Field, Form

_TAKES, _LEAVES = Choice(id="takes", label="takes this part"), Choice(id="leaves", label="leaves this part")


def build(incident: Incident, memory: Memory, roles: Sequence[Role]) -> View:
    """The form; each role's duties stand below it."""
    choices = [Choice(id=role.id, label=role.name) for role in roles]
    duties = [f"*{safe(role.name, 80)}* {safe(' '.join(role.duties), 400)}" for role in roles]
    blocks = [
        select(Form.ROLE, Field.ROLE, "Which part?", choices, initial=memory.draft),
        person(Form.ROLE, Field.PERSON, "Who? Left empty: you.", "", optional=True),
        select(Form.ROLE, Field.LEAVE, "What changes?", (_TAKES, _LEAVES), initial=_TAKES.id),
        context(*duties),
    ]
    return form(Form.ROLE, f"Parts in {incident.key}", "Change", memory, blocks)


def read(view: View, actor: Actor) -> PlayRole:
    """Raises Refused, by field. Nobody named means the actor."""
    answers = Answers(view)
    role = answers.choice(Field.ROLE, "Choose a part.")
    who = answers.choice(Field.PERSON) or actor
    answers.check()
    memory = answers.memory
    leaves = answers.choice(Field.LEAVE) == _LEAVES.id
    return PlayRole(actor=actor, channel=memory.channel, incident=memory.incident, role=role, person=who, leave=leaves)
