"""The note form: something for the timeline, when it was, and who may read it."""

from datetime import datetime

from bot.incident.model import Actor, Incident
from bot.incident.requests import Note
from bot.views.forms.parts import Answers, Choice, Memory, View, form, moment, select, text_input
from bot.views.ids import Field, Form

PUBLIC, INTERNAL = "public", "internal"
AUDIENCE = (
    Choice(id=PUBLIC, label="Everybody: it goes into the issue"),
    Choice(id=INTERNAL, label="The people who work on it"),
)


def build(incident: Incident, memory: Memory, at: datetime | None = None) -> View:
    """The form; `memory.draft` and `at` were typed already. What the timeline gets by its own verb is public."""
    blocks = [
        text_input(
            Form.NOTE,
            Field.TEXT,
            "What is to be remembered?",
            initial=memory.draft,
            example="Restarted the database; connections are back.",
        ),
        moment(Form.NOTE, Field.AT, "When was it?", at, optional=True, hint="Left empty: now."),
    ]
    if not (incident.private or incident.test):
        usual = PUBLIC if memory.verb == "timeline" else INTERNAL
        blocks.append(select(Form.NOTE, Field.AUDIENCE, "Who reads it?", AUDIENCE, initial=usual))
    return form(Form.NOTE, f"Note for {incident.key}", "Keep", memory, blocks)


def read(view: View, actor: Actor) -> Note:
    """Raises Refused, by field."""
    answers = Answers(view)
    text = answers.text(Field.TEXT, "Say what is to be remembered.")
    at = answers.moment(Field.AT)
    answers.check()
    memory = answers.memory
    public = answers.choice(Field.AUDIENCE) == PUBLIC
    return Note(actor=actor, channel=memory.channel, incident=memory.incident, text=text, at=at, public=public)
