"""The form that says what is wrong with what an investigation found; the next one reads it as evidence."""

from bot.incident.model import Actor, Incident
from bot.incident.requests_investigation import Wrong
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.investigation` is the one that is wrong."""
    question = text_input(
        Form.WRONG,
        Field.REASON,
        "What is not so?",
        initial=memory.draft,
        example="The node was replaced before it began, and its disk is new.",
        hint="It stands on the timeline, and whoever looks next takes it into account.",
    )
    return form(Form.WRONG, f"Wrong: {incident.key}", "Send", memory, [question])


def read(view: View, actor: Actor) -> Wrong:
    """Raises Refused, by field."""
    answers = Answers(view)
    reason = answers.text(Field.REASON, "Say what is not so; one sentence is enough.")
    answers.check()
    memory = answers.memory
    about = {"actor": actor, "channel": memory.channel, "incident": memory.incident}
    return Wrong(**about, investigation=memory.investigation, reason=reason)
