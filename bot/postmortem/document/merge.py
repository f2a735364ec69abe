"""Brings two edits of one text together, line by line. What both changed in different ways is asked, never guessed."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from bot.incident.model import Frozen


class Conflict(Frozen):
    """A place that both changed: what stood there, and what each made of it."""

    base: str
    ours: str
    theirs: str


class Merged(Frozen):
    """Both edits in one text. Where there are conflicts, `text` has theirs there: a person's words are never lost."""

    text: str
    conflicts: tuple[Conflict, ...] = ()


def merge(base: str, ours: str, theirs: str) -> Merged:
    """Three-way: `ours` and `theirs` both began as `base`."""
    if ours in (base, theirs):
        return Merged(text=theirs)
    if theirs == base:
        return Merged(text=ours)
    old, mine, other = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    kept: list[str] = []
    conflicts: list[Conflict] = []
    for before, left, right in _pieces(old, mine, other):
        if left in (before, right):
            kept += right
        elif right == before:
            kept += left
        else:
            conflicts.append(Conflict(base="".join(before), ours="".join(left), theirs="".join(right)))
            kept += right
    return Merged(text="".join(kept), conflicts=tuple(conflicts))


def _pieces(
    old: Sequence[str], mine: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """The three texts, cut at the lines that all of them still have."""
    left, right = _kept(old, mine), _kept(old, other)
    anchors = [(n, left[n], right[n]) for n in range(len(old)) if n in left and n in right]
    ends = [(-1, -1, -1), *anchors, (len(old), len(mine), len(other))]
    for (a, b, c), (a2, b2, c2) in pairwise(ends):
        yield old[a + 1 : a2], mine[b + 1 : b2], other[c + 1 : c2]
        same = old[a2 : a2 + 1]
        yield same, same, same


def _kept(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which line of the new text each line of the old one has become.

    What both begin and end with is itself. Between, a line that stands there very often is no landmark, so that
    thousands of equal lines take no time; without landmarks more is asked, and nothing more is guessed.
    """
    most = min(len(old), len(new))
    top = next((n for n in range(most) if old[n] != new[n]), most)
    end = next((n for n in range(most - top) if old[-1 - n] != new[-1 - n]), most - top)
    inner = SequenceMatcher(None, old[top : len(old) - end], new[top : len(new) - end]).get_matching_blocks()
    kept = {n: n for n in range(top)}
    kept |= {top + block.a + n: top + block.b + n for block in inner for n in range(block.size)}
    return kept | {len(old) - 1 - n: len(new) - 1 - n for n in range(end)}
