"""The resolve form: what fixed it, the cause where known, and when it was over."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import Resolve
from bot.views.forms.parts import Answers, Memory, View, form, moment, text_input
from bot.views.ids import Field, Form


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    blocks = [
        text_input(
            Form.RESOLVE,
            Field.FIX,
            "What fixed it?",
            initial=memory.draft,
            example="Restarted the database and raised its connection limit.",
            hint="The reporter gets this." if incident.private else "The reporter and the issue get this.",
        ),
        text_input(
            Form.RESOLVE, Field.CAUSE, "What was the cause?", optional=True, hint="Leave it empty if not known."
        ),
        moment(Form.RESOLVE, Field.ENDED, "When was it over?", None, optional=True, hint="Left empty: now."),
    ]
    return form(Form.RESOLVE, f"Resolve {incident.key}", "Resolve", memory, blocks)


def read(view: View, actor: Actor) -> Resolve:
    """Raises Refused, by field. A time left empty means now."""
    answers = Answers(view)
    fix = answers.text(Field.FIX, "Say what fixed it, or that it went away by itself.")
    ended = answers.moment(Field.ENDED)
    answers.check()
    memory = answers.memory
    return Resolve(
        actor=actor,
        channel=memory.channel,
        incident=memory.incident,
        fix=fix,
        cause=answers.text(Field.CAUSE),
        ended=ended,
    )
