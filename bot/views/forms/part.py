"""The form that writes a section of a post-mortem: which one, its text as it stands, and how it will look."""

from bot.incident.model import Actor, Incident
from bot.incident.requests_postmortem import WritePart
from bot.postmortem.document.cells import plain_prose
from bot.postmortem.document.model import ASKS, Part
from bot.views.blocks import Block, actions, button, clean, context, linked, safe, section, whole
from bot.views.forms.parts import INPUT, Answers, Choice, Memory, View, form, message, select, text_input
from bot.views.ids import Click, Field, Form

_CHOICES = tuple(Choice(id=part.value, label=part.value) for part in Part)
_TOO_LONG = "This section is longer than the 3,000 characters that a form in Slack holds, so it is edited in git"


def build(incident: Incident, memory: Memory, text: str, *, url: str = "", unsent: str = "") -> View:
    """The form for the section `memory.part`, whose text is `text`; `url` is the document in git, where it is there.

    `unsent` is what was being written when another section was chosen: it is shown, so that it is not lost.
    """
    part = section_of(memory.part)
    chosen = select(
        Form.PART, Field.PART, "Which section?", _CHOICES, initial=part, changes_form=True, hint=_hint(part)
    )
    blocks = [chosen, *_editor(incident, part, text, url), *_kept(unsent)]
    return form(Form.PART, f"Post-mortem {incident.key}", "Keep", memory.model_copy(update={"part": part}), blocks)


def section_of(name: str) -> Part:
    """The section of that name; the first one where there is none."""
    return next((part for part in Part if part.casefold() == name.casefold()), Part.SUMMARY)


def preview(view: View) -> View:
    """How what is written will read, as far as Slack can show it."""
    said = plain_prose(written(view))
    shown = (
        safe(said, 2900, "… (cut in this preview only)")
        if said
        else "Nothing is written, so it asks for these words again, or says what is known."
    )
    head = context("How it will read; the page of the document shows tables, lists and links in full.")
    return message("Preview", section(f"*{chosen(view)}*"), section(shown), head)


def chosen(view: View) -> Part:
    """The section that is chosen now."""
    answers = Answers(view)
    return section_of(answers.choice(Field.PART) or answers.memory.part)


def written(view: View) -> str:
    """The text as it stands in the form now."""
    return Answers(view).text(Field.TEXT)


def read(view: View, actor: Actor) -> WritePart:
    """Raises Refused, by field."""
    answers = Answers(view)
    part = answers.choice(Field.PART, "Choose a section.")
    if not answers.has(Field.TEXT):
        answers.wrong[Field.PART] = f"{_TOO_LONG}. Choose another one, or cancel."
    elif part and section_of(part) != section_of(answers.memory.part):
        answers.wrong[Field.PART] = "The text of this section has not come yet. Please choose it once more."
    answers.check()
    memory = answers.memory
    return WritePart(
        actor=actor,
        channel=memory.channel,
        incident=memory.incident,
        part=part,
        text=answers.text(Field.TEXT),
        seen=memory.seen,
    )


def _editor(incident: Incident, part: Part, text: str, url: str) -> list[Block]:
    if len(clean(text)) > INPUT:
        where = f": {linked(url, 'open the document')}." if url else ", once it is published."
        return [section(f"{_TOO_LONG}{where}"), section(safe(plain_prose(text[: 2 * INPUT]), 1000, "…"))]
    written = text_input(
        Form.PART,
        Field.TEXT,
        part,
        initial=text,
        optional=True,
        hint="Markdown. Left empty, it says what is recorded, or asks for these words again.",
        of=part.name.casefold(),
    )
    return [written, actions(button("Preview", Click.PART_PREVIEW, incident.id))]


def _kept(unsent: str) -> list[Block]:
    if not unsent:
        return []
    return [
        section("*Not kept* You wrote this in the other section; copy it before you go on:"),
        *whole(unsent[:INPUT]),
    ]


def _hint(part: Part) -> str:
    return ASKS[part][:1].upper() + ASKS[part][1:]
