"""The form that corrects the timeline: one entry gets a star, is hidden, or moves to its true time."""

from collections.abc import Sequence
from datetime import datetime

from bot.incident.entries import Entry
from bot.incident.model import Actor, Incident
from bot.incident.requests import Curate
from bot.views.blocks import section
from bot.views.forms.parts import Answers, Choice, Memory, View, form, message, moment, select, text_input
from bot.views.ids import Field, Form

_DO = (
    Choice(id="star", label="Star it: a moment that matters"),
    Choice(id="hide", label="Hide it: it does not belong here"),
    Choice(id="time", label="Correct its time"),
)


def build(
    incident: Incident,
    memory: Memory,
    entries: Sequence[tuple[Entry, str]],
    *,
    do: str = "",
    entry: int = 0,
    at: datetime | None = None,
    why: str = "",
) -> View:
    """The form over the newest entries, each with its line; what was typed already is chosen."""
    if not entries:
        return message("Timeline", section(f"Nothing is on the timeline of {incident.key} yet."), memory=memory)
    choices = [Choice(id=str(each.number), label=line) for each, line in reversed(entries[-100:])]
    blocks = [
        select(Form.TIMELINE, Field.ENTRY, "Which entry?", choices, initial=str(entry or "")),
        select(Form.TIMELINE, Field.DO, "What shall happen to it?", _DO, initial=do),
        moment(Form.TIMELINE, Field.AT, "When was it really?", at, optional=True, hint="Only to correct its time."),
        text_input(Form.TIMELINE, Field.REASON, "Why?", initial=why, optional=True),
    ]
    return form(Form.TIMELINE, f"Timeline of {incident.key}", "Change", memory, blocks)


def read(view: View, actor: Actor) -> Curate:
    """Raises Refused, by field."""
    answers = Answers(view)
    entry = answers.choice(Field.ENTRY, "Choose an entry.")
    do = answers.choice(Field.DO, "Choose what shall happen to it.")
    at = answers.moment(Field.AT)
    if do == "time" and at is None and Field.AT not in answers.wrong:
        answers.wrong[Field.AT] = "Say when it really was."
    answers.check()
    return Curate(
        actor=actor,
        channel=answers.memory.channel,
        incident=answers.memory.incident,
        do=do,
        entry=int(entry) if entry.isdecimal() else 0,
        text=answers.text(Field.REASON),
        at=at,
    )
