"""What git says of its history, read: nothing that stands in a message, a path or a file passes for git's own words."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from bot.incident.model import Frozen

#: How `git log` is asked. No message, name or path holds a NUL, so what stands between two is one of them, whole.
FORMAT = "--format=%x00%x00%H%x00%ct%x00%B%x00"
#: Paths that are kept of one commit.
PATHS = 200
_SHA = re.compile(r"[0-9a-f]{40}")
_FOUND = re.compile(rb"[0-9a-f]{40}:([^\0]*)\0([0-9]{1,9})\0([^\n]*)\n")
#: The last second of the year 9999, and so the last that there is here.
_LAST = 253402300799


class Change(Frozen):
    """A commit as it came onto the branch. `paths` are those that it changed, at most PATHS of `files`."""

    commit: str
    at: datetime
    message: str
    paths: tuple[str, ...] = ()
    files: int = 0

    @property
    def title(self) -> str:
        """The first line of its message."""
        return (self.message.strip().splitlines() or ["(no message)"])[0].strip()

    @property
    def body(self) -> str:
        """The rest of it."""
        return self.message.strip().partition("\n")[2].strip()


class Match(Frozen):
    """A line in which something was found."""

    path: str
    line: int
    text: str


class Counted(Frozen):
    """A file that a commit changed: lines that came and went, None for one that is no text."""

    path: str
    added: int | None
    removed: int | None

    @property
    def lines(self) -> int:
        """Both together."""
        return (self.added or 0) + (self.removed or 0)


def changes(out: bytes) -> tuple[Change, ...]:
    """From `git log -z --name-status` with FORMAT."""
    tokens = iter(out.decode(errors="replace").split("\0"))
    found: list[Change] = []
    token = _next(tokens)
    while token:
        at, message = next(tokens), next(tokens)
        commit, paths = token, list[str]()
        # a status is one letter, so nothing that follows it is taken for the id of the next commit
        while (token := _next(tokens)) and not _SHA.fullmatch(token):
            paths.append(next(tokens))
        found.append(Change(commit=commit, at=_at(at), message=message, paths=tuple(paths[:PATHS]), files=len(paths)))
    return tuple(found)


def matches(out: bytes) -> tuple[Match, ...]:
    """From `git grep -n -z` in a commit."""
    return tuple(
        Match(path=path.decode(errors="replace"), line=int(line), text=text.decode(errors="replace"))
        for path, line, text in _FOUND.findall(out)
    )


def counted(out: bytes) -> tuple[Counted, ...]:
    """From `git diff-tree --numstat -z`."""
    found = []
    for row in filter(None, out.split(b"\0")):
        added, removed, path = row.split(b"\t", 2)
        figures = [None if each == b"-" else int(each) for each in (added, removed)]
        found.append(Counted(path=path.decode(errors="surrogateescape"), added=figures[0], removed=figures[1]))
    return tuple(found)


def _next(tokens: Iterator[str]) -> str:
    """The next one with anything in it; empty at the end."""
    return next((word for token in tokens if (word := token.strip("\n"))), "")


def _at(seconds: str) -> datetime:
    return datetime.fromtimestamp(min(int(seconds), _LAST), UTC)
