"""The blocks that are the bot's: what stands between two marks is rewritten, and nothing else ever is."""

import re

from bot.errors import Refused
from bot.postmortem.model import Span

#: The parts of a document that the bot writes anew when it knows more.
BLOCKS = ("facts", "timeline", "implemented")


def owned(name: str, body: str) -> str:
    """The block with its marks."""
    return f"{_mark('begin', name)}\n\n{body}\n\n{_mark('end', name)}"


def _mark(which: str, name: str) -> str:
    return f"<!-- holdfast:{which} {name} -->"


def found(content: str, name: str) -> Span | None:
    """Where the body of a block stands, without the blank lines around it; where it is empty, all between the marks.

    None where the marks are not there, or there more than once: then nobody can tell what is ours, and nothing is.
    """
    begins, ends = (
        list(re.finditer(rf"^{re.escape(_mark(which, name))}[ \t]*\r?$", content, re.MULTILINE))
        for which in ("begin", "end")
    )
    if len(begins) != 1 or len(ends) != 1 or begins[0].end() > ends[0].start():
        return None
    inner = content[begins[0].end() : ends[0].start()]
    body = inner.strip("\r\n")
    if not body:
        return Span(start=begins[0].end(), end=ends[0].start())
    start = begins[0].end() + len(inner) - len(inner.lstrip("\r\n"))
    return Span(start=start, end=start + len(body))


def replaced(content: str, name: str, body: str) -> str:
    """The document with another body in this block, in the document's own line breaks; every other byte stays.

    Raises Refused where the document has no such block any more.
    """
    span = found(content, name)
    if span is None:
        raise Refused(f"The document has no block “{name}” of ours any more. Please put its two marks back.")
    emptied = not content[span.start : span.end].strip("\r\n")
    return content[: span.start] + like(content, f"\n\n{body}\n\n" if emptied else body) + content[span.end :]


def like(content: str, text: str) -> str:
    """The text with the line breaks that the document has."""
    return text.replace("\r\n", "\n").replace("\n", newline(content))


def newline(content: str) -> str:
    """How the lines of a document end: as its first one does."""
    first = content.find("\n")
    return "\r\n" if first > 0 and content[first - 1] == "\r" else "\n"
