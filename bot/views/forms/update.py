"""The update form: what we know now, what comes next, and when to expect the next word."""

from bot.incident.model import Actor, Incident
from bot.incident.requests import PostUpdate
from bot.incident.schemes import level_of
from bot.incident.severity import in_words
from bot.views.forms.parts import Answers, Choice, Memory, View, form, select, text_input
from bot.views.ids import Field, Form

_SPANS = tuple(
    Choice(id=str(minutes), label=label)
    for minutes, label in ((15, "15 minutes"), (30, "30 minutes"), (60, "an hour"), (120, "2 hours"), (1440, "a day"))
)

_OPENLY = "Read by the room, the reporter and everyone in the issue."
_PRIVATELY = "Read by the members of the private room only."


def build(incident: Incident, memory: Memory) -> View:
    """The form; `memory.draft` is what was typed already."""
    usual = in_words(level_of(incident).update_every)
    blocks = [
        text_input(
            Form.UPDATE,
            Field.TEXT,
            "What do we know now?",
            initial=memory.draft,
            example="The database is out of connections. We are restarting it.",
            hint=_PRIVATELY if incident.private else _OPENLY,
        ),
        text_input(Form.UPDATE, Field.NEXT_STEPS, "What comes next?", optional=True),
        select(
            Form.UPDATE,
            Field.NEXT_UPDATE,
            "Next update in",
            _SPANS,
            optional=True,
            hint=f"Left empty, as the severity says: {usual}.",
        ),
    ]
    return form(Form.UPDATE, f"Update {incident.key}", "Post", memory, blocks)


def read(view: View, actor: Actor) -> PostUpdate:
    """Raises Refused, by field."""
    answers = Answers(view)
    text = answers.text(Field.TEXT, "Say what you know now, or that nothing has changed.")
    minutes = answers.choice(Field.NEXT_UPDATE)
    answers.check()
    return PostUpdate(
        actor=actor,
        channel=answers.memory.channel,
        incident=answers.memory.incident,
        text=text,
        next_steps=answers.text(Field.NEXT_STEPS),
        next_update=int(minutes) if minutes.isdecimal() else None,
    )
