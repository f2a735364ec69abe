"""The form that says what an action item is, where its document does not."""

from bot.incident.model import Actor
from bot.incident.requests_changes import SetType
from bot.postmortem.model import Kind
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select
from bot.views.ids import Field, Form

#: What each type leads to.
_MEANS = {
    Kind.ALERT: "Alert: a rule that fires",
    Kind.CONFIG: "Config: a setting",
    Kind.MONITOR: "Monitor: a check from outside",
    Kind.ARCHITECTURE: "Architecture: always two clicks",
    Kind.INVESTIGATION: "Investigation: something to find out",
    Kind.MIGRATION: "Migration: always two clicks",
    Kind.RUNBOOK: "Runbook: a document",
}


def build(memory: Memory) -> View:
    """The form; `memory.item` is the item."""
    choices = [Choice(id=kind.value, label=label) for kind, label in _MEANS.items()]
    hint = "It is asked about again as what you choose; nothing happens without another click."
    return form(
        Form.SET_TYPE,
        "Set its type",
        "Set",
        memory,
        [select(Form.SET_TYPE, Field.TYPE, "What is it?", choices, hint=hint)],
    )


def read(view: View, actor: Actor) -> SetType:
    """Raises Refused, by field."""
    answers = Answers(view)
    kind = answers.choice(Field.TYPE)
    if kind not in [each.value for each in Kind]:
        answers.wrong[Field.TYPE] = "Choose a type."
    answers.check()
    return SetType(actor=actor, channel=answers.memory.channel, item=answers.memory.item, kind=kind)
