"""What Slack shows of a post-mortem: what is known by now, and what waits for people."""

from collections.abc import Sequence

from bot.incident.endings import needs_postmortem
from bot.incident.model import Incident, PostmortemState
from bot.postmortem.document.cells import plain_prose
from bot.postmortem.document.model import ASKS, Document, Part
from bot.postmortem.subwords import USAGE
from bot.views.blocks import FALLBACK, Block, Rendered, context, cut, divider, fields, header, safe, section
from bot.views.forms.parts import View, message

#: Entries of the timeline that a view shows; the document has all.
_ENTRIES = 20


def known(incident: Incident, document: Document) -> View:
    """The draft as it would be written now, from what is recorded."""
    facts = [(fact.name, safe(fact.value.text, 300)) for fact in document.facts if fact.value.text]
    blocks: list[Block] = [
        section(stands(incident)),
        header(document.title),
        *(fields(facts[at : at + 10]) for at in range(0, len(facts), 10)),
        *(_part(part, text) for part, text in document.parts.items()),
        *_timeline(document),
        *_plan(document),
        divider(),
        section("*Still to be written by people*\n" + "\n".join(_asks(document))),
    ]
    return message(f"Post-mortem {incident.key}", *blocks)


def stands(incident: Incident) -> str:
    """Whether one is needed, in a sentence."""
    if incident.postmortem is PostmortemState.WAIVED:
        return f"The post-mortem of *{incident.key}* was waived, so it may close without one."
    if not needs_postmortem(incident):
        return f"*{incident.key}* needs no post-mortem. This is what one would begin with."
    if incident.is_open:
        return f"*{incident.key}* needs a post-mortem once it is resolved. This is what it would begin with now."
    return f"*{incident.key}* needs a post-mortem before it is closed. This is what it begins with."


def _part(part: Part, text: str) -> Block:
    """A section as its reader sees it: its Markdown would show as marks here."""
    return section(f"*{part}*\n{safe(plain_prose(text), 2800)}")


def _timeline(document: Document) -> list[Block]:
    lines = [f"`{moment.at:%m-%d %H:%M}` {safe(moment.text, 300)}" for moment in document.timeline[-_ENTRIES:]]
    earlier = len(document.timeline) - len(lines)
    more = [context(f"and {earlier} earlier entries")] if earlier > 0 else []
    return [section(cut("*Timeline (UTC)*\n" + "\n".join(lines), 2900, "…")), *more] if lines else []


def _plan(document: Document) -> list[Block]:
    lines = [f"• {safe(row.action, 300)}{f' ({safe(row.type, 40)})' if row.type else ''}" for row in document.plan]
    return [section(cut("*Action items so far*\n" + "\n".join(lines), 2900, "…"))] if lines else []


def _asks(document: Document) -> Sequence[str]:
    return [f"• {part}: {ASKS[part]}" for part in document.waiting] or ["Nothing."]


def usage() -> Rendered:
    """`/postmortem help`."""
    lines = "\n".join(f"`/postmortem {typed}` {what}" for typed, what in USAGE.values())
    return Rendered(text=cut(lines, FALLBACK), blocks=[section(lines)])
