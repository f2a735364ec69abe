"""The impact form: whom it hurts, and how, part by part."""

from bot.incident.facts import IMPACT_PARTS
from bot.incident.model import Actor, Impact, Incident
from bot.incident.requests import AssessImpact
from bot.views.blocks import context
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form

_EXAMPLES = {
    "users": "About 40 people cannot sign in.",
    "services": "Nextcloud and everything that signs in through it.",
    "data": "None lost; uploads since 14:00 may be missing.",
    "security": "No sign of any.",
    "business": "Nobody can work on the release.",
}


def build(incident: Incident, memory: Memory) -> View:
    """The form, with what is known already."""
    blocks = [
        text_input(
            Form.IMPACT,
            Field(part),
            label,
            initial=getattr(incident.impact, part),
            optional=True,
            example=_EXAMPLES[part],
        )
        for part, label in IMPACT_PARTS.items()
    ]
    where = "its members" if incident.private else "everybody who sees the card"
    return form(Form.IMPACT, f"Impact of {incident.key}", "Save", memory, [*blocks, context(f"Read by {where}.")])


def read(view: View, actor: Actor) -> AssessImpact:
    """Everything may be left empty."""
    answers = Answers(view)
    memory, said = answers.memory, {part: answers.text(Field(part)) for part in IMPACT_PARTS}
    return AssessImpact(
        actor=actor, channel=memory.channel, incident=memory.incident, impact=Impact.model_validate(said)
    )
