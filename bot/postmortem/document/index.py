"""The index page beside the documents: one row each, in whatever table people keep there, and no other byte changes."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from urllib.parse import quote, unquote

from bot.errors import Refused
from bot.incident.model import Frozen
from bot.postmortem.blocks import Row, Table, Text, blocks, commented, text
from bot.postmortem.document.cells import cell, plain_cell
from bot.postmortem.document.owned import like
from bot.postmortem.document.render import table, table_row
from bot.postmortem.words import listed, plain

HEAD = ("Date", "Post-mortem", "Severity", "Services")
#: What people call each column; the first name that a table has counts.
_NAMES: Mapping[str, tuple[str, ...]] = {
    "link": listed("""
        post-mortem, postmortem, post mortem, document, report, link, post-mortem link, title, incident, name, file,
        what
    """),
    "day": listed("date, incident date, date of incident, day, when, happened, happened on, occurred"),
    "title": ("title",),
    "severity": listed("severity, sev, level, severity level"),
    "services": listed("services, service, affected services, affected service, affected, systems, system"),
}
_LINK = re.compile(r"\]\(\s*<?([^()\s<>]*)")
_ISO = re.compile(r"(?<!\d)\d{4}-\d\d-\d\d(?!\d)")


class Entry(Frozen):
    """What the index says of a document. `name` is its file name; `severity` and `services` may be empty."""

    name: str
    title: str
    day: date
    severity: str = ""
    services: str = ""


def with_entry(content: str | None, entry: Entry) -> str:
    """The page with the entry; None is a page that is not there yet. Doing it again changes nothing.

    The first table with a column of links and one of dates gets the row, in the order that it has; without such a table
    the page gets one of ours at its end. A row that is there already is changed only where it says something else.
    Raises Refused where the page ends within a code block or HTML, so that nothing added to it would be read.
    """
    if not content:
        intro = "What happened, why, and what we have changed since. The newest comes first."
        return f"# Post-mortems\n\n{intro}\n\n{_table(entry)}\n"
    document = text(content)
    place = _place(document)
    if place:
        known = next((row for row in place.table.rows if _leads_to(row, entry.name)), None)
        written = _changed(document, place, known, entry) if known else _inserted(document, place, entry)
        if _has(written, entry):
            return written
    gap = "" if content.endswith(("\n\n", "\r\n\r\n")) else "\n" if content.endswith("\n") else "\n\n"
    written = content + like(content, f"{gap}## Post-mortems\n\n{_table(entry)}\n")
    if not _has(written, entry):
        raise Refused(
            "The index page ends within a code block or HTML. Please close it, so that an entry can be added."
        )
    return written


class _Place(Frozen):
    """A table that we understand, and the number of each column that we know in it."""

    table: Table
    columns: dict[str, int]


def _has(content: str, entry: Entry) -> bool:
    place = _place(text(content))
    return place is not None and any(_leads_to(row, entry.name) for row in place.table.rows)


def _place(document: Text) -> _Place | None:
    hidden = commented(document)
    for block in blocks(document):
        # an indented table stands in a list; nobody keeps an index there
        if isinstance(block, Table) and block.line not in hidden and not document.line(block.line + 1)[1][:1].isspace():
            columns = _columns(block)
            if {"day", "link"} <= columns.keys():
                return _Place(table=block, columns=columns)
    return None


def _columns(found: Table) -> dict[str, int]:
    """By what stands in a column, else by its name: dates and links to documents say most about what it is for."""
    heads = [plain(head[:80]).casefold().strip(" :") for head in found.head]
    columns: dict[str, int] = {}
    for role, names in _NAMES.items():
        told = _mostly(found, _TELLS[role], columns.values()) if role in _TELLS else ()
        named = (heads.index(name) for name in names if name in heads)
        place = next((n for n in (*told, *named) if n not in columns.values()), None)
        if place is not None:
            columns[role] = place
    return columns


def _mostly(found: Table, fits: Callable[[str], bool], taken: Collection[int]) -> Iterator[int]:
    """The columns whose cells mostly fit."""
    for number in range(len(found.head)):
        cells = [row.cells[number] for row in found.rows if number < len(row.cells) and row.cells[number]]
        if number not in taken and cells and 2 * sum(map(fits, cells)) > len(cells):
            yield number


def _is_document(written: str) -> bool:
    return any(target.partition("#")[0].endswith((".md", ".html")) for target in _LINK.findall(written))


def _is_day(written: str) -> bool:
    return bool(_ISO.match(plain(written)))


#: What shows by itself which column it is.
_TELLS: Mapping[str, Callable[[str], bool]] = {"link": _is_document, "day": _is_day}


def _leads_to(row: Row, name: str) -> bool:
    return any(_leads(written, name) for written in row.cells)


def _leads(written: str, name: str) -> bool:
    """Whether a cell links to the document, from this folder or another, with its ending or without."""
    targets = (unquote(target.partition("#")[0].rsplit("/", 1)[-1]) for target in _LINK.findall(written))
    return any(target in {name, name.removesuffix(".md")} for target in targets)


def _inserted(document: Text, place: _Place, entry: Entry) -> str:
    rows = place.table.rows
    days = [_row_day(row, place) for row in rows]
    line = rows[after - 1].line if (after := _after(days, entry.day)) else place.table.line + 1
    written = table_row([_values(entry, place).get(n, "") for n in range(len(place.table.head))])
    whole = document.whole
    if line < len(document.starts):
        at = document.starts[line]
        return whole[:at] + like(whole, f"{written}\n") + whole[at:]
    return whole + like(whole, f"\n{written}")


def _after(days: Sequence[date | None], day: date) -> int:
    """Below how many rows a new one belongs: newest first, or last where the table begins with its oldest."""
    dated = [(number, each) for number, each in enumerate(days, 1) if each]
    if dated and dated[0][1] < dated[-1][1]:
        return max((number for number, each in dated if each <= day), default=dated[0][0] - 1)
    last = dated[-1][0] if dated else 0
    return next((number - 1 for number, each in dated if each <= day), last)


def _changed(document: Text, place: _Place, row: Row, entry: Entry) -> str:
    """With the row's cells that say something else replaced; what we do not know stays as people wrote it."""
    whole, values = document.whole, _values(entry, place)
    if any(number >= len(row.spans) for number, value in values.items() if value):
        written = [whole[start:end] for start, end in row.spans]
        padded = [*written, *[""] * (len(place.table.head) - len(written))]
        start, line = document.line(row.line)
        return (
            whole[:start]
            + table_row([values.get(n) or said for n, said in enumerate(padded)])
            + whole[start + len(line) :]
        )
    for number, value in sorted(values.items(), reverse=True):
        if not value:
            continue
        start, end = row.spans[number]
        if not _same(whole[start:end], value, number, place, entry):
            whole = whole[:start] + value + whole[end:]
    return whole


