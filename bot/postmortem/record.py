"""Where a document keeps its record of what was implemented, and where something can be added to it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.errors import Refused
from bot.postmortem.blocks import Heading, Table, Text, blocks, text
from bot.postmortem.document.owned import found, like
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from bot.postmortem.sections import bare
from bot.postmortem.words import plain

#: The block of ours that holds it (`bot.postmortem.document.owned.BLOCKS`).
BLOCK = "implemented"
#: Its columns, by name.
NAMES = ("date", "action", "priority", "type", "commit", "implemented by")
_NAME = re.compile(r"follow[- ]?ups? implementation")
#: What comes last in a document, and stays last.
_LAST = re.compile(
    r"support(?:ing)?(?: information)?|references?|links|related\b.*|see also|appendi(?:x|ces)\b.*|glossary"
)
_BLANK = re.compile(r"(?:\r\n?|\n)[ \t]*(?:\r\n?|\n|$)")


@dataclass(frozen=True, slots=True)
class Record:
    """`level` is that of its heading, 0 where there is none. In characters, `near` is where something is added that
    belongs to its table, and `end` where its section ends.
    """

    level: int
    table: Table | None
    near: int
    end: int


def record(content: str) -> Record:
    """The block of ours, else what stands under a heading *Follow-up Implementation*, else where there could be one."""
    whole = text(content)
    every = blocks(whole)
    headings = [block for block in every if isinstance(block, Heading) and not block.nested]
    tables = [block for block in every if isinstance(block, Table) and columns(block)]
    last = len(whole.starts)
    ours = found(content, BLOCK)
    if ours is not None:
        first, final = (_line(whole, at) for at in (ours.start, ours.end))
        above = [heading for heading in headings if heading.line < first]
        heading = above[-1] if above else None
    else:
        heading = next((each for each in headings if _NAME.fullmatch(bare(each.text))), None)
        if heading is None:
            return Record(level=0, table=None, near=(at := _last_place(whole, headings)), end=at)
        first, final = heading.last + 1, _before_next(headings, heading, 6, last)
    table = next((each for each in tables if first <= each.line <= final), None)
    level = heading.level if heading else 0
    end = _before_next(headings, heading, level, last) if heading else last
    return Record(level=level, table=table, near=_after(whole, final), end=_after(whole, end))


def columns(table: Table) -> dict[str, int]:
    """The columns of a record by name, from 0; of two with one name the first. Empty for a table that is none."""
    names = [plain(name[:80]).casefold().strip(" :") for name in table.head]
    known = {name: names.index(name) for name in NAMES if name in names}
    return known if "action" in known and {"commit", "implemented by"} & known.keys() else {}


def added(content: str, at: int, body: str) -> str:
    """The document with `body` at the end of the line that ends there, blank lines around it."""
    before, rest = content[:at], content[at:]
    gap = "\n\n" if before.strip("\ufeff") else ""
    after = "\n" if not rest or (rest.strip() and not _BLANK.match(rest)) else ""
    return before + like(content, f"{gap}{body}{after}") + rest


def kept(before: str, after: str) -> str:
    """`after`, if it has the very action items that `before` has, and they stand as they did; else raises Refused."""
    was, now = ([(item.identity, item.status) for item in read("", each, Policy()).items] for each in (before, after))
    if was != now:
        raise Refused("This would change which action items the document has. Please add it to the document yourself.")
    return after


def _line(whole: Text, at: int) -> int:
    """The number of the line in which this character stands."""
    return sum(start <= at for start in whole.starts)


def _before_next(headings: Sequence[Heading], heading: Heading, level: int, last: int) -> int:
    """The line before the next heading that is at least as large as `level`."""
    return next((each.line - 1 for each in headings if each.line > heading.line and each.level <= level), last)


def _last_place(whole: Text, headings: Sequence[Heading]) -> int:
    """Before the sections that come last in any document."""
    line = len(whole.starts)
    for heading in reversed([each for each in headings[1:] if each.level <= 2]):
        if not _LAST.fullmatch(bare(heading.text)):
            break
        line = heading.line - 1
    return _after(whole, line)


def _after(whole: Text, line: int) -> int:
    """The end of the last line up to this one on which something stands."""
    while line > 1 and not whole.line(line)[1].strip():
        line -= 1
    start, written = whole.line(line)
    return start + len(written)
