"""A drafted change, applied as it stands: a unified diff whose every line fits, or the whole text of a new file."""

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.change.model import Drafted, Edit
from bot.errors import Refused

#: Larger drafts are nobody's to apply unseen. Characters.
LONGEST = 40_000
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_NOWHERE = "/dev/null"


def edits_of(drafted: Drafted, texts: Mapping[str, str | None]) -> tuple[Edit, ...]:
    """The edits that a draft makes of what stands there; `texts` has every file that it names, None for none.

    Raises Refused where it does not fit exactly: nothing is guessed.
    """
    text = drafted.change
    if not text.strip() or len(text) > LONGEST:
        raise Refused("The draft is empty, or too long to be applied unseen.")
    if any(_HUNK.match(line) for line in text.splitlines()):
        return _from_diff(text, drafted.file, texts)
    return (_whole(text, drafted.file, texts),)


def _whole(text: str, file: str, texts: Mapping[str, str | None]) -> Edit:
    """A new file. Whatever stands there already is not replaced by a draft without context."""
    if not file:
        raise Refused("The draft does not say which file it is.")
    if texts.get(file) is not None:
        raise Refused(f"{file} is there already, and the draft is no diff of it.")
    return Edit(path=file, before=None, after=text if text.endswith("\n") else f"{text}\n")


def _from_diff(text: str, file: str, texts: Mapping[str, str | None]) -> tuple[Edit, ...]:
    found = []
    for path, hunks in _files(text.splitlines(), file):
        if path not in texts:
            raise Refused(f"The draft is about {path[:100]}, which was not read.")
        before = texts[path]
        after = _applied(path, before, hunks)
        found.append(Edit(path=path, before=before, after=after))
    if not found or len({edit.path for edit in found}) != len(found):
        raise Refused("The draft is no diff that can be read.")
    return tuple(found)


def _files(lines: Sequence[str], file: str) -> Iterator[tuple[str, list[list[str]]]]:
    """Each file of a diff with its hunks; a diff without names is about `file`."""
    path, hunks = "", list[list[str]]()
    old = ""
    for number, line in enumerate(lines):
        follows = number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
        if line.startswith("--- ") and follows:
            if hunks:
                yield path or file, hunks
            old, path, hunks = _name(line), "", []
        elif line.startswith("+++ ") and not hunks and old:
            path = _name(line)
            if path == _NOWHERE:
                raise Refused("The draft takes a file away, which is for a person to do.")
            if old not in (_NOWHERE, path):
                raise Refused("The draft renames a file, which is for a person to do.")
        elif _HUNK.match(line):
            hunks.append([line])
        elif hunks and line[:1] in (" ", "+", "-", "\\", ""):
            hunks[-1].append(line)
    if hunks:
        yield path or file, hunks


def _name(line: str) -> str:
    name = line[4:].split("\t", maxsplit=1)[0].strip()
    return name if name == _NOWHERE else name.removeprefix("a/").removeprefix("b/")


def _applied(path: str, before: str | None, hunks: Sequence[Sequence[str]]) -> str:
    """The text with every hunk in it. A hunk may stand elsewhere than it says only where it fits in one place alone."""
    lines = [] if before is None else before.split("\n")
    at = 0
    for hunk in hunks:
        match = _HUNK.match(hunk[0])
        assert match is not None, "a hunk begins with its place"
        body = [line or " " for line in hunk[1:] if not line.startswith("\\")]
        while body and body[-1] == " " and _count(body, " -") > int(match[2] or 1):
            body.pop()
        old = [line[1:] for line in body if line[0] in " -"]
        new = [line[1:] for line in body if line[0] in " +"]
        if not [line for line in body if line[0] in "+-"]:
            raise Refused(f"A part of the draft for {path[:100]} changes nothing.")
        place = _place(path, lines, old, max(0, int(match[1]) - 1), at)
        lines[place : place + len(old)] = new
        at = place + len(new)
    text = "\n".join(lines)
    if before is None:
        return text if text.endswith("\n") else f"{text}\n"
    return text


def _place(path: str, lines: Sequence[str], old: Sequence[str], said: int, after: int) -> int:
    """Where the old lines stand. Raises Refused where they do not, or where nobody can tell which are meant."""
    if not old:
        if lines and any(lines):
            raise Refused(f"A part of the draft for {path[:100]} does not say where it belongs.")
        return 0
    fitting = [i for i in range(after, len(lines) - len(old) + 1) if list(lines[i : i + len(old)]) == list(old)]
    if said in fitting:
        return said
    if len(fitting) != 1:
        raise Refused(f"The draft for {path[:100]} does not fit what stands there now.")
    return fitting[0]


def _count(body: Sequence[str], signs: str) -> int:
    return sum(line[0] in signs for line in body)
