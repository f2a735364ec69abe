"""Reads a document back into its data: ours exactly, other people's as far as they have the same sections."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime

from bot.incident.model import Frozen
from bot.postmortem.blocks import Block, Heading, Row, Table, Text, blocks, text
from bot.postmortem.document.cells import plain_cell, words
from bot.postmortem.document.model import Document, Fact, Implemented, Moment, Part, Planned
from bot.postmortem.document.render import placeholder
from bot.postmortem.model import Span
from bot.postmortem.words import plain

_TITLE = re.compile(r"^post-?\s?mortem(?: report)?\s*[:—–-]\s*", re.IGNORECASE)
#: The section of the action items.
PLAN_NAME = "prevention plan"
_TIMELINE, _PLAN, _LESSONS, _IMPLEMENTED = (
    "timeline (utc)",
    PLAN_NAME,
    "lessons learned",
    "follow-up implementation",
)
#: Headings of ours, by how deep they stand; others are part of the section they stand in.
_LEVELS = {part.casefold(): 3 if part in {Part.WHYS, Part.WELL, Part.POORLY, Part.LUCKY} else 2 for part in Part}
_LEVELS |= dict.fromkeys((_TIMELINE, _PLAN, _LESSONS, _IMPLEMENTED), 2)
_PARTS = {part.casefold(): part for part in Part}


class Section(Frozen):
    """The text under a heading of ours, without blank lines around it. `name` is in lower case; "" before the first one
    and under headings that people have added. `first` and `last` are its lines, from 1.
    """

    name: str
    span: Span
    first: int
    last: int


def sections(content: str) -> tuple[Section, ...]:
    """The document, cut at our headings, each of which counts once, and at others that are as large."""
    whole = text(content)
    return tuple(_cut(whole, blocks(whole)))


def _cut(whole: Text, found: Sequence[Block]) -> Iterator[Section]:
    name, first, level = "", 1, 0
    seen: set[str] = set()
    for heading in found:
        if not isinstance(heading, Heading) or heading.nested:
            continue
        called = plain(heading.text).casefold()
        ours = _LEVELS.get(called) == heading.level and called not in seen
        if ours or heading.level <= level:
            yield _section(whole, name, first, heading.line - 1)
            name, first, level = (called if ours else ""), heading.last + 1, heading.level
            seen.add(called)
    yield _section(whole, name, first, len(whole.starts))


def _section(whole: Text, name: str, first: int, last: int) -> Section:
    end = whole.starts[last] if last < len(whole.starts) else len(whole.whole)
    start = min(whole.starts[first - 1] if first <= len(whole.starts) else len(whole.whole), end)
    body = whole.whole[start:end]
    inner = body.strip("\r\n")
    start += len(body) - len(body.lstrip("\r\n")) if inner else 0
    return Section(name=name, span=Span(start=start, end=start + len(inner)), first=first, last=last)


def part_of(content: str, part: Part) -> str:
    """What people have written in a section; empty where they have not, or it is not there."""
    section = next((section for section in sections(content) if section.name == part.casefold()), None)
    return _written(content, part, section) if section else ""


def _written(content: str, part: Part, section: Section) -> str:
    body = content[section.span.start : section.span.end].replace("\r\n", "\n")
    return "" if body == placeholder(part) else body


def parse(content: str) -> Document:
    """The document's data. Never fails: what it has not is empty, and a document without a date has the first one."""
    whole = text(content)
    found = blocks(whole)
    cut: dict[str, Section] = {}
    for section in _cut(whole, found):
        cut.setdefault(section.name, section)
    title = next((block.text for block in found if isinstance(block, Heading) and block.level == 1), "")
    facts = [Fact(name=_bare(row[0]), value=words(row[1])) for row in _rows(found, cut.get(""), 2)]
    written = {part: _written(content, part, cut[name]) for name, part in _PARTS.items() if name in cut}
    return Document(
        title=_TITLE.sub("", plain_cell(title)),
        date=next((day for fact in facts if fact.name == "Date" and (day := _day(fact.value.text))), date.min),
        facts=tuple(fact for fact in facts if fact.name != "Date"),
        timeline=tuple(m for row in _rows(found, cut.get(_TIMELINE), 3) if (m := _moment(row))),
        plan=tuple(_planned(row) for row in _rows(found, cut.get(_PLAN), 8)),
        implemented=tuple(_implemented(row) for row in _rows(found, cut.get(_IMPLEMENTED), 6)),
        parts={part: body for part, body in written.items() if body},
    )


def _rows(found: tuple[Block, ...], section: Section | None, width: int) -> Iterator[tuple[str, ...]]:
    """The rows of the section's first table of so many columns, as written."""
    if section is None:
        return
    for block in found:
        if isinstance(block, Table) and section.first <= block.line <= section.last and len(block.head) == width:
            yield from (_filled(row, width) for row in block.rows)
            return


def _filled(row: Row, width: int) -> tuple[str, ...]:
    # a bar that stands for itself keeps its backslash here: `plain_cell` takes them all off
    cells = tuple(cell.replace("|", "\\|") for cell in row.cells[:width])
    return (*cells, *[""] * (width - len(cells)))


def _bare(written: str) -> str:
    return plain_cell(written.removeprefix("**").removesuffix("**"))


def _day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def _moment(row: tuple[str, ...]) -> Moment | None:
    try:
        at = datetime.strptime(plain_cell(row[0]), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Moment(at=at, text=plain_cell(row[1]), source=words(row[2]))


def _planned(row: tuple[str, ...]) -> Planned:
    priority, action, kind, details, owner, due, issue, status = map(plain_cell, row)
    return Planned(
        priority=priority,
        action=action,
        type=kind,
        details=details,
        owner=owner,
        due=due,
        issue=issue,
        status=status,
    )


def _implemented(row: tuple[str, ...]) -> Implemented:
    day, action, priority, kind, _, by = map(plain_cell, row)
    return Implemented(date=day, action=action, priority=priority, type=kind, commit=words(row[4]), by=by)
