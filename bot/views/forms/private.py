"""The private form: why, and what it does and cannot undo."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import MakePrivate
from bot.views.blocks import context
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form

CANNOT = (
    "Cannot be undone: there is no way back, whoever has read it has read it, what people wrote in the room, and "
    "its former topic, stay there, mails that GitHub sent are out, and GitHub keeps the history of edits of an issue."
)


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    blocks = [
        text_input(Form.PRIVATE, Field.REASON, "Why?", initial=memory.draft, hint="Its members read this."),
        context(
            "A private room is opened for those who have a part in it. The announcement and the issue say only that "
            "it has moved; what was mirrored there is taken away; it leaves every list.",
            CANNOT,
        ),
    ]
    return form(Form.PRIVATE, f"Make {incident.key} private", "Make private", memory, blocks)


def read(view: View, actor: Actor) -> MakePrivate:
    """Raises Refused, by field."""
    answers = Answers(view)
    reason = answers.text(Field.REASON, "Say why, in a few words.")
    answers.check()
    memory = answers.memory
    return MakePrivate(actor=actor, channel=memory.channel, incident=memory.incident, reason=reason)
