"""A change to read: what it would do in a line, its plan and its whole diff in pages, never cut, values masked."""

from collections.abc import Sequence
from difflib import unified_diff

from bot.change.model import Change, ChangeKind, Edit, Finding, Result
from bot.change.projection import lines
from bot.views.blocks import Block, clean, context, one_line, safe, section

#: Characters of a code block within one section; Slack takes 3,000.
PIECE = 2700
#: Pieces on one page of a modal.
ON_PAGE = 8
_TICKS = "\u2019\u2019\u2019"


def radius(change: Change) -> str:
    """What it touches, in a line."""
    if change.kind is ChangeKind.REPORT:
        return "The post-mortem alone."
    if change.kind is ChangeKind.DOCUMENT:
        return f"{_files(change)}, as a pull request."
    plan = change.projection
    if plan is None:
        return f"{_said(change.stack)}, {_files(change)}; not planned yet."
    counts = [(plan.count("create"), "new"), (plan.count("update"), "changed"), (plan.count("delete"), "destroyed")]
    said = ", ".join(f"{number} {word}" for number, word in counts if number) or "nothing changes"
    names = ", ".join(f"`{_code(each.address, 80)}`" for each in plan.resources[:3])
    more = f" and {len(plan.resources) - 3} more" if len(plan.resources) > 3 else ""
    return f"{_said(change.stack)}: {said}{f' ({names}{more})' if names else ''}"


def reasons(findings: Sequence[Finding], most: int = 6) -> list[str]:
    """What the gates have to say, a line each, the worst first."""
    said = [f"{'⛔' if each.result is Result.REFUSE else '✋'} {safe(each.sentence, 300, '…')}" for each in findings]
    return said[:most] + ([f"and {len(said) - most} more"] if len(said) > most else [])


def plan_text(change: Change) -> str:
    """The plan as people may see it."""
    return "\n".join(lines(change.projection)) if change.projection else ""


def diff_text(edits: Sequence[Edit]) -> str:
    """The whole diff."""
    found: list[str] = []
    for each in edits:
        before, after = (each.before or "").splitlines(), (each.after or "").splitlines()
        names = (f"a/{each.path}" if each.before is not None else "/dev/null", f"b/{each.path}")
        names = names if each.after is not None else (names[0], "/dev/null")
        found += unified_diff(before, after, *names, lineterm="")
    return "\n".join(found)


def pages(change: Change) -> list[list[Block]]:
    """Plan and diff, page by page, whole; at least one page."""
    pieces = [*_titled("Plan", plan_text(change)), *_titled("Diff", diff_text(change.edits))]
    if change.kind is ChangeKind.REPORT:
        pieces = [*_titled("Report", change.summary)]
    if not pieces:
        return [[context("There is no change of it yet.")]]
    return [pieces[start : start + ON_PAGE] for start in range(0, len(pieces), ON_PAGE)]


def excerpt(change: Change, most: int) -> list[Block]:
    """As much of plan and diff as a message has room for; what is left out is said."""
    text = "\n\n".join(filter(None, (plan_text(change), diff_text(change.edits))))
    if not text:
        return []
    if len(text) <= most:
        return [section(code(text))]
    cut = text[:most].rpartition("\n")[0] or text[:most]
    left = text[len(cut) :].count("\n") + 1
    return [section(code(cut)), context(f"{left} more lines: *Read all of it*.")]


def code(text: str) -> str:
    """As a code block that nothing in it can end; and nobody is called by it."""
    return f"```\n{_code(text, PIECE * 2)}\n```"


def _titled(name: str, text: str) -> list[Block]:
    if not text:
        return []
    left, blocks = text, [section(f"*{name}*")]
    while left:
        piece = left[:PIECE]
        while len(_code(piece, PIECE * 6)) > PIECE + 200:
            piece = piece[: len(piece) * 9 // 10]
        if len(piece) < len(left) and "\n" in piece[1:]:
            piece = piece[: piece.rindex("\n")]
        blocks.append(section(f"```\n{_code(piece, PIECE * 2)}\n```"))
        left = left[len(piece) :].removeprefix("\n")
    return blocks


def _code(text: str, most: int) -> str:
    shown = "\n".join(_line(line) for line in text[:most].split("\n"))
    return shown.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("```", _TICKS)


def _line(line: str) -> str:
    """Cleaned, with the blanks that it began with."""
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    return indent + clean(line)


def _files(change: Change) -> str:
    names = ", ".join(f"`{_code(each.path, 120)}`" for each in change.edits[:3])
    more = f" and {len(change.edits) - 3} more" if len(change.edits) > 3 else ""
    return f"{names}{more}" or "no file"


def _said(text: str) -> str:
    return f"*{safe(one_line(text, 100), 150, '…')}*" if text else "no stack"
