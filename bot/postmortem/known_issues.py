"""Known issues, as people write them down: in a document that is called so, or below a heading that says so."""

import re
from collections.abc import Iterator

from bot.incident.model import Frozen
from bot.incident.text import shorten
from bot.postmortem.words import plain

_CALLED = re.compile(r"(?<![a-z])known[ _-]{1,3}(?:issue|problem|limitation)s?(?![a-z])", re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}(?=\s)")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
#: As many are read of one document, and as much of each. Characters.
MOST, LENGTH, TITLE = 100, 2000, 120


class KnownIssue(Frozen):
    """One of them: its heading, and what stands below it."""

    title: str
    text: str


def known_issues(name: str, content: str) -> tuple[KnownIssue, ...]:
    """Those of a Markdown document, a section each; where none has a section of its own, what stands there is one."""
    whole = bool(_CALLED.search(name))
    below = 0
    own: list[KnownIssue] = []
    opening: list[KnownIssue] = []
    for level, title, text in _sections(content):
        begins = bool(level and _CALLED.search(title))
        if begins:
            below = level
        elif below and 0 < level <= below:
            below = 0
        if (whole or below) and text.strip():
            first = begins or level <= 1
            issue = KnownIssue(title=_title("" if first else title, text), text=text.strip()[:LENGTH])
            (opening if first else own).append(issue)
    return tuple((own or opening)[:MOST])


def _title(heading: str, text: str) -> str:
    """Its heading; what has none is called by its first words."""
    return shorten(heading or plain(text.strip().splitlines()[0][: 4 * TITLE]), TITLE)


def _sections(content: str) -> Iterator[tuple[int, str, str]]:
    """Level, heading and text of each section; level 0 for what stands above the first heading."""
    level, title, lines, fenced = 0, "", list[str](), False
    for line in content.splitlines():
        fenced ^= bool(_FENCE.match(line))
        found = None if fenced else _HEADING.match(line)
        if found:
            yield level, title, "\n".join(lines)
            level, title, lines = len(found[0]), plain(line[len(found[0]) :].strip().rstrip("#")[: 4 * TITLE]), []
        else:
            lines.append(line)
    yield level, title, "\n".join(lines)
