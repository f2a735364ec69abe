"""A drafted change, applied as it stands: a unified diff whose every line fits, or the whole text of a new file."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.change.model import Drafted, Edit
from bot.errors import Refused
from bot.incident.text import visible

#: Larger drafts are nobody's to apply unseen: characters, and parts of one file.
LONGEST, PARTS = 40_000, 50
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
#: What no new file begins a line with, and a diff does.
_DIFF = re.compile(r"^(?:diff --git |--- |\+|@@ )", re.MULTILINE)
#: What stands between the files of a diff, or around all of it, and changes nothing by itself.
_BETWEEN = re.compile(r"diff --git .*|index [0-9a-f]+\.\.[0-9a-f]+.*|new file mode 100644|```(?:diff)?|")
_NOWHERE = "/dev/null"


@dataclass
class _Hunk:
    """One part of a diff: from which line it says to stand, how many it says to replace by how many, and its lines."""

    first: int
    old: int
    new: int
    lines: list[str] = field(default_factory=list)

    def count(self, signs: str) -> int:
        """How many of its lines begin so; an empty one is a blank one."""
        return sum((line or " ")[0] in signs for line in self.lines)

    @property
    def is_whole(self) -> bool:
        """Whether it has as many lines as it says."""
        return self.count(" -") >= self.old and self.count(" +") >= self.new


def edits_of(drafted: Drafted, texts: Mapping[str, str | None]) -> tuple[Edit, ...]:
    """The edits that a draft makes of what stands there; `texts` has every file that it names, None for none.

    Raises Refused where it does not fit exactly: nothing is guessed.
    """
    text = drafted.change
    if not text.strip() or len(text) > LONGEST:
        raise Refused("The draft is empty, or too long to be applied unseen.")
    if visible(text) != text:
        raise Refused("The draft has marks that nobody sees, such as control characters.")
    if any(_HUNK.match(line) for line in text.split("\n")):
        return _from_diff(text, drafted.file, texts)
    return (_whole(text, drafted.file, texts),)


def _whole(text: str, file: str, texts: Mapping[str, str | None]) -> Edit:
    """A new file. Whatever stands there already is not replaced by a draft without context."""
    if not file:
        raise Refused("The draft does not say which file it is.")
    if file not in texts:
        raise Refused(f"The draft is about {file[:100]}, which was not read.")
    if texts[file] is not None:
        raise Refused(f"{file[:100]} is there already, and the draft is no diff of it.")
    if _DIFF.search(text) or (text.lstrip().startswith("```") and not file.endswith(".md")):
        raise Refused("The draft is neither a diff that can be read nor the text of a file.")
    return Edit(path=file, before=None, after=text if text.endswith("\n") else f"{text}\n")


def _from_diff(text: str, file: str, texts: Mapping[str, str | None]) -> tuple[Edit, ...]:
    found = []
    for path, hunks in _files(text.split("\n"), file):
        if path not in texts:
            raise Refused(f"The draft is about {path[:100]}, which was not read.")
        before = texts[path]
        after = _applied(path, before, hunks)
        if after == before:
            raise Refused(f"The draft changes nothing in {path[:100]}.")
        found.append(Edit(path=path, before=before, after=after))
    if not found or len({edit.path for edit in found}) != len(found):
        raise Refused("The draft is no diff that can be read.")
    return tuple(found)


def _files(lines: Sequence[str], file: str) -> Iterator[tuple[str, list[_Hunk]]]:
    """Each file of a diff with its hunks; a diff without names is about `file`. Raises Refused for what is neither."""
    path, hunks, skip = file, list[_Hunk](), False
    for number, line in enumerate(lines):
        follows = number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
        inside = bool(hunks) and not hunks[-1].is_whole
        if skip:
            skip = False
        elif line.startswith("--- ") and follows and not inside:
            if hunks:
                yield path, hunks
            path, hunks, skip = _path(line, lines[number + 1]), [], True
        elif match := _HUNK.match(line):
            hunks.append(_Hunk(int(match[1]), int(match[2] or 1), int(match[4] or 1)))
        elif hunks and (line[:1] in tuple(" +-") or (inside and not line)):
            hunks[-1].lines.append(line)
        elif hunks and not (line.startswith("\\ No newline") or (not inside and _BETWEEN.fullmatch(line))):
            raise Refused("The draft has a line that is no part of a diff.")
    if hunks:
        yield path, hunks


def _path(old: str, new: str) -> str:
    """Which file the two lines name. Raises Refused for a file that goes away or is renamed."""
    names = [line[4:].split("\t", maxsplit=1)[0].strip() for line in (old, new)]
    before, after = (name.removeprefix(mark) for name, mark in zip(names, ("a/", "b/"), strict=True))
    if after == _NOWHERE:
        raise Refused("The draft takes a file away, which is for a person to do.")
    if before not in (_NOWHERE, after):
        raise Refused("The draft renames a file, which is for a person to do.")
    return after


def _applied(path: str, before: str | None, hunks: Sequence[_Hunk]) -> str:
    """The text with every hunk in it. A hunk may stand elsewhere than it says only where it fits in one place alone."""
    if len(hunks) > PARTS:
        raise Refused(f"The draft for {path[:100]} has too many parts to be applied unseen.")
    lines = [] if before is None else before.split("\n")
    at, moved = 0, 0  # where the last one ended, and how many lines came in by those before
    for hunk in hunks:
        body = [line or " " for line in hunk.lines]
        if not any(line[0] in "+-" for line in body):
            raise Refused(f"A part of the draft for {path[:100]} changes nothing.")
        old = [line[1:] for line in body if line[0] in " -"]
        new = [line[1:] for line in body if line[0] in " +"]
        place = _place(path, lines, old, max(0, hunk.first - 1 + moved), at)
        lines[place : place + len(old)] = new
        at, moved = place + len(new), moved + len(new) - len(old)
    text = "\n".join(lines)
    if not text.strip():
        raise Refused(f"The draft leaves nothing of {path[:100]}.")
    return text if before is not None or text.endswith("\n") else f"{text}\n"


def _place(path: str, lines: Sequence[str], old: Sequence[str], said: int, after: int) -> int:
    """Where the old lines stand. Raises Refused where they do not, or where nobody can tell which are meant."""
    if not old:
        if any(lines):
            raise Refused(f"A part of the draft for {path[:100]} does not say where it belongs.")
        return 0
    if said >= after and list(lines[said : said + len(old)]) == old:
        return said
    last = len(lines) - len(old) + 1
    fitting = [i for i in range(after, last) if lines[i] == old[0] and list(lines[i : i + len(old)]) == old]
    if len(fitting) != 1:
        raise Refused(f"The draft for {path[:100]} does not fit what stands there now.")
    return fitting[0]
