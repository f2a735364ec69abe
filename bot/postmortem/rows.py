"""Action items in tables: typed ones of the template, and the many others that people write."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from bot.postmortem import assignment, marks
from bot.postmortem.blocks import Heading, Row, Table
from bot.postmortem.columns import Columns, columns
from bot.postmortem.draft import Draft
from bot.postmortem.model import CLOSED, Priority, Shape, Span, Status
from bot.postmortem.sections import Section
from bot.postmortem.words import line, plain

_PLACEHOLDER = re.compile(
    r"^\W*$|^\[[^\]]*\]$|^\{\{|^<[^>]*>$|^(?:tbd|none|n/a|example|yyyy-mm-dd|action(?: item)?)$", re.I
)
_FINISHED = re.compile(
    r"^\W*(?:✅|✔|☑)|(?:✅|✔)\s*$|^\W*done\b|\((?:done|applied|completed|implemented|fixed|shipped)\b[^()]*\)", re.I
)


def drafts(table: Table, path: Sequence[Heading], section: Section, since: date | None) -> Iterator[Draft]:
    """The rows that are action items, finished ones too."""
    found = columns(table, section)
    if found is None:
        return
    over = next((p for h in reversed(path) if (p := marks.leading_priority(h.text))), None)
    horizon = next((d for h in reversed(path) if (d := assignment.due(h.text, since))), None)
    for row in table.rows:
        action = _cell(row, found.action)
        if _PLACEHOLDER.match(plain(action)) and not _struck(action):
            continue
        yield _draft(row, found, section, action, since, (over, horizon))


def _draft(
    row: Row,
    found: Columns,
    section: Section,
    action: str,
    since: date | None,
    above: tuple[Priority | None, date | None],
) -> Draft:
    details = line(" · ".join(cell for place in found.details if (cell := _cell(row, place))))
    kind = _cell(row, found.type)
    status, doubt = _status(row, found, section, action)
    said = f"{action} {details}"
    stated = marks.priority(_cell(row, found.priority))
    place = row.spans[found.status] if 0 <= found.status < len(row.spans) else None
    return Draft(
        action=line(action),
        line=row.line,
        shape=Shape.TYPED_ROW if kind else Shape.ROW,
        status=status,
        details=details,
        status_text=_cell(row, found.status),
        type=plain(kind),
        kinds=marks.kinds(kind),
        priority=stated if _cell(row, found.priority) else marks.leading_priority(action) or above[0],
        owner=assignment.owner(_cell(row, found.owner)) or assignment.owner_in(said),
        due=assignment.due(_cell(row, found.due), since) or assignment.due_in(said, since) or above[1],
        issue=assignment.issue(_cell(row, found.issue)) or assignment.issue_in(said),
        status_cell=Span(start=place[0], end=place[1]) if place else None,
        doubt=doubt or _shape(row, found),
        beside=" · ".join(_cell(row, place) for place in (found.priority, found.owner, found.due, found.issue)),
    )


def recorded(table: Table) -> Iterator[str]:
    """The actions that a record of what was implemented has, with a commit or who did it."""
    names = [plain(name[:80]).casefold().strip() for name in table.head]
    if "action" in names and {"commit", "implemented by"} & set(names):
        for row in table.rows:
            if not any("human review" in cell.casefold() for cell in row.cells):
                yield _cell(row, names.index("action"))


def _status(row: Row, found: Columns, section: Section, action: str) -> tuple[Status, str]:
    """How a row stands, and what is doubtful about that."""
    if _struck(action):
        return Status.DROPPED, ""
    if found.status >= 0:
        written = _cell(row, found.status)
        status = marks.status(written)
        if status not in CLOSED and _FINISHED.search(plain(action)) and not re.match(r"\W*done\b", plain(action), re.I):
            return status, "Its action says that it is done, its status does not."
        return status, ""
    if section is Section.RECORD or _FINISHED.search(plain(action)):
        return Status.DONE, ""
    return (
        Status.OPEN,
        "" if section is Section.PLAN else "Its table has no status, and no heading says that it is a plan.",
    )


def _shape(row: Row, found: Columns) -> str:
    if found.twice:
        return "Two columns of its table have the same name."
    if len(row.cells) != found.count:
        return f"Its row has {len(row.cells)} cells where the table has {found.count} columns."
    return ""


def _cell(row: Row, place: int) -> str:
    return row.cells[place] if 0 <= place < len(row.cells) else ""


def _struck(action: str) -> bool:
    """Whether the whole action is struck out."""
    inner = action.strip().strip("*_ ")
    return len(inner) > 4 and inner.startswith("~~") and inner.find("~~", 2) >= len(inner) * 2 // 3 - 2
