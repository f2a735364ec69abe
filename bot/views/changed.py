"""A change to read: what it would do in a line, its plan and its whole diff in pages, never cut, values masked."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff

from bot.change.model import Change, ChangeKind, Edit, Finding, Planned, Result
from bot.change.projection import lines
from bot.views.blocks import Block, context, one_line, section
from bot.views.foreign import said

#: Characters of a code block within one section, escaped; Slack takes 3,000.
PIECE = 2700
#: Pieces on one page of a modal; however each character is written, the view stays below Slack's 250 KB.
ON_PAGE = 6
#: Characters of a line that are kept together; what goes on is marked.
_LINE, _ON = 250, "↪ "
#: What takes no room, turns the text around it, or ends a line where no editor would: in a diff it is told by number.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff"
    "\uffa0\ud800-\udfff\U000e0000-\U000e01ef]"
)
#: Between two backticks, so that three of them are never a fence.
_JOINER = "\u2060"
_NAMES = 3


def radius(change: Change, *, names: bool = True) -> str:
    """What it touches, in a line of mrkdwn; `names` says which resources."""
    return _radius(change, lambda text: f"*{said(text, 100)}*", _span, names=names)


def plain_radius(change: Change) -> str:
    """The same for a dialog, which takes plain text."""
    return _radius(change, lambda text: one_line(text, 100), lambda text: one_line(text, 60), names=True)


def reasons(findings: Sequence[Finding], most: int = 6) -> list[str]:
    """What the gates have to say, a line each, the worst first."""
    told = [f"{'⛔' if each.result is Result.REFUSE else '✋'} {said(each.sentence, 200)}" for each in findings]
    return told[:most] + ([f"and {len(told) - most} more"] if len(told) > most else [])


def plan_text(change: Change) -> str:
    """The plan as people may see it."""
    return "\n".join(lines(change.projection)) if change.projection else ""


def diff_text(edits: Sequence[Edit]) -> str:
    """The whole diff. A line ends at a line feed and nowhere else, as it does for who reads the file."""
    found: list[str] = []
    for each in edits:
        names = (f"a/{each.path}" if each.before is not None else "/dev/null", f"b/{each.path}")
        names = names if each.after is not None else (names[0], "/dev/null")
        found += unified_diff(_lines(each.before), _lines(each.after), *names, lineterm="")
    return "\n".join(found)


def pages(change: Change) -> list[list[Block]]:
    """Plan and diff, page by page, whole; at least one page."""
    pieces = [*_titled("Plan", plan_text(change)), *_titled("Diff", diff_text(change.edits))]
    if change.kind is ChangeKind.REPORT:
        pieces = _titled("Report", change.summary)
    if not pieces:
        return [[context("There is no change of it yet.")]]
    return [pieces[start : start + ON_PAGE] for start in range(0, len(pieces), ON_PAGE)]


def excerpt(change: Change, most: int) -> list[Block]:
    """As much of plan and diff as a message has room for; what is left out is said."""
    text = "\n\n".join(filter(None, (plan_text(change), diff_text(change.edits))))
    if not text:
        return []
    first, *rest = _pieces(text, most)
    left = sum(piece.count("\n") + 1 for piece in rest)
    more = f"{left} more {'line' if left == 1 else 'lines'}: *Read all of it*."
    return [section(_fenced(first)), *([context(more)] if left else [])]


def _titled(name: str, text: str) -> list[Block]:
    if not text:
        return []
    first, *rest = _pieces(text, PIECE)
    return [section(f"*{name}*\n{_fenced(first)}"), *(section(_fenced(piece)) for piece in rest)]


def _fenced(piece: str) -> str:
    return f"```\n{piece}\n```"


def _pieces(text: str, size: int) -> Iterator[str]:
    """The text, escaped, in pieces of at most `size` characters, between lines; nothing is left out."""
    piece: list[str] = []
    room = size
    for line in text.split("\n"):
        for start in range(0, len(line) or 1, _LINE):
            shown = f"{_ON if start else ''}{_escaped(line[start : start + _LINE])}"
            if piece and len(shown) + 1 > room:
                yield "\n".join(piece)
                piece, room = [], size
            piece.append(shown)
            room -= len(shown) + 1
    yield "\n".join(piece)


def _escaped(text: str) -> str:
    """So that it looks as it is, and neither ends its code block nor calls anybody."""
    seen = _UNSEEN.sub(lambda found: f"⟨{ord(found[0]):X}⟩", text)
    return seen.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("``", f"`{_JOINER}`")


def _lines(text: str | None) -> list[str]:
    return text.removesuffix("\n").split("\n") if text else []


def _span(text: str) -> str:
    """A name as a code span, which a backtick in it would end."""
    return f"`{_escaped(one_line(text, 60)).replace('`', '’')}`"


def _radius(change: Change, strong: Callable[[str], str], name: Callable[[str], str], *, names: bool) -> str:
    if change.kind is ChangeKind.REPORT:
        return "the post-mortem alone"
    files = _listed([each.path for each in change.edits], name) or "no file"
    if change.kind is ChangeKind.DOCUMENT:
        return f"{files}, as a pull request"
    stack = strong(change.stack) if change.stack else "no stack"
    plan = change.projection
    if plan is None:
        return f"{stack}, {files}; not planned yet"
    counts = Counter(_verb(each) for each in plan.resources)
    told = ", ".join(f"{number} {word}" for word, number in counts.items())
    told = f"{_counted(len(plan.resources), 'resource')}: {told}" if told else "no resource changes"
    outputs = f", {_counted(len(plan.outputs), 'output')}" if plan.outputs else ""
    which = _listed([each.address for each in plan.resources], name) if names else ""
    return f"{stack}, {told}{outputs}{f' ({which})' if which else ''}"


def _verb(planned: Planned) -> str:
    """What happens to it, in a word."""
    match sorted(planned.actions):
        case ["create"]:
            return "new"
        case ["update"]:
            return "changed"
        case ["delete"]:
            return "destroyed"
        case ["create", "delete"]:
            return "replaced"
        case ["read"]:
            return "read"
    return "changed in another way"


def _listed(found: Sequence[str], name: Callable[[str], str]) -> str:
    more = f" and {len(found) - _NAMES} more" if len(found) > _NAMES else ""
    return f"{', '.join(name(each) for each in found[:_NAMES])}{more}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
