"""The lead form: who is in charge from now on."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import TakeLead
from bot.views.blocks import context, who
from bot.views.forms.parts import Answers, Memory, View, form, person
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; it starts with nobody chosen, so that no lead changes by mistake."""
    blocks = [
        person(Form.LEAD, Field.LEAD, "Who leads from now on?", ""),
        context(f"Now: {who(incident.lead)}. The lead decides and speaks; others help."),
    ]
    remembered = memory.model_copy(update={"lead": (incident.lead or "")[:80]})
    return form(Form.LEAD, f"Lead of {incident.key}", "Change", remembered, blocks)


def read(view: View, actor: Actor) -> TakeLead:
    """Raises Refused, by field."""
    answers = Answers(view)
    lead = answers.choice(Field.LEAD, "Choose somebody.")
    answers.check()
    memory = answers.memory
    return TakeLead(
        actor=actor, channel=memory.channel, incident=memory.incident, lead=lead, instead_of=memory.lead or None
    )
