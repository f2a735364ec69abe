"""Who has an action item, until when, and where it is tracked: read from columns of those names and from the words."""

import calendar
import re
from collections.abc import Iterable
from datetime import date, timedelta

from bot.postmortem.words import outside_code, plain

_ISO = re.compile(r"(?<![\d-])(20\d\d)-(\d\d)-(\d\d)(?![\d-])")
_FILE = re.compile(r"(?<!\d)20\d\d-\d\d-\d\d(?=[^/\\]*$)")
_NAME = re.compile(r"(?<![\w@.`/])@([A-Za-z][\w-]{0,38})(?![\w.]*[/@])")
_BEFORE_DATE = re.compile(
    r"(?:\bdue(?: date| by| on)?|\bby|\bbefore|\buntil|\bdeadline|\bno later than|\btarget|\beta)\W{0,3}$"
    r"|@[\w-]+[,:]?\s*$",
    re.IGNORECASE,
)
_COUNT = r"(?:(?P<low>\d{1,3})\s*(?:-|–|to)\s*)?(?P<count>\d{1,3}|an?|one|two|three|four|six)"
_UNIT = r"(?P<unit>h(?:ou)?rs?|days?|weeks?|months?|quarters?)"
#: A horizon is one where it says so: after "within" or "<", or alone between brackets.
_HORIZON = re.compile(
    rf"(?:\b(?:within|in|over|less than|under|next)\b(?: the)?(?: next)?\s*|[<≤]\s*|(?P<bracket>[(\[])\s*)"
    rf"{_COUNT}\s*-?{_UNIT}\b",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"^\W*(?:within|in|next|<)?\s*{_COUNT}\s*{_UNIT}\W*$", re.IGNORECASE)
#: Without one of these no text has a due date.
_TIMELY = re.compile(r"20\d\d-|days?\b|weeks?\b|months?\b|quarters?\b", re.IGNORECASE)
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_ISSUE = re.compile(r"https?://[^\s)\]>|]+/(?:issues|pull)/\d+|(?<![\w/&])#\d{1,7}\b|\b[A-Z][A-Z0-9]{1,9}-\d{1,6}\b")
_TRACKED = re.compile(r"(?:tracked|filed|see|issue|ticket|bead|beads)\W+(?:\w+\W+){0,3}$", re.IGNORECASE)
_DATED = re.compile(r"^\W*(?:date|incident date|date of incident)\W+.{0,40}?(20\d\d-\d\d-\d\d)", re.IGNORECASE)
_NOBODY = {"", "-", "–", "—", "tbd", "none", "n/a", "?", "unassigned", "nobody", "[owner]"}
#: How far down the document's own date may stand.
_TOP = 60


def document_date(name: str, lines: Iterable[str]) -> date | None:
    """The document's date: from its metadata, its file's name, or its first heading, in this order."""
    top = [line[:300] for _, line in zip(range(_TOP), lines, strict=False)]
    stated = (match[1] for line in top if (match := _DATED.match(line)))
    named = (match[0] for match in [_FILE.search(name[-200:])] if match)
    titled = (match[0] for line in top if line.startswith("#") and (match := _ISO.search(line)))
    return next((found for text in (*stated, *named, *titled) if (found := _date(text))), None)


def due(cell: str, since: date | None) -> date | None:
    """What a column or heading says: a date, or a horizon such as `within 1 week` counted from `since`."""
    words = plain(cell[:300])
    if match := _ISO.search(words):
        return _date(match[0])
    return _horizon(_WHOLE.match(words) or _HORIZON.search(words), since)


def due_in(text: str, since: date | None) -> date | None:
    """What a free text says: a date behind `due`, `by` or a name; a horizon only where it ends the text or a bracket.

    An alert that fires `within 10 minutes`, or a date on which something happened, is no due date.
    """
    if not _TIMELY.search(text):
        return None
    words = plain(outside_code(text))
    for match in _ISO.finditer(words):
        if _BEFORE_DATE.search(words[max(0, match.start() - 48) : match.start()]):
            return _date(match[0])
    for match in _HORIZON.finditer(words):
        ends = re.match(r"\s*[)\]]" if match["bracket"] else r"\W*$|[)\]]", words[match.end() : match.end() + 8])
        if ends and not match["unit"].casefold().startswith("h"):
            return _horizon(match, since)
    return None


def owner(cell: str) -> str:
    """The person a column names, without `@`; empty where it names nobody."""
    name = plain(cell).strip()
    return "" if name.casefold() in _NOBODY else name.removeprefix("@")


def owner_in(text: str) -> str:
    """The first `@name` of a text, without `@`; an address or a package (`@scope/x`, `a@b`) is nobody."""
    match = _NAME.search(outside_code(text)) if "@" in text else None
    return match[1] if match else ""


def issue(cell: str) -> str:
    """What a column says about where it is tracked: the link, else the words."""
    match = _ISSUE.search(cell)
    words = plain(cell).strip()
    return match[0] if match else "" if words.casefold() in _NOBODY else words


def issue_in(text: str) -> str:
    """The issue that a text says it is tracked as; one that is only mentioned is not it."""
    for match in _ISSUE.finditer(text):
        if _TRACKED.search(text[max(0, match.start() - 40) : match.start()]):
            return match[0]
    return ""


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _horizon(match: re.Match[str] | None, since: date | None) -> date | None:
    if match is None or since is None:
        return None
    written, unit = match["count"].casefold(), match["unit"].casefold()
    count = int(written) if written.isdigit() else _NUMBERS[written]
    try:
        if unit.startswith(("m", "q")):
            return _months(since, count * (3 if unit.startswith("q") else 1))
        days = -(-count // 24) if unit.startswith("h") else count * (7 if unit.startswith("w") else 1)
        return since + timedelta(days=days)
    except (OverflowError, ValueError):
        return None


def _months(since: date, count: int) -> date:
    years, month = divmod(since.month - 1 + count, 12)
    year = since.year + years
    return date(year, month + 1, min(since.day, calendar.monthrange(year, month + 1)[1]))
