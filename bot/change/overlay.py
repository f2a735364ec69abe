"""A change as an agent writes it: texts laid over the files of a commit, of which no folder and no disk knows."""

from collections.abc import Collection, Iterable, Mapping, Set
from typing import Annotated

from pydantic import Field

from bot.change.gates.diff import Surroundings, Touched, diff_gate
from bot.change.gates.paths import inside
from bot.change.model import Edit, Result
from bot.change.policy import Limits
from bot.errors import Refused
from bot.incident.model import Frozen
from bot.incident.text import visible

#: Files that one change may have, and characters of one of them. What is more is nobody's to look through.
FILES, LONGEST = 20, 200_000
#: How an ordinary file is written in git.
_FILE, _NONE = "100644", "000000"


class Bounds(Frozen):
    """Where may be written: in one of `stacks`, which the first edit chooses, or Markdown in the folders `documents`.

    `paths` are all files of the base, and `links` those paths of it that are links or submodules.
    """

    stacks: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    paths: frozenset[str] = frozenset()
    links: frozenset[str] = frozenset()


class Write(Frozen):
    """One edit, as it is kept: `old`, which has to stand in the file exactly once, becomes `new`; None makes the file.

    `number` counts the edits of a change from 1, in the order in which they were made.
    """

    number: Annotated[int, Field(ge=1)]
    path: str
    old: str | None
    new: str


def laid_over(edits: tuple[Edit, ...], write: Write, base: str | None, bounds: Bounds) -> tuple[Edit, ...]:
    """The edits with one more. `base` is the file's text in the commit, None where there is none.

    Raises Refused where it may not be written, or does not fit; then nothing has changed.
    """
    _may_write(edits, write.path, base, bounds)
    now = text_of(edits, write.path, base)
    after = _new(write, now) if write.old is None else _replaced(write, write.old, now)
    _is_plain(write, after)
    before = {edit.path: edit for edit in edits}
    before[write.path] = Edit(path=write.path, before=base, after=after)
    if len(before) > FILES:
        raise Refused(f"A change may have {FILES} files at most. Do less, and say in your answer what is left to do.")
    return tuple(before.values())


def folded(writes: Iterable[Write], texts: Mapping[str, str | None], bounds: Bounds) -> tuple[Edit, ...]:
    """All of them, in their order, on the texts of the commit, by path; what ends as it began is left out.

    Raises Refused.
    """
    edits: tuple[Edit, ...] = ()
    for write in sorted(writes, key=lambda each: each.number):
        edits = laid_over(edits, write, texts[write.path], bounds)
    return tuple(sorted((edit for edit in edits if edit.before != edit.after), key=lambda edit: edit.path))


def text_of(edits: Collection[Edit], path: str, base: str | None) -> str | None:
    """What a file says now; None where there is none."""
    return next((edit.after for edit in edits if edit.path == path), base)


def stack_of(edits: Collection[Edit], bounds: Bounds) -> str:
    """The one stack that the edits are in; empty where they are in none."""
    return next((stack for edit in edits for stack in bounds.stacks if inside(edit.path, stack)), "")


def _may_write(edits: tuple[Edit, ...], path: str, base: str | None, bounds: Bounds) -> None:
    """The diff gate's rules, asked before anything is written, and what it cannot know of. Raises Refused."""
    begun = stack_of(edits, bounds)
    stack = begun or next((each for each in bounds.stacks if inside(path, each)), "")
    modes = ("A", _NONE, _FILE) if base is None else ("M", _FILE, _FILE)
    touched = Touched(path=path, status=modes[0], old_mode=modes[1], new_mode=modes[2])
    edit = Edit(path=path, before=base, after="")
    around = Surroundings(stack=stack, links=bounds.links, documents=bounds.documents)
    verdict = diff_gate([touched], [edit], around, Limits())
    if verdict.result is Result.REFUSE:
        raise Refused(f"{verdict.sentence} {_where(begun, bounds)}")
    if any(part.startswith(".") for part in path.split("/")):
        raise Refused(f"Files and folders whose names begin with a dot are never touched. {_where(begun, bounds)}")
    if other := _in_the_way(path, {*bounds.paths, *(each.path for each in edits)}):
        raise Refused(f"There is {other} already, which a disk may take for the same. Use its very letters.")


def _where(begun: str, bounds: Bounds) -> str:
    folders = (begun,) if begun else (*bounds.stacks, *bounds.documents)
    named = ", ".join(folders[:10]) + (" and more" if len(folders) > 10 else "")
    one = "" if begun or len(bounds.stacks) < 2 else ", all of them in one stack"
    return f"You may write files below {named or 'no folder'}{one}."


def _in_the_way(path: str, paths: Set[str]) -> str:
    """What differs from this path, or from a folder that it is in, by case alone; or a file where it has a folder, or
    the other way round.
    """
    ours = _beginnings(path)
    folders = {each for other in paths for each in _beginnings(other)[:-1]}
    alike = {each.casefold() for each in ours}
    twins = {each for each in folders | paths if each.casefold() in alike} - set(ours)
    return min(twins | (set(ours[:-1]) & paths) | ({path} & folders), default="")


def _beginnings(path: str) -> list[str]:
    """The folders that it is in, from the root, and itself."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts) + 1)]


def _new(write: Write, now: str | None) -> str:
    if now is not None:
        raise Refused(f"{write.path} is there already. Change it with edit_file.")
    if not write.new.strip():
        raise Refused("A new file has something in it.")
    return write.new if write.new.endswith("\n") else f"{write.new}\n"


def _replaced(write: Write, old: str, now: str | None) -> str:
    if now is None:
        raise Refused(f"There is no {write.path}. Make it with create_file.")
    if not old:
        raise Refused("The text to be replaced is empty. Give the lines as they stand there.")
    if old == write.new:
        raise Refused("The new text is the old one.")
    count = _times(now, old)
    if count != 1:
        said = "does not stand there" if not count else f"stands there {count} times"
        raise Refused(f"The old text {said}. Read the file, and give whole lines that stand there exactly once.")
    after = now.replace(old, write.new)
    if not after.strip():
        raise Refused("Nothing would be left of the file, and files are not taken away here.")
    return after


def _times(text: str, part: str) -> int:
    """How often it stands there, also where one overlaps another; more than two are two."""
    first = text.find(part)
    if first < 0:
        return 0
    return 1 if text.find(part, first + 1) < 0 else 2


def _is_plain(write: Write, after: str) -> None:
    """What is written can be read by people, as it is. Raises Refused."""
    if visible(write.new) != write.new:
        raise Refused("The text has marks that nobody sees, such as control characters. Write it without them.")
    if len(after) > LONGEST:
        raise Refused(f"The file would be longer than {LONGEST:,} characters.")
