"""The forms that a message shortcut opens: for the timeline, and for an action item."""

from collections.abc import Sequence

from bot.incident.capture import TYPES
from bot.incident.entries import Mark as How
from bot.incident.entries import said_at
from bot.incident.model import Actor, Incident
from bot.incident.requests import Mark, Note, ProposeItem
from bot.views.blocks import Block, context, quoted, section
from bot.views.forms.note import AUDIENCE, PUBLIC
from bot.views.forms.parts import Answers, Choice, Memory, View, day, form, message, person, select, text_input
from bot.views.ids import Field, Form


def add(about: Incident | None, others: Sequence[Incident], memory: Memory) -> View:
    """*Add to timeline*: the message itself where it stands at its incident, else its words and which incident."""
    if about is None and not others:
        return _nowhere(memory)
    if about:
        said: list[Block] = [section(quoted(memory.draft, 1500) if memory.draft else "A message without words.")]
    else:
        said = [_which(Form.CAPTURE, others)]
        said += [text_input(Form.CAPTURE, Field.TEXT, "What goes on the timeline?", initial=memory.draft)]
    if about is None or not (about.private or about.test):
        said.append(select(Form.CAPTURE, Field.AUDIENCE, "Who reads it?", AUDIENCE, initial=PUBLIC))
    return form(Form.CAPTURE, f"Timeline of {about.key}" if about else "Add to timeline", "Add", memory, said)


def read_add(view: View, actor: Actor) -> Mark | Note:
    """A mark on the message where its incident is known, else a note with its words. Raises Refused, by field."""
    answers, memory = Answers(view), Answers(view).memory
    public = answers.choice(Field.AUDIENCE) == PUBLIC
    if memory.incident:
        how = How.ADD if public or not answers.has(Field.AUDIENCE) else How.STAR
        about = {"place": memory.channel, "ts": memory.ts, "stamp": memory.stamp}
        return Mark(actor=actor, channel=memory.channel, incident=memory.incident, mark=how, on=True, **about)
    incident = answers.choice(Field.INCIDENT, "Choose the incident.")
    text = answers.text(Field.TEXT, "Say what goes on the timeline.")
    answers.check()
    at = said_at(memory.ts)
    return Note(actor=actor, channel=memory.channel, incident=incident, text=text, at=at, public=public)


def item(about: Incident | None, others: Sequence[Incident], memory: Memory) -> View:
    """*Make an action item*: what, of which type, who, by when."""
    if about is None and not others:
        return _nowhere(memory)
    kind = Form.ACTION_ITEM
    blocks = [] if about else [_which(kind, others)]
    types = [Choice(id=type, label=type) for type in TYPES]
    blocks += [
        text_input(kind, Field.WHAT, "What is to be done?", initial=memory.draft),
        select(kind, Field.TYPE, "Type", types, optional=True, hint="Left empty, a person decides it later."),
        person(kind, Field.OWNER, "Who?", "", optional=True),
        day(kind, Field.DUE, "By when?"),
        context("It is kept with the incident, and written into its post-mortem. Nothing starts by itself."),
    ]
    return form(kind, f"Action item, {about.key}" if about else "Action item", "Keep", memory, blocks)


def read_item(view: View, actor: Actor) -> ProposeItem:
    """Raises Refused, by field."""
    answers, memory = Answers(view), Answers(view).memory
    incident = memory.incident or answers.choice(Field.INCIDENT, "Choose the incident.")
    what = answers.text(Field.WHAT, "Say what is to be done.")
    answers.check()
    given = {"type": answers.choice(Field.TYPE), "owner": answers.choice(Field.OWNER), "due": answers.day(Field.DUE)}
    return ProposeItem(actor=actor, channel=memory.channel, incident=incident, text=what, **given)


def _which(kind: Form, others: Sequence[Incident]) -> Block:
    choices = [Choice(id=each.id, label=f"{each.key} {each.title}") for each in others[:100]]
    return select(kind, Field.INCIDENT, "Which incident?", choices, initial=others[0].id if len(others) == 1 else "")


def _nowhere(memory: Memory) -> View:
    return message("Which incident?", section("No incident is open. `/incident` reports one."), memory=memory)
