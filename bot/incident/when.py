"""When it started, as people write it. What could mean two instants, or lies ahead, is no answer."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_AGO = re.compile(
    r"\b(?P<count>\d{1,3}|an?|one|half an)[ ]?(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|[mh]|days?|weeks?) ago\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\bfor the (?:last|past) (?P<count>\d{1,3} )?(?P<unit>minutes?|hours?|days?|weeks?)\b", re.IGNORECASE
)
_SPAN = re.compile(
    r"\b(?:for|since) (?:about |around |roughly |some )?~?(?P<count>\d{1,3}|an?|one|half an) ?"
    r"(?P<unit>min(?:ute)?s?|h(?:ou)?rs?|days?|weeks?)\b(?! ago)",
    re.IGNORECASE,
)
_MINUTES = {"m": 1, "h": 60, "d": 24 * 60, "w": 7 * 24 * 60}
_CLOCK = re.compile(
    r"(?<![\d.:])(?:(?P<hour>\d{1,2})(?::(?P<minute>\d\d)(?::\d\d)?\s?(?P<half>[ap]m)?|\s?(?P<half2>[ap]m))"
    r"|(?P<name>noon|midday|midnight))(?![\w:])"
    r"|(?<![\d.:])(?P<zulu_hour>\d\d):(?P<zulu_minute>\d\d)(?::\d\d)?Z\b",
    re.IGNORECASE,
)
_DAY = r"yesterday|today|last night|this (?:morning|afternoon|evening)|\d{4}-\d\d-\d\d"
#: What must stand before a clock time for it to be a beginning.
_LEAD = re.compile(
    rf"(?:\b(?:since|from|starting|started|at|around|about|after|on|approx\w{{0,8}}|roughly|ca)\b|{_DAY}|[~,.@T\s])+$",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    rf"\s*\(?(?:(?P<zone>(?i:utc|gmt)|[A-Z]{{2,5}})\b(?P<offset>[+-]\d\d?)?\)?)?\s*(?:on )?(?P<day>(?i:{_DAY}))?"
)
_ABBREVIATIONS = (
    "UTC GMT EST EDT CST CDT MST MDT PST PDT AKST HST AST WET WEST CET CEST EET EEST BST IST MSK EAT WAT SAST "
    "PKT JST KST SGT HKT AEST AEDT ACST AWST NZST NZDT"
)
_ZONES = frozenset(_ABBREVIATIONS.split())
_NAMED = {"noon": 12, "midday": 12, "midnight": 0}
#: A clock time without a day that lies ahead today was yesterday's, if that is not longer ago than this.
_RECENT = timedelta(hours=24)
#: What people call the morning begins here; the reporter sees the time in the form and can change it.
_MORNING = time(8)


def started(text: str, now: datetime, timezone: str) -> datetime | None:
    """The one instant that the text names as the beginning, in UTC, never after `now`; None where that is not clear.

    Clock times are read in `timezone` (an IANA name) unless the text names UTC or an offset.
    """
    zone, now = _zone(timezone), now.astimezone(UTC)
    found: set[datetime | None] = {
        _ago(match, now) for pattern in (_AGO, _LAST, _SPAN) for match in pattern.finditer(text)
    }
    since: set[datetime | None] = set()
    for match in _CLOCK.finditer(text):
        lead = _LEAD.search(text[max(0, match.start() - 40) : match.start()])
        if lead and lead[0].strip(" ,.T\n"):
            instant = _clock(match, lead[0], _FOLLOWS.match(text, match.end()), now, zone)
            (since if re.search("since|from|start", lead[0], re.IGNORECASE) else found).add(instant)
    if not found and not since and re.search(r"\bthis morning\b", text, re.IGNORECASE):
        found = {_only(_instants(now.astimezone(zone).date(), _MORNING, zone), now)}
    best = since or found
    return best.pop() if len(best) == 1 else None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return UTC


def _ago(match: re.Match[str], now: datetime) -> datetime:
    count = (match["count"] or "1").strip().casefold()
    minutes = _MINUTES[match["unit"][0].casefold()]
    span = timedelta(minutes=minutes / 2) if count.startswith("half") else timedelta(minutes=minutes)
    return (now - span * (int(count) if count.isdigit() else 1)).replace(second=0, microsecond=0)


def _clock(
    match: re.Match[str], lead: str, follows: re.Match[str] | None, now: datetime, zone: tzinfo
) -> datetime | None:
    """The instant of one clock time, by the words before and after it."""
    named = (follows["zone"] or "") if follows else ""
    said = _said_zone("Z" if match["zulu_hour"] else named, (follows["offset"] or "") if follows else "", now, zone)
    readings = _readings(match, plain=said is not None and said is zone)
    if said is None or not readings:
        return None
    word = re.search(_DAY, lead, re.IGNORECASE)
    day = (word[0] if word else (follows["day"] or "") if follows else "").casefold()
    today = now.astimezone(said).date()
    if day:
        instants = {i for at in readings if (on := _date(day, at, today)) for i in _instants(on, at, said)}
        return _only(instants, now)
    past = {i for at in readings for i in _instants(today, at, said) if i <= now}
    if not past:
        yesterday = today - timedelta(days=1)
        past = {i for at in readings for i in _instants(yesterday, at, said) if now - i <= _RECENT}
    return _only(past, now)


def _said_zone(name: str, offset: str, now: datetime, zone: tzinfo) -> tzinfo | None:
    """The zone the text names, else the reporter's; None where it names one that we cannot be sure of."""
    name = name.upper()
    if name in ("UTC", "GMT", "Z"):
        return timezone(timedelta(hours=int(offset))) if offset and abs(int(offset)) <= 14 else UTC
    own = {now.replace(month=month, day=1).astimezone(zone).tzname() for month in (1, 7)}
    return zone if name not in _ZONES or name in own else None


def _readings(match: re.Match[str], plain: bool) -> tuple[time, ...]:
    """The times of day it may mean: a plain `9:30` is morning or evening; `09:30` and `9:30 UTC` are one."""
    if match["name"]:
        return (time(_NAMED[match["name"].casefold()]),)
    digits = match["hour"] or match["zulu_hour"]
    hour, minute = int(digits), int(match["minute"] or match["zulu_minute"] or 0)
    half = (match["half"] or match["half2"] or "").casefold()
    if minute > 59 or hour > 23 or (half and not 1 <= hour <= 12):
        return ()
    if half:
        return (time(hour % 12 + (12 if half == "pm" else 0), minute),)
    if plain and len(digits) == 1 and hour:
        return (time(hour, minute), time(hour + 12, minute))
    return (time(hour, minute),)


def _date(day: str, at: time, today: date) -> date | None:
    if day == "yesterday" or (day == "last night" and at.hour >= 6):
        return today - timedelta(days=1)
    if day[0].isdigit():
        try:
            return date.fromisoformat(day)
        except ValueError:
            return None
    return today


def _instants(day: date, at: time, zone: tzinfo) -> set[datetime]:
    """None where the clocks skip that time, two where they pass it twice."""
    wall = datetime.combine(day, at)
    try:
        both = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
        return {instant for instant in both if instant.astimezone(zone).replace(tzinfo=None) == wall}
    except OverflowError:
        return set()


def _only(instants: set[datetime], now: datetime) -> datetime | None:
    past = [instant for instant in instants if instant <= now]
    return past[0] if len(past) == 1 else None
