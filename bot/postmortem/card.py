"""What a document says of itself, however it was written: title, day, severity, services, status, what is open."""

import re
from collections.abc import Sequence
from datetime import date

from bot.incident.model import Frozen
from bot.incident.text import shorten
from bot.postmortem.blocks import Block, Heading, Paragraph, Table, blocks, text
from bot.postmortem.model import Reading
from bot.postmortem.words import plain

_SEVERITY = re.compile(r"\b(SEV)-?\s?([0-4])\b|\b(P)([0-5])\b", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z][A-Za-z /-]{2,30}")
_TITLE = re.compile(r"^(?:post-?\s?mortem(?: report)?|\d{4}-\d\d-\d\d)\s*[:—–-]\s*", re.IGNORECASE)
_SERVICES = ("affected services", "affected", "services", "service")
#: As much of a document's words as are searched. Characters.
SEARCHED = 20_000
_SHORT = 240
#: Nothing that is said of a document is longer than this. Characters.
LINE = 500


class Card(Frozen):
    """A document in the index. `day` is None where nothing says it; `words` are what the search looks through."""

    name: str
    page: str
    title: str
    day: date | None
    severity: str
    services: str
    status: str
    summary: str
    open_items: int
    items: int
    words: str


def card(content: str, reading: Reading) -> Card:
    """From the document and what was read of its action items; `reading.document` is its file name."""
    name = reading.document
    found = blocks(text(content))
    known = facts(found)
    severity = _SEVERITY.search(known.get("severity", ""))
    return Card(
        name=name,
        page=f"{name.removesuffix('.md')}.html",
        title=titled(found, name),
        day=reading.date,
        severity="".join(filter(None, severity.groups())).upper() if severity else "",
        services=shorten(next((known[key] for key in _SERVICES if known.get(key)), ""), 120),
        status=shorten(known.get("status", ""), 80),
        summary=_summary(found),
        open_items=sum(item.is_open for item in reading.items),
        items=len(reading.items),
        words=" ".join(sorted(set(re.findall(r"\w{2,}", plain(content[:SEARCHED]).casefold())))),
    )


def titled(found: Sequence[Block], name: str) -> str:
    """What the document is called by its first heading, without "Post-mortem:" or a day; else by its file."""
    heading = next((block.text for block in found if isinstance(block, Heading)), "")
    return _TITLE.sub("", plain(heading)) or name


def unwritten(text: str) -> bool:
    """Whether a paragraph only says what is still to be written there."""
    return plain(text[:80]).lstrip("_ ").startswith("To be written")


def facts(found: Sequence[Block]) -> dict[str, str]:
    """The metadata, by its names in lower case: a table of two columns before the first section, or lines such as
    `**Severity:** SEV2`.
    """
    known: dict[str, str] = {}
    for block in found:
        if isinstance(block, Heading) and block.level > 1:
            break
        if isinstance(block, Table) and len(block.head) == 2:
            for row in block.rows:
                if len(row.cells) == 2:
                    known.setdefault(plain(row.cells[0]).casefold(), plain(row.cells[1]))
        if isinstance(block, Paragraph):
            for line in block.text.split("\n"):
                name, colon, value = plain(line[:LINE]).partition(":")
                if colon and _NAME.fullmatch(name.strip()):
                    known.setdefault(name.strip().casefold(), value.strip())
    return known


def _summary(found: Sequence[Block]) -> str:
    """The first paragraph of the summary, else the first one below any section."""
    wanted, first = False, ""
    below = False
    for block in found:
        if isinstance(block, Heading):
            below = below or block.level > 1
            wanted = "summary" in plain(block.text).casefold()
        elif isinstance(block, Paragraph) and below and not unwritten(block.text):
            if wanted:
                return shorten(plain(block.text), _SHORT)
            first = first or shorten(plain(block.text), _SHORT)
    return first
