"""Which error lines a workload writes more often than before, with what differs from line to line taken out."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.adapters.kubernetes_answers import Line

#: A line is looked at so far, and told so far. Characters.
_READ, _TOLD = 600, 160
_ERROR = re.compile(
    r"\b(?:error|err|fatal|panic|exception|traceback|critical|crit|alert|emerg|fail(?:ed|ure|ing)?|refused|denied|"
    r"timed? ?out|timeout|unreachable|unavailable|no space left|out of memory|oom|segfault|killed|corrupt(?:ed|ion)?|"
    r"deadlock|cannot|could not|unable to|unauthorized|forbidden|[A-Za-z]{1,60}(?:Error|Exception))\b"
    r"|\" 5\d\d \d",
    re.IGNORECASE,
)
#: Nothing went wrong, in so many words.
_FINE = re.compile(
    r"\b(?:0|no|without) (?:errors?|failures?)\b"
    r"|\b(?:errors?|err|failed|failures?|error_?count)\"?\s*[=:]\s*\"?(?:0|null|nil|none|false|\"|<nil>)",
    re.IGNORECASE,
)
_CALM = re.compile(r"\b(?:level|lvl|severity)\"?\s*[=:]\s*\"?(?:info|debug|trace|notice)\b", re.IGNORECASE)
#: What differs from one line to the next, the longest first.
_DIFFERS = (
    re.compile(r"^[\[(]?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d[.,\d]*(?:Z| ?[+-]\d\d:?\d\d| UTC)?[\])]?\s*"),
    re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.IGNORECASE),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b"),
    re.compile(r"\b0x[0-9a-f]+\b", re.IGNORECASE),
    re.compile(r"\b(?=[a-z]*\d)(?=[0-9]*[a-z])[0-9a-z]{8,}\b", re.IGNORECASE),
    re.compile(r"\d+(?:\.\d+)?"),
)
#: Over less than this nothing is said about how often.
_LEAST = timedelta(minutes=1)
_SAID = ("msg", "message", "error", "err", "exception")


@dataclass(frozen=True)
class Frequent:
    """A kind of line: what they have in common, one of them, how often since the start, and how often before it.

    `before` is None where the log does not reach back far enough to say.
    """

    common: str
    example: str
    first: datetime
    during: int
    before: int | None


def frequent(logs: Iterable[Sequence[Line]], start: datetime, until: datetime, most: int) -> list[Frequent]:
    """The most frequent error lines from `start` to `until`, of those that come at least twice as often as before.

    Each log is of one container, the earliest line first.
    """
    during: defaultdict[str, list[tuple[datetime, str]]] = defaultdict(list)
    before: defaultdict[str, int] = defaultdict(int)
    since, reaches = start, True
    for log in logs:
        timed = [(line.at, line.text) for line in log if line.at is not None]
        since = min(since, timed[0][0]) if timed else since
        reaches = reaches and (not timed or timed[0][0] < start)
        for at, text in timed:
            if is_error(text):
                if at < start:
                    before[common(text)] += 1
                else:
                    during[common(text)].append((at, text))
    spans = max(until - start, _LEAST), max(start - since, _LEAST)
    found = [
        Frequent(words, lines[0][1], min(at for at, _ in lines), len(lines), before[words] if reaches else None)
        for words, lines in during.items()
        if len(lines) * spans[1] >= 2 * before[words] * spans[0]
    ]
    return sorted(found, key=lambda each: (-each.during, each.first, each.common))[:most]


def is_error(line: str) -> bool:
    """Whether the line says that something went wrong."""
    line = line[:_READ]
    return bool(_ERROR.search(line)) and not _CALM.search(line) and not _FINE.search(line)


def common(line: str) -> str:
    """The line without times, addresses, ids and numbers; of a line of JSON, what it says."""
    line = _spoken(line[:_READ])
    for pattern in _DIFFERS:
        line = pattern.sub("" if pattern is _DIFFERS[0] else "#", line)
    return " ".join(line.split())[:_TOLD]


def _spoken(line: str) -> str:
    if not line.startswith("{"):
        return line
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return line
    said = [str(found[key]) for key in _SAID if found.get(key)] if isinstance(found, dict) else []
    return ": ".join(said) or line
