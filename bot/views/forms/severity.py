"""The severity form: another level of the incident's scheme, with the reason."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import ChangeSeverity
from bot.incident.schemes import level_of, scheme
from bot.views.blocks import context
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form, with each level's criteria below it."""
    levels = scheme(incident.scheme).levels
    choices = [Choice(id=level.id, label=level.title) for level in levels]
    blocks = [
        select(Form.SEVERITY, Field.SEVERITY, "Severity", choices, initial=level_of(incident).id),
        text_input(Form.SEVERITY, Field.REASON, "Why?", initial=memory.draft),
        context(*(f"*{level.title}* {level.criteria}" for level in levels)),
    ]
    return form(Form.SEVERITY, f"Severity of {incident.key}", "Change", memory, blocks)


def read(view: View, actor: Actor) -> ChangeSeverity:
    """Raises Refused, by field."""
    answers = Answers(view)
    level = answers.choice(Field.SEVERITY, "Choose a severity.")
    reason = answers.text(Field.REASON, "Say why, so that others can follow.")
    answers.check()
    memory = answers.memory
    return ChangeSeverity(actor=actor, channel=memory.channel, incident=memory.incident, severity=level, reason=reason)
