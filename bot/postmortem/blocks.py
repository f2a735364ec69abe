"""Markdown as a flat list of blocks with their lines. What is quoted, code, HTML or a comment is passed over here."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.postmortem.model import Span

_NEWLINE = re.compile(r"\r\n?|\n")
_BOX = re.compile(r"\[(.)\](?=\s|$)")
#: Containers whose whole content is somebody else's words or no words at all.
_PASSED_OVER = {"blockquote_open": "blockquote_close"}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. Lines count from 1; `last` is its own last one, and `nested` whether it stands in a list."""

    text: str
    level: int
    line: int
    last: int = 0
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph outside lists."""

    text: str
    line: int


@dataclass(slots=True)
class Entry:
    """One item of a list. `box` is the character between the brackets of a checkbox; None where there is none."""

    line: int
    texts: list[tuple[int, str]] = field(default_factory=list)
    children: list["Entry"] = field(default_factory=list)
    box: str | None = None
    box_span: Span | None = None

    @property
    def text(self) -> str:
        return "\n".join(text for _, text in self.texts)

    def below(self) -> Iterator["Entry"]:
        """Everything nested in it, in order."""
        for child in self.children:
            yield child
            yield from child.below()


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list with what is nested in it."""

    entries: tuple[Entry, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row. `cells` are trimmed and unescaped; `spans` are where each stands in the document."""

    line: int
    cells: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its column names as written, and its rows."""

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    line: int


Block = Heading | Paragraph | Listing | Table


@dataclass(frozen=True, slots=True)
class Text:
    """A document's text with the start of each line."""

    whole: str
    starts: tuple[int, ...]

    def line(self, number: int) -> tuple[int, str]:
        """Where line `number` (from 1) starts, and what stands there without its line break."""
        start = self.starts[number - 1]
        end = self.starts[number] if number < len(self.starts) else len(self.whole)
        return start, self.whole[start:end].rstrip("\r\n")


def text(whole: str) -> Text:
    """The document with its lines; a line ends with CR, LF or both, as in Markdown."""
    return Text(whole, (0, *(match.end() for match in _NEWLINE.finditer(whole))))


@cache
def _parser() -> MarkdownIt:
    """Blocks only: the words inside are read by our own rules, in linear time; links need no definition."""
    parser = MarkdownIt("commonmark").enable("table").disable("reference")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser


def blocks(document: Text) -> tuple[Block, ...]:
    """Headings, paragraphs, lists and tables, in order."""
    # a byte-order mark would hide the first heading
    whole = " " + document.whole[1:] if document.whole.startswith("\ufeff") else document.whole
    return tuple(_read(_parser().parse(whole), document))


def _read(tokens: list[Token], document: Text) -> Iterator[Block]:
    position = 0
    open_entries: list[Entry] = []
    roots: list[Entry] = []
    while position < len(tokens):
        token = tokens[position]
        kind, line = token.type, token.map[0] + 1 if token.map else 0
        if kind in _PASSED_OVER:
            position = _close(tokens, position)
        elif kind == "heading_open":
            last = token.map[1] if token.map else 0
            yield Heading(tokens[position + 1].content, int(token.tag[1]), line, last, token.level > 0)
            position += 2
        elif kind == "table_open":
            end = _close(tokens, position)
            yield from _table(tokens[position : end + 1], document, line)
            position = end
        elif kind == "list_item_open":
            entry = Entry(line)
            (open_entries[-1].children if open_entries else roots).append(entry)
            open_entries.append(entry)
        elif kind == "list_item_close":
            open_entries.pop()
            if not open_entries and tokens[position + 1].type.endswith("list_close"):
                yield Listing(tuple(roots), roots[0].line)
                roots = []
        elif kind == "inline" and open_entries:
            _words(open_entries[-1], line, token.content, document)
        elif kind == "inline":
            yield Paragraph(token.content, line)
        position += 1


def pieces(block: Block) -> Iterator[tuple[int, str]]:
    """What a paragraph, the entries of a list or the rows of a table say, each piece with its line; no headings."""
    if isinstance(block, Paragraph):
        yield block.line, block.text
    elif isinstance(block, Listing):
        for top in block.entries:
            for entry in (top, *top.below()):
                yield from entry.texts
    elif isinstance(block, Table):
        yield from ((row.line, " · ".join(filter(None, row.cells))) for row in block.rows)


def _close(tokens: list[Token], position: int) -> int:
    """Where the container that opens at `position` closes."""
    depth = 0
    while True:
        depth += tokens[position].nesting
        if depth == 0:
            return position
        position += 1


def _words(entry: Entry, line: int, content: str, document: Text) -> None:
    box = _BOX.match(content) if not entry.texts else None
    if box:
        entry.box = box[1]
        start, written = document.line(line)
        at = start + written.index(box[0]) + 1
        entry.box_span = Span(start=at, end=at + 1)
        content = content[box.end() :].lstrip()
    entry.texts.append((line, content))


def _table(tokens: list[Token], document: Text, line: int) -> Iterator[Block]:
    head: list[str] = []
    lines: list[int] = []
    in_head = False
    for token in tokens:
        in_head = (in_head or token.type == "thead_open") and token.type != "thead_close"
        if in_head and token.type == "inline":
            head.append(token.content)
        elif not in_head and token.type == "tr_open" and token.map:
            lines.append(token.map[0] + 1)
    rows = [row(document, number) for number in lines]
    # a line without any bar is taken into the table above it by Markdown, but nobody means it so
    yield Table(tuple(head), tuple(found for found in rows if found is not None), line)
    for number, found in zip(lines, rows, strict=True):
        if found is None:
            yield Paragraph(document.line(number)[1].strip(), number)


def row(document: Text, number: int) -> Row | None:
    """The cells of a line, as Markdown splits them: at each bar that has no backslash before it. None without a bar."""
    start, line = document.line(number)
    bars = [m.start() for m in re.finditer(r"\|", line) if m.start() == 0 or line[m.start() - 1] != "\\"]
    if not bars:
        return None
    edges = [-1, *bars, len(line)]
    pieces = [(left + 1, right) for left, right in pairwise(edges)]
    if not line[: bars[0]].strip():
        pieces = pieces[1:]
    if pieces and not line[bars[-1] + 1 :].strip():
        pieces = pieces[:-1]
    cells, spans = [], []
    for left, right in pieces:
        written = line[left:right]
        inner = written.strip()
        at = left + (len(written) - len(written.lstrip()) if inner else min(1, len(written)))
        cells.append(inner.replace("\\|", "|"))
        spans.append((start + at, start + at + len(inner)))
    return Row(number, tuple(cells), tuple(spans))


def commented(document: Text) -> frozenset[int]:
    """Lines that stand between `<!--` and `-->`, also where Markdown would show them: they were meant to be hidden."""
    found: set[int] = set()
    number = 1
    at = 0
    whole = document.whole
    while (opened := whole.find("<!--", at)) >= 0:
        if (end := whole.find("-->", opened + 4)) < 0:
            break
        while number < len(document.starts) and document.starts[number] <= opened:
            number += 1
        while True:
            found.add(number)
            if number >= len(document.starts) or document.starts[number] > end:
                break
            number += 1
        at = end
    return frozenset(found)
