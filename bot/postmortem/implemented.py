"""The record of what was done about a post-mortem's plan: rows, finished items and reports, and no other byte."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date

from bot.errors import Refused
from bot.incident.model import Frozen
from bot.incident.text import shorten
from bot.postmortem.blocks import Table, text
from bot.postmortem.document.cells import address, cell, tidy
from bot.postmortem.document.owned import found, like, replaced
from bot.postmortem.document.render import implemented, table_row
from bot.postmortem.edit import ticked, with_status
from bot.postmortem.model import Identity, Shape, Status
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from bot.postmortem.record import BLOCK, added, columns, kept, record
from bot.postmortem.words import digest

NONE = "—"
HEADING = "## Follow-up Implementation"
#: What stands under *Implemented By* where nobody has done it by us.
REVIEW, EXISTING = "Needs human review", "Verified existing"
_HEAD = "| Date | Action | Priority | Type | Commit | Implemented By |"
_LINE = "|------|--------|----------|------|--------|----------------|"
_SHA = re.compile(r"[0-9a-f]{7,64}")
_CODE = re.compile(r"((?<!`)`[^`]+`(?!`))")
#: Could end a cell or begin a comment: code with such a thing in it is words.
_UNSAFE = re.compile(r"[|<>\\]")


class Followup(Frozen):
    """A row of the record. `priority` and `type` are the document's own words; what is empty is written as a dash.

    `commit` is git's whole name of the commit that does it, `web` the repository's address, such as
    https://github.com/OWNER/REPO. `by` is a role or a person, EXISTING, or what `reviewed` makes.
    """

    action: str
    priority: str = ""
    type: str = ""
    day: date | None = None
    commit: str = ""
    web: str = ""
    by: str

    @property
    def cells(self) -> dict[str, str]:
        """Its cells, by the name of their column."""
        return {
            "date": self.day.isoformat() if self.day else NONE,
            "action": _action(self.action),
            "priority": cell(self.priority) or NONE,
            "type": cell(self.type) or NONE,
            "commit": self._commit,
            "implemented by": cell(shorten(self.by, 300)) or NONE,
        }

    @property
    def _commit(self) -> str:
        if not _SHA.fullmatch(self.commit):
            return NONE
        short = f"`{self.commit[:7]}`"
        return f"[{short}]({address(self.web.rstrip('/'))}/commit/{self.commit})" if self.web else short


def reviewed(reason: str) -> str:
    """What stands under *Implemented By* where a person has to see to it; the reason follows in one line."""
    return f"{REVIEW}: {' '.join(reason.split())}" if reason.strip() else REVIEW


def with_followup(content: str, rows: Sequence[Followup]) -> str:
    """The document with these rows in its record of what was implemented.

    The record is the block of ours, or the table under a heading *Follow-up Implementation* of whoever wrote it, its
    columns found by name and others left empty; where there is neither, a section is added. A row about the same item
    is replaced. Doing it again changes nothing.

    Raises Refused where a row would not show, or would change how the rest is read.
    """
    if not rows:
        return content
    written = content if record(content).table else _with_table(content)
    twins = Counter(item.identity.digest for item in read("", content, Policy()).items)
    used: set[int] = set()
    for row in rows:
        written = _with_row(written, row, twins, used)
    shown = record(written).table
    if shown is None or not all(any(_says(shown, number, row) for number in range(len(shown.rows))) for row in rows):
        raise Refused("The document ends in code or a comment that is not closed. Please close it, then try again.")
    return kept(content, written)


def with_done(content: str, identity: Identity) -> str:
    """The document with this item done: `Done` in its row, or a tick in its box. It is looked for in this very text.

    Raises Refused where it is not there any more, is closed already, or has no place for it.
    """
    after = content
    for item in read(identity.document, content, Policy()).items:
        if item.identity == identity:
            if not item.is_open:
                raise Refused(f"Line {item.line} says already that it is {item.status.value}.")
            box = item.shape is Shape.CHECKBOX
            after = ticked(content, item, Status.DONE) if box else with_status(content, item, "Done")
    if after == content:
        raise Refused("The document does not have this item any more: its words were changed, or it was taken out.")
    if not any(
        each.identity == identity and not each.is_open for each in read(identity.document, after, Policy()).items
    ):
        raise Refused("Marked as done, it would not read so. Please mark this item in the document yourself.")
    return after


def _with_table(content: str) -> str:
    """With an empty record."""
    if found(content, BLOCK) is not None:
        return replaced(content, BLOCK, implemented(()))
    place = record(content)
    empty = f"{_HEAD}\n{_LINE}"
    return added(content, place.near, empty if place.level else f"{HEADING}\n\n{empty}")


def _with_row(content: str, row: Followup, twins: Counter[str], used: set[int]) -> str:
    """With one more row, or another in its place; `used` are the numbers of those that were written in this call."""
    place = record(content).table
    if place is None:
        return content  # it does not show: the caller says so
    number = _place(place, row, twins, used)
    used.add(len(place.rows) if number is None else number)
    whole = text(content)
    last = place.rows[-1].line if place.rows else place.line + 1
    start, there = whole.line(place.rows[number].line if number is not None else last)
    indent = there[: len(there) - len(there.lstrip(" \t"))]
    written = indent + table_row(_cells(content, place, number, row))
    if number is not None:
        return content[:start] + written + content[start + len(there) :]
    end = start + len(there)
    return content[:end] + like(content, f"\n{written}") + content[end:]


def _place(table: Table, row: Followup, twins: Counter[str], used: set[int]) -> int | None:
    """The number of the row that is about the same item; None where there is none.

    Of items with the same words, what is done stays, unless it is the very commit.
    """
    has = columns(table)
    key = _key(row.cells["action"])
    same = [n for n, each in enumerate(table.rows) if n not in used and _key(_cell(table, n, "action")) == key]
    commits = {n: _cell(table, n, "commit") if "commit" in has else "" for n in same}
    exact = [n for n in same if _says(table, n, row)]
    landed = [n for n in same if row.commit and row.commit[:7] in commits[n]]
    waiting = [n for n in same if commits[n] in {"", NONE}]
    others = [] if twins[digest(row.action)] > 1 else same
    return next(iter([*exact, *landed, *waiting, *others]), None)


def _says(table: Table, number: int, row: Followup) -> bool:
    return all(_cell(table, number, name) == _read(row.cells[name]) for name in columns(table))


def _cell(table: Table, number: int, name: str) -> str:
    """A cell of a row, as it is read."""
    cells, at = table.rows[number].cells, columns(table)[name]
    return cells[at] if at < len(cells) else ""


def _read(written: str) -> str:
    return written.replace("\\|", "|")


def _key(written: str) -> str:
    return digest(_read(written))


def _cells(content: str, table: Table, number: int | None, row: Followup) -> list[str]:
    """All cells of a line, as written: ours by their columns, others as they are."""
    spans = table.rows[number].spans if number is not None else ()
    cells = [content[start:end] for start, end in spans[: len(table.head)]]
    cells += [NONE] * (len(table.head) - len(cells))
    for name, at in columns(table).items():
        cells[at] = row.cells[name]
    return [each or NONE for each in cells] if number is None else cells


def _action(action: str) -> str:
    """An action as a cell: code stays code, everything else is just words, without the marks of what is bold."""
    parts = _CODE.split(" ".join(tidy(action).split()))
    parts[::2] = [part.replace("**", "") for part in parts[::2]]
    return "".join(_piece(part, code=number % 2 > 0) for number, part in enumerate(parts)).strip() or NONE


def _piece(part: str, *, code: bool) -> str:
    """A piece of an action, with the blanks around it."""
    if code and not _UNSAFE.search(part):
        return part
    inner = part.strip()
    return part.replace(inner, cell(inner)) if inner else part