def _same(written: str, value: str, number: int, place: _Place, entry: Entry) -> bool:
    """Whether a cell says already what it should, in whatever way."""
    if number == place.columns["day"]:
        return _day(written) == entry.day
    if number == place.columns["link"]:
        return _leads(written, entry.name) and plain(written) == plain(value)
    return plain_cell(written) == plain_cell(value)


def _row_day(row: Row, place: _Place) -> date | None:
    """The day in its column, else in its link."""
    cells = [row.cells[n] for n in (place.columns["day"], place.columns["link"]) if n < len(row.cells)]
    return next((day for written in cells if (day := _day(written))), None)


def _day(written: str) -> date | None:
    found = _ISO.search(written)
    try:
        return date.fromisoformat(found[0]) if found else None
    except ValueError:
        return None


def _values(entry: Entry, place: _Place) -> dict[int, str]:
    """What stands in each column that we know."""
    written = _written(entry)
    return {number: written[role] for role, number in place.columns.items()}


def _written(entry: Entry) -> dict[str, str]:
    """The entry as cells, by what they are."""
    title, severity, services = (cell(" ".join(said.split())) for said in (entry.title, entry.severity, entry.services))
    link = f"[{title or cell(entry.name)}]({quote(entry.name, safe='')})"
    return {"day": entry.day.isoformat(), "link": link, "title": title, "severity": severity, "services": services}


def _table(entry: Entry) -> str:
    written = _written(entry)
    return table(HEAD, [[written[role] for role in ("day", "link", "severity", "services")]])
