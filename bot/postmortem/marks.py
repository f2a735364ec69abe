"""Statuses, types and priorities as people write them. What is not known is unknown; nothing is guessed."""

import re

from bot.postmortem.model import Kind, Priority, Status
from bot.postmortem.words import plain

_DONE = (
    "done|complete|completed|implemented|applied|fixed|shipped|landed|deployed|merged|resolved|verified|closed|finished"
    "|documented|yes|delivered|live|in place"
)
_WORDS: tuple[tuple[Status, str], ...] = (
    (Status.OPEN, "todo|to do|to-do|open|not started|not yet started|new|no|outstanding|pending|not done|not yet done"),
    (Status.PLANNED, "planned|scheduled|proposed|accepted|next|backlog|queued"),
    (
        Status.IN_PROGRESS,
        "in progress|in-progress|wip|ongoing|started|doing|in flight|in review|partial|partially done",
    ),
    (Status.DEFERRED, "deferred|postponed|paused|on hold|blocked|parked|later|tracked|follow-up|followup"),
    (Status.DONE, _DONE),
    (
        Status.DROPPED,
        (
            "dropped|won't do|won't fix|wont do|wontfix|cancelled|canceled|rejected|obsolete|superseded|duplicate"
            "|declined|not needed|no longer needed|moot|n/a|abandoned"
        ),
    ),
)
_STATUS = {word: status for status, words in _WORDS for word in words.split("|")}
_ICONS = {
    "✅": Status.DONE,
    "✔": Status.DONE,
    "☑": Status.DONE,
    "🟢": Status.DONE,
    "[x]": Status.DONE,
    "⬜": Status.OPEN,
    "☐": Status.OPEN,
    "[ ]": Status.OPEN,
    "🔴": Status.OPEN,
    "❌": Status.UNKNOWN,
    "🚧": Status.IN_PROGRESS,
    "🟡": Status.IN_PROGRESS,
    "⏳": Status.IN_PROGRESS,
    "⏸": Status.DEFERRED,
    "[-]": Status.DROPPED,
    "[~]": Status.IN_PROGRESS,
}
_FILLER = re.compile(r"^(?:(?:all|both|now|already|fully|is|was|has been) )+")
_HEAD = re.compile(r"^([a-z][a-z'/ -]*[a-z]|[a-z])")
#: What may stand behind a finished status without taking it back.
_HEDGED = re.compile(
    r"\b(?:partly|partially|partial|mostly|almost|half|except|but|pending|remaining|todo|not|awaiting|needs?|only)\b"
)
_DATE = re.compile(r"^[^\w?]*(?:20\d\d-\d\d-\d\d)?[^\w?]*$")
BOXES = {
    " ": Status.OPEN,
    "x": Status.DONE,
    "X": Status.DONE,
    "✓": Status.DONE,
    "✔": Status.DONE,
    "-": Status.DROPPED,
    "~": Status.IN_PROGRESS,
    "/": Status.IN_PROGRESS,
    ">": Status.DEFERRED,
}
_PRIORITY = re.compile(r"(?<![A-Za-z0-9])P([0-3])(?![0-9])")
_NAMED = {"critical": Priority.P0, "high": Priority.P1, "medium": Priority.P2, "med": Priority.P2, "low": Priority.P3}
_KINDS = {kind.casefold(): kind for kind in Kind}
_PLURALS = {f"{kind.casefold()}s": kind for kind in Kind}
_JOINED = re.compile(r"\s*(?:[+/,&;]|\band\b)\s*")


def status(cell: str) -> Status:
    """The status a cell names. OPEN only where it says so and nothing else; DONE only where nothing takes it back."""
    words = plain(cell).casefold().strip(" .:!")
    if "~~" in cell and not cell.strip().strip("~").strip():
        return Status.UNKNOWN
    icon = next((found for mark, found in _ICONS.items() if words.startswith(mark)), None)
    rest = words.lstrip("✅✔☑🟢⬜☐🔴❌🚧🟡⏳⏸\ufe0f").removeprefix("[x]").removeprefix("[ ]").strip()
    rest = _FILLER.sub("", rest)
    if icon is not None and not rest:
        return icon
    head = _HEAD.match(rest)
    found = _known(head[0]) if head else None
    if found is None:
        return icon if icon is Status.DONE and not _HEDGED.search(rest) else Status.UNKNOWN
    named, behind = found, rest[len(_longest(head[0])) :] if head else ""
    if icon not in (None, named) and Status.UNKNOWN is not icon:
        return Status.UNKNOWN
    if named is Status.OPEN:
        return Status.OPEN if _DATE.match(behind) else _behind(behind)
    if named is Status.DONE and _HEDGED.search(behind):
        return Status.IN_PROGRESS
    return named


#: The longest status that we know. Words.
_MOST = max(len(known.split(" ")) for known in _STATUS)


def _longest(head: str) -> str:
    words = head.split(" ", _MOST)[:_MOST]
    return next((" ".join(words[:n]) for n in range(len(words), 0, -1) if " ".join(words[:n]) in _STATUS), "")


def _known(head: str) -> Status | None:
    return _STATUS.get(_longest(head))


def _behind(rest: str) -> Status:
    """`TODO (paused)`: what the remark says if we know it, else unknown; never plainly open, never finished."""
    found = next((s for word in re.findall(r"[a-z-]+", rest) if (s := _STATUS.get(word)) is not None), Status.UNKNOWN)
    return found if found in {Status.DEFERRED, Status.IN_PROGRESS, Status.PLANNED} else Status.UNKNOWN


def kinds(cell: str) -> tuple[Kind, ...]:
    """The types a cell names, more than one where they are merged (`Runbook + Config`); empty if one is not known."""
    words = [word for word in _JOINED.split(plain(cell).casefold().strip()) if word]
    found = [_KINDS.get(word) or _PLURALS.get(word) for word in words]
    known = tuple(dict.fromkeys(kind for kind in found if kind is not None))
    return known if len([kind for kind in found if kind]) == len(words) else ()


def priority(cell: str) -> Priority | None:
    """`P1`, `**P1**`, or one of the usual words; None for anything else, and for two at once."""
    words = plain(cell)
    found = {Priority(f"P{digit}") for digit in _PRIORITY.findall(words)}
    if len(found) == 1:
        return found.pop()
    return None if found else _NAMED.get(words.casefold().strip(" ."))


def leading_priority(text: str) -> Priority | None:
    """The priority at the beginning of a text or heading: `P1: …`, `[P1] …`, `**P1** — …`."""
    match = re.match(r"[\W_]*P([0-3])\b", text[:40])
    return Priority(f"P{match[1]}") if match else None
