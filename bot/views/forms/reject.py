"""The form that says why a change is not wanted; whoever prepares it next reads it."""

from bot.incident.model import Actor
from bot.incident.requests_changes import Reject
from bot.views.forms.parts import Answers, Memory, View, form, text_input
from bot.views.ids import Field, Form


def build(memory: Memory) -> View:
    """The form; `memory.approval` is what is said no to."""
    question = text_input(
        Form.REJECT,
        Field.REASON,
        "Why not?",
        initial=memory.draft,
        example="The threshold is too low; it would fire every night.",
        hint="Whoever prepares it next reads this, and so does everybody who looks at it.",
    )
    return form(Form.REJECT, "Reject", "Reject it", memory, [question])


def read(view: View, actor: Actor) -> Reject:
    """Raises Refused, by field."""
    answers = Answers(view)
    reason = answers.text(Field.REASON, "Say why; one sentence is enough.")
    answers.check()
    return Reject(actor=actor, channel=answers.memory.channel, approval=answers.memory.approval, reason=reason)
