"""What Slack shows of one post-mortem: where it stands, what it says by now, and what waits for people."""

from collections.abc import Collection, Sequence

from bot.incident.model import Actor, Incident, Review
from bot.incident.postmortem_state import PostmortemState
from bot.incident.postmortems import DONE_WITH, OPEN, OUT, required_for
from bot.postmortem.document.cells import plain_prose
from bot.postmortem.document.model import ASKS, Document, Part
from bot.postmortem.subwords import USAGE
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    button,
    context,
    cut,
    divider,
    fields,
    header,
    linked,
    safe,
    section,
    when,
    who,
)
from bot.views.forms.parts import Memory, View, message
from bot.views.ids import Click

#: Entries of the timeline and rows of the plan that a view shows; the document has all.
_ENTRIES, _ROWS = 20, 20
#: Left out: what `stands` says is true, and the file's own word is Draft until it is in git.
_STATUS = "Status"
#: As much of a section is shown. What is longer is not looked at further. Characters.
_PART, _READ = 1500, 6000


def shown(
    incident: Incident,
    document: Document,
    reader: Actor,
    *,
    memory: Memory | None = None,
    url: str = "",
    proposal: str = "",
    unsent: Collection[Part] = (),
) -> View:
    """The whole, shortened. `url` is the document in git, `proposal` its pull request; `unsent` are the sections that
    were written in Slack and are not in git yet.
    """
    facts = [
        (fact.name, safe(fact.value.text, 300)) for fact in document.facts if fact.value.text and fact.name != _STATUS
    ]
    buttons = choices(incident, reader)
    blocks: list[Block] = [
        section(stands(incident, url, proposal)),
        *([section("\n".join(map(_answer, incident.reviews)))] if incident.reviews else []),
        *([actions(*buttons)] if buttons else []),
        header(document.title),
        *(fields(facts[at : at + 10]) for at in range(0, min(len(facts), 30), 10)),
        *(_part(part, document.parts[part]) for part in Part if document.parts.get(part)),
        *_timeline(document),
        *_plan(document),
        divider(),
        section("*Still to be written by people*\n" + "\n".join(_asks(document.waiting))),
        *([context(f"Written here and not in git yet: {', '.join(unsent)}.")] if unsent and url else []),
    ]
    return message(f"Post-mortem {incident.key}", *blocks, memory=memory)


def stands(incident: Incident, url: str = "", proposal: str = "") -> str:
    """Where it stands, in a sentence or two; what people are to do next is in them."""
    key, state = incident.key, incident.postmortem
    begins = f"`/postmortem draft {key}` begins it."
    if state is PostmortemState.WAIVED:
        return f"The post-mortem of *{key}* was waived, so it may close without one. {begins}"
    if state in OUT:
        where = linked(url, "published") if url else "published"
        return f"The post-mortem of *{key}* is {where}. {_OUT[state]}" + ("" if url else " It is read here, in Slack.")
    if incident.publishing and incident.places.proposal:
        pull = linked(proposal, f"pull request #{incident.places.proposal}")
        return f"The post-mortem of *{key}* is proposed in {pull}. It is published once that is merged."
    if incident.publishing:
        return f"The post-mortem of *{key}* is being published; {who(incident.publishing)} asked for it."
    if state in OPEN:
        what = "in review" if state is PostmortemState.IN_REVIEW else "a draft"
        due = f", due {when(incident.postmortem_due)}" if incident.postmortem_due else ""
        return f"The post-mortem of *{key}* is {what}{due}."
    if not required_for(incident):
        return f"*{key}* needs no post-mortem. This is what one would begin with. {begins}"
    if incident.is_open:
        return f"*{key}* needs a post-mortem once it is resolved. This is what it would begin with now. {begins}"
    return f"*{key}* needs a post-mortem before it is closed. This is what it begins with. {begins}"


_OUT = {
    PostmortemState.PUBLISHED: "Its action items are still to be done.",
    PostmortemState.IMPLEMENTING: "Its action items are being worked on.",
    PostmortemState.COMPLETE: "No action item is open.",
}


def choices(incident: Incident, reader: Actor = "") -> list[Block]:
    """The buttons that make sense now: for everybody, and first for a reviewer who may still answer."""
    if incident.postmortem not in OPEN | OUT:
        return []
    write = button("Write a section", Click.PART, incident.id)
    if incident.postmortem in OUT or incident.publishing:
        return [write]
    return [
        *(answers(incident) if reader in {review.person for review in incident.reviews} else ()),
        write,
        button("Ask for review", Click.ASK_REVIEW, incident.id),
        button("Publish", Click.PUBLISH, incident.id),
    ]


def answers(incident: Incident) -> tuple[Block, Block]:
    """What somebody who was asked can say."""
    return (
        button("I agree", Click.REVIEW_AGREE, incident.id, style="primary"),
        button("Changes wanted", Click.REVIEW_CHANGES, incident.id),
    )


def empty(waiting: Sequence[Part]) -> str:
    """What waits for people, in a line."""
    return f"Still to be written: {', '.join(waiting)}." if waiting else "Every section is written."


def needed(incident: Incident) -> bool:
    """Whether anybody still has work with writing it: begun, and neither published, waived, nor on its way."""
    return incident.postmortem not in (None, *DONE_WITH) and not incident.publishing


def _answer(review: Review) -> str:
    said = {None: "⏳ {} was asked to read it", True: "✅ {} agrees", False: "✏️ {} wants changes"}[review.approved]
    return said.format(who(review.person))


def _part(part: Part, text: str) -> Block:
    """A section as its reader sees it: its Markdown would show as marks here."""
    return section(f"*{part}*\n{safe(plain_prose(text[:_READ]), _PART, '… (cut; the document has it all)')}")


def _timeline(document: Document) -> list[Block]:
    lines = [f"`{moment.at:%m-%d %H:%M}` {safe(moment.text, 300)}" for moment in document.timeline[-_ENTRIES:]]
    earlier = len(document.timeline) - len(lines)
    more = [context(f"and {earlier} earlier entries")] if earlier > 0 else []
    return [section(cut("*Timeline (UTC)*\n" + "\n".join(lines), 2900, "…")), *more] if lines else []


def _plan(document: Document) -> list[Block]:
    lines = [
        f"• {safe(row.action, 300)}{f' ({safe(row.type, 40)})' if row.type else ''}" for row in document.plan[:_ROWS]
    ]
    more = [context(f"and {len(document.plan) - _ROWS} more")] if len(document.plan) > _ROWS else []
    return [section(cut("*Action items so far*\n" + "\n".join(lines), 2900, "…")), *more] if lines else []


def _asks(waiting: Sequence[Part]) -> Sequence[str]:
    return [f"• {part}: {ASKS[part]}" for part in waiting] or ["Nothing."]


def usage(near: str = "", typed: Block | None = None) -> Rendered:
    """`/postmortem help`; `near` is the word that was probably meant, `typed` what was typed."""
    lines = "\n".join(f"`/postmortem {safe(said)}` {what}" for said, what in USAGE.values())
    first = [section(f"Did you mean `/postmortem {safe(near, 50)}`?")] if near else []
    return Rendered(text=cut(lines, FALLBACK), blocks=[*first, section(lines), *([typed] if typed else [])])
