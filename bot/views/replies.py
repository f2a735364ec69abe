"""What one person is told, and only they: answers, lists, and the picker that loses no report."""

from collections.abc import Sequence

from bot.incident.model import Incident, Link
from bot.incident.roles import Role
from bot.ports import Outcome
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    button,
    clean,
    context,
    cut,
    divider,
    linked,
    quoted,
    safe,
    section,
    spoken,
)
from bot.views.card import card
from bot.views.details import details
from bot.views.forms.parts import DRAFT, Memory, View, lost_draft, message
from bot.views.home import row
from bot.views.ids import Click, Form


def answer(text: str, *more: Block) -> Rendered:
    """A sentence of ours. What people wrote in it is escaped; naming a person stays, since only one person reads it."""
    said = spoken(text)
    return Rendered(text=said, blocks=[section(said), *more])


def outcome_reply(outcome: Outcome) -> Rendered:
    """What became of a submission."""
    return answer(outcome_words(outcome))


def outcome_words(outcome: Outcome) -> str:
    """As text. A refusal about fields names them all, since outside a form nothing else would."""
    return " ".join(filter(None, dict.fromkeys([outcome.text, *outcome.fields.values(), outcome.notice])))


def refused_late(why: str, typed: str) -> Rendered:
    """For whoever was told to wait: it was not done after all. What they typed comes back, so that it is not lost."""
    words = [context(f"You wrote:\n{quoted(typed, 1500)}")] if typed else []
    return answer(f"What you sent a moment ago could not be done, and nothing was changed. {why}", *words)


def picker(title: str, label: str, click: Click, incidents: Sequence[Incident], memory: Memory) -> View:
    """The last incidents, one button each, for a verb that was given no incident; what was typed is carried along."""
    typed = clean(memory.draft)
    blocks: list[Block] = [] if incidents else [section("There is none to choose.")]
    for incident in incidents[:5]:
        entry, small = row(incident)
        blocks += [entry | {"accessory": button(label, click, incident.id)}, small]
    blocks += [divider(), *([context(f"You typed:\n{quoted(typed, 1500)}")] if typed else [])]
    blocks.append(lost_draft(typed) if typed else actions(_report()))
    cut_note = f"Your text is long; the first {DRAFT} characters are kept."
    blocks += [context(cut_note)] if len(typed) > DRAFT else []
    return message(title, *blocks, memory=memory, kind=Form.PICK)


def shown(
    incident: Incident,
    memory: Memory,
    roles: Sequence[Role] = (),
    problems: Sequence[str] = (),
    looked: str = "",
) -> View:
    """An incident as a view: its card with the buttons, and everything else that is known."""
    return message(incident.key, *card(incident, problems, looked).blocks, *details(incident, roles), memory=memory)


def shown_reply(
    incident: Incident, roles: Sequence[Role] = (), problems: Sequence[str] = (), looked: str = ""
) -> Rendered:
    """An incident as an answer that only one person sees."""
    told = card(incident, problems, looked)
    return Rendered(text=told.text, blocks=[*told.blocks, *details(incident, roles)])


def said(title: str, text: str) -> View:
    """A view that says one thing."""
    return message(title, *answer(text).blocks)


def help_reply(lines: Sequence[tuple[str, str]], links: Sequence[Link], nearest: str = "") -> Rendered:
    """`/incident help`: a line per verb (usage, what it does), then pages worth having at hand."""
    known = "\n".join(f"`/incident {safe(usage, 150)}` {safe(what, 200)}" for usage, what in lines)
    first = f"Did you mean `/incident {safe(nearest, 50)}`?\n" if nearest else ""
    intro = f"{first}`/incident` alone, or with what is broken, opens the report form."
    if len(lines) == 1:
        return Rendered(text=known, blocks=[section(known), context("`/incident help` shows the rest.")])
    blocks = [section(intro), section(cut(known, 2900)), actions(_report())]
    pages = " · ".join(linked(link.url, link.name) for link in links[:10])
    return Rendered(text=cut(f"{intro}\n{known}", FALLBACK), blocks=[*blocks, *([context(pages)] if pages else [])])


def greeting() -> Rendered:
    """The answer to a mention or a direct message that asks nothing we know."""
    text = "Is something broken? I can take a report, show what is open, or say what I understand."
    buttons = actions(_report(), button("Help", Click.HELP))
    return Rendered(text=text, blocks=[section(text), buttons])


def draft_reply(text: str) -> Rendered:
    """The answer to a mention or a direct message that may be a report: its words, one click from the form."""
    asked = "Shall I take this as a report? `/incident help` says what else I understand."
    return Rendered(text=asked, blocks=[section(asked), context(quoted(text, 1500)), lost_draft(text)])


def _report() -> Block:
    return button("Report an incident", Click.DECLARE_OPEN, style="primary")
