"""What can be typed after `/incident timeline`: add, star, hide or time, and what belongs to each."""

import difflib
import re
from datetime import datetime

from bot.incident.model import Frozen
from bot.incident.when import started

#: Each sub-word and how it is used.
SUBWORDS = {
    "add": "timeline add [14:05] what happened",
    "star": "timeline star 3",
    "hide": "timeline hide 3 [why]",
    "time": "timeline time 3 14:05",
}
_NUMBER = re.compile(r"#?(\d{1,6})\b[.,:]?\s*", re.ASCII)
#: A time that begins a line: an hour, perhaps with its day before it and its zone behind it; or how long ago.
_BEGINS = re.compile(
    r"(?P<clock>(?:(?:\d{4}-\d\d-\d\d|yesterday|today)[ T]+)?"
    r"\d{1,2}:\d\d(?::\d\d)?\s?(?:[ap]m\b)?(?:\s?(?:UTC|GMT|Z)\b)?)"
    r"|(?P<ago>(?:\d{1,3}|an?|one|half an) ?(?:min(?:ute)?s?|h(?:ou)?rs?|[mh]|days?) ago\b)",
    re.IGNORECASE,
)


class Sub(Frozen):
    """What was typed: the sub-word, the entry's number (0: none), when, and the rest.

    `near` is the sub-word that was probably meant, where `word` is none. `unclear` is a time that could not be read.
    """

    word: str
    entry: int = 0
    at: datetime | None = None
    text: str = ""
    near: str = ""
    unclear: str = ""


def read(text: str, now: datetime, timezone: str) -> Sub:
    """Reads what follows `timeline`; `timezone` is the person's. Never raises."""
    first, rest = (*text.split(maxsplit=1), "", "")[:2]
    word = first.casefold()
    if word not in SUBWORDS:
        near = difflib.get_close_matches(word, SUBWORDS, n=1, cutoff=0.5) if len(word) <= 8 else []
        return Sub(word=word, text=rest, near=near[0] if near else "")
    if word == "add":
        at, said, unclear = _timed(rest, now, timezone)
        return Sub(word=word, at=at, text=said, unclear=unclear)
    found = _NUMBER.match(rest)
    entry = int(found[1]) if found else 0
    rest = rest[found.end() :] if found else rest
    if word != "time":
        return Sub(word=word, entry=entry, text=rest)
    at, said, unclear = _timed(rest, now, timezone)
    return Sub(word=word, entry=entry, at=None if said else at, unclear=unclear or said)


def _timed(text: str, now: datetime, timezone: str) -> tuple[datetime | None, str, str]:
    """The time that a line begins with, the rest of it, and what looked like a time but was not clear."""
    found = _BEGINS.match(text)
    if found is None:
        return None, text, ""
    said = found[0].strip()
    at = started(said if found["ago"] else f"at {said}", now, timezone)
    rest = text[found.end() :].lstrip(" ,:-\n")
    return at, rest, "" if at else said
