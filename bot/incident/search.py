"""Looking for incidents: what somebody typed, as a question; and the words by which an incident is found."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.errors import Refused
from bot.incident.catalogue import Catalogue
from bot.incident.model import ALERTMANAGER, OVER, Actor, Frozen, Incident, State
from bot.incident.severity import Scheme
from bot.incident.text import normalise, readable

#: How much of a text is indexed, how long a word may be, and how many words a question may have.
INDEXED, LONGEST, ASKED = 2000, 40, 12
#: Shorter words are taken as they are; longer ones also find what begins with them.
PREFIX = 3
#: The longest question that is carried from page to page.
TYPED = 500

_OPEN = tuple(sorted(set(State) - OVER))
#: What may be said instead of a state.
_STATUS: dict[str, tuple[State, ...]] = {
    **{state.value: (state,) for state in State},
    "open": _OPEN,
    "over": tuple(sorted(OVER)),
}
_FILTER = re.compile(r"(?<!\S)([A-Za-z]+):\s*(\"[^\"]*\"|<@[^<>]+>|\S+)")
_EVERYTHING = re.compile(r"(?<!\S)all(?!\S)", re.IGNORECASE)
_PERSON = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_SPAN = re.compile(r"([0-9]{1,4})([hdwm])")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1), "m": timedelta(days=30)}


class Query(Frozen):
    """What is looked for. Everything that is given has to fit; `states` empty means every state.

    `words` are as in the index; `service` is case-folded; `lead_not` leaves out what somebody leads.
    """

    words: tuple[str, ...] = ()
    service: str = ""
    severity: str = ""
    states: tuple[State, ...] = ()
    reporter: Actor = ""
    lead: Actor = ""
    lead_not: Actor = ""
    since: datetime | None = None

    @property
    def open_only(self) -> bool:
        """Whether it asks for all that is open, and for nothing that is over."""
        return set(self.states) == set(_OPEN)


OPEN = Query(states=_OPEN)


class Page(Frozen):
    """Where in a list somebody is: the incidents below number `before`, or those above `after`; neither: the newest."""

    before: int = 0
    after: int = 0


class Found(Frozen):
    """A page of a list, the newest first; whether there are newer and older ones that this viewer may see."""

    incidents: tuple[Incident, ...] = ()
    newer: bool = False
    older: bool = False


class Asker(Frozen):
    """Who asks, when, and where their day begins (an IANA zone)."""

    actor: Actor
    now: datetime
    zone: str = "UTC"


def after_verb(text: str) -> str:
    """What follows the first word, with people as Slack writes them; as much of it as goes from page to page."""
    return (*normalise(text).split(maxsplit=1), "", "")[1][:TYPED]


def parse(text: str, asker: Asker, scheme: Scheme, catalogue: Catalogue) -> Query:
    """Reads words and filters. A key that is none of ours is a word. Raises Refused for a value that means nothing.

    Without words, status and time, and without `all`, it is about what is open.
    """
    line = normalise(text[: 4 * TYPED])
    given: dict[str, str] = {}

    def take(found: re.Match[str]) -> str:
        key = _KEYS.get(found[1].casefold())
        if key is None:
            return found[0]
        given[key] = found[2].strip('"').strip()
        return " "

    rest = _FILTER.sub(take, line)
    left = _EVERYTHING.sub(" ", rest)
    words = tokens(readable(left))[:ASKED]
    query = Query(
        words=tuple(dict.fromkeys(words)),
        service=_service(given.get("service", ""), catalogue),
        severity=_severity(given["severity"], scheme) if "severity" in given else "",
        states=_states(given["status"]) if "status" in given else (),
        reporter=_person("by", given["by"], asker) if "by" in given else "",
        lead=_person("lead", given["lead"], asker) if "lead" in given else "",
        since=_since(given["since"], asker) if "since" in given else None,
    )
    wide = left != rest or query.words or "status" in given or query.since
    return query if wide else query.model_copy(update={"states": _OPEN})


_KEYS = {
    "service": "service",
    "severity": "severity",
    "sev": "severity",
    "status": "status",
    "by": "by",
    "lead": "lead",
    "since": "since",
}


def tokens(text: str) -> list[str]:
    """The words of a text, in order: without case and accents, each pictogram a word; in letters and digits alone.

    What is not ASCII is written in hexadecimal, so that no database reads a word in a way of its own.
    """
    plain = unicodedata.normalize("NFKD", normalise(text)).casefold()
    words: list[str] = []
    current: list[str] = []
    for char in plain:
        kind = unicodedata.category(char)
        if kind[0] in "LN":
            current.append(char)
            continue
        if kind == "Mn":  # an accent belongs to the letter before it
            continue
        words.append("".join(current))
        current = []
        if kind in ("So", "Sk"):
            words.append(char)
    words.append("".join(current))
    return [_spelt(word[:LONGEST]) for word in words if word]


def _spelt(word: str) -> str:
    return word if word.isascii() and word.isalnum() else f"u{word.encode(errors='replace').hex()}"


def indexed(texts: Iterable[str], number: int) -> tuple[str, ...]:
    """Each word by which an incident with these texts is found, once; `inc` and its number are among them."""
    found = dict.fromkeys(("inc", str(number)))
    for text in texts:
        found |= dict.fromkeys(tokens(text[: 20 * INDEXED])[:INDEXED])
    return tuple(found)


def texts(incident: Incident) -> tuple[str, ...]:
    """What can be searched of an incident: what people wrote about it, as it stands now."""
    report, update, ended = incident.report, incident.last_update, incident.resolution
    said = (update.text, update.next_steps) if update else ()
    fixed = (ended.fix, ended.cause) if ended else ()
    return (incident.title, report.service, report.what, report.expected, incident.severity_reason, *said, *fixed)


def _refused(field: str, sentence: str) -> Refused:
    return Refused(sentence, {field: sentence})


def _service(said: str, catalogue: Catalogue) -> str:
    found = catalogue.find(said) if said else None
    return (found.name if found else readable(said)).strip().casefold()


def _severity(said: str, scheme: Scheme) -> str:
    known = [level.id for level in scheme.levels]
    wanted = said.casefold()
    found = [id for id in known if wanted in (id.casefold(), id[-1])]
    if not found:
        raise _refused(
            "severity", f"severity: {said[:40] or 'nothing'} is none here. Choose one of {', '.join(known)}."
        )
    return found[0]


def _states(said: str) -> tuple[State, ...]:
    found = _STATUS.get(said.casefold())
    if found is None:
        raise _refused("status", f"status: {said[:40] or 'nothing'} is none. Choose one of {', '.join(_STATUS)}.")
    return found


def _person(field: str, said: str, asker: Asker) -> Actor:
    if said.casefold() in ("me", "@me"):
        return asker.actor
    if said.casefold() == ALERTMANAGER:
        return ALERTMANAGER
    mention = _PERSON.fullmatch(said)
    if mention is None:
        raise _refused(field, f"{field}: name somebody with an @, or say `me`.")
    return mention[1]


def _since(said: str, asker: Asker) -> datetime:
    """`7d` (also h, w, m for months of 30 days), or a date, from its beginning where the person is."""
    if span := _SPAN.fullmatch(said.casefold()):
        return asker.now - int(span[1]) * _UNITS[span[2]]
    try:
        day = date.fromisoformat(said)
        return datetime.combine(day, time(), ZoneInfo(asker.zone)).astimezone(UTC)
    except (ValueError, KeyError, OverflowError):
        raise _refused("since", "since: say how long, such as 7d, or a date such as 2026-01-01.") from None
