"""Moments in words, as Slack's date formatting has them: pure, English, 24 hours."""

import re
from datetime import datetime, timedelta

_TOKEN = re.compile(r"\{(\w+)\}")
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def full(at: datetime) -> str:
    """Everything, for the tooltip: `Saturday, November 21st, 2026 at 03:05:09`."""
    return f"{_long(at)} at {at:%H:%M:%S}"


def clock(at: datetime) -> str:
    """`03:05`."""
    return f"{at:%H:%M}"


def day(at: datetime, now: datetime) -> str:
    """The divider between days: `Today`, `Yesterday`, `Friday, November 20th`."""
    near = _near(at, now)
    return near.capitalize() if near else f"{at:%A}, {at:%B} {_nth(at)}"


def ago(at: datetime, now: datetime) -> str:
    """`just now`, `5 minutes ago`, `in 2 hours`; the largest whole unit."""
    seconds = (now - at).total_seconds()
    for size, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if (count := int(abs(seconds) // size)) >= 1:
            amount = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return "just now"


def in_words(form: str, at: datetime, now: datetime) -> str:
    """`form` with its tokens, such as `{date_short_pretty} at {time}`, filled in; an unknown token stays."""
    return _TOKEN.sub(lambda found: _token(found[1], at, now) or found[0], form)


def _token(name: str, at: datetime, now: datetime) -> str:
    if name.endswith("_pretty"):
        return _near(at, now) or _token(name.removesuffix("_pretty"), at, now)
    words = {
        "date_num": f"{at:%Y-%m-%d}",
        "date_slash": f"{at:%Y/%m/%d}",
        "date": f"{at:%B} {_nth(at)}, {at.year}",
        "date_short": f"{at:%b} {at.day}, {at.year}",
        "date_long": _long(at),
        "day_divider_pretty": day(at, now),
        "time": clock(at),
        "time_secs": f"{at:%H:%M:%S}",
        "ago": ago(at, now),
    }
    return words.get(name, "")


def _long(at: datetime) -> str:
    return f"{at:%A}, {at:%B} {_nth(at)}, {at.year}"


def _nth(at: datetime) -> str:
    return f"{at.day}{_ENDINGS.get(at.day, 'th')}"


def _near(at: datetime, now: datetime) -> str:
    today = now.astimezone(at.tzinfo).date()
    near = {today: "today", today - timedelta(days=1): "yesterday", today + timedelta(days=1): "tomorrow"}
    return near.get(at.date(), "")
