"""Reading a report: what its text already tells, what is missing from it, what to call it, and what it answers."""

import re
from collections.abc import Mapping
from datetime import datetime

from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue
from bot.incident.model import Frozen, Report, Scope
from bot.incident.severity import Answers, Share, Symptom
from bot.incident.text import normalise, shorten
from bot.incident.when import started

#: The length of a title, so that `[INCIDENT] ...` stays one line in a list of issues.
TITLE_LIMIT = 80
#: As much of a text as is looked at for what it tells; nothing of it is cut.
_ENOUGH = 10_000

_UNLOADED = r"(?:not|n't|cannot) (?:be )?(?:load|open|resolv|reach|connect|respond)\w*"
_KINDS: tuple[tuple[str, str], ...] = (
    ("bad_gateway", r"\b502\b|\bbad gateway\b"),
    ("unavailable", r"\b503\b|\bservice unavailable\b"),
    ("login", r"\b(?:log|sign)(?:ging|ning)?[ -]?(?:in|on)\b|\bsso\b|\bauthenticat\w+\b|\bpassword\b|\b401\b"),
    ("timeout", rf"\b(?:tim(?:e|es|ed|ing)[ -]?out|refused|unreachable|nxdomain|504)\b|{_UNLOADED}"),
    ("slow", r"\bslow(?:ly|er)?\b|\blag(?:s|gy|ging)?\b|\bdegraded\b"),
    ("data", r"\bdata (?:is |are )?(?:missing|lost|gone|wrong|corrupt\w*)|\bmissing data\b|\blost data\b"),
)
_SCOPES: tuple[tuple[Scope, str], ...] = (
    (Scope.JUST_ME, r"\b(?:just|only) (?:for )?me\b"),
    (
        Scope.MULTIPLE,
        r"\b(?:everyone|everybody|all users|(?:multiple|several|other|many) (?:people|users)|all of us)\b",
    ),
)
_LINK = re.compile(r"https?://[^\s<>\"'|]+[^\s<>\"'|.,;:!?)]")
_WORD = re.compile(r"[^\W_]+(?:['.:/-][^\W_]+)*")

#: Words that by themselves tell nobody what is wrong.
_EMPTY_WORDS = """
a again all an and any anything are asap at be been broke broken but can can't do does doesn't doesnt don't
error errors ever every everything fails failed failing fix hello help here hey hi i in incident is isn't
isnt issue issues it it's its just me my need no not nothing now ok oh on oops please pls plz problem problems
quick really same seems service services so some something somehow still stopped test thanks that the there
these thing things this to too up urgent very was we weird what why won't work worked working works wrong wtf
yes you
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())
#: Words that tell what, but not where.
_SYMPTOMS = frozenset(("down", "slow", "offline", "unavailable", "502", "503"))

_WHAT = "Thank you for telling us. One sentence more helps: the error message, a code such as 502, or what you tried."
_WHAT_AND_WHERE = "Thank you for telling us. What do you see, and where? For example: the photos page shows a 502."
_WHICH = "Which service is it? If it is not in the list, choose Other and name it in what you see."


class Draft(Frozen):
    """What the form is filled with before the reporter sees it; empty or None where the text does not tell."""

    service: str = ""
    what: str = ""
    error_kind: str = ""
    started: datetime | None = None
    scope: Scope | None = None
    link: str = ""


def draft(text: str, catalogue: Catalogue, now: datetime, timezone: str) -> Draft:
    """What a report's words already tell. Nothing here decides; the reporter sees it and can change it.

    `text` is what the person typed, as `readable` makes it of Slack's: its signs stand for themselves here.
    """
    plain = normalise(text)
    head = plain[:_ENOUGH]
    service = catalogue.named_in(head)
    link = _LINK.search(head)
    return Draft(
        service=service.name if service else "",
        what=plain,
        error_kind=next((kind for kind, pattern in _KINDS if re.search(pattern, head, re.IGNORECASE)), ""),
        started=started(head, now, timezone),
        scope=next((scope for scope, pattern in _SCOPES if re.search(pattern, head, re.IGNORECASE)), None),
        link=link[0] if link else "",
    )


def missing(report: Report) -> Mapping[str, str]:
    """For a report that nobody could act on: a kind sentence for each field that would help. Empty where it will do.

    An emergency by its answers is never held up by its wording.
    """
    words = {word.casefold() for word in _WORD.findall(normalise(report.what))}
    emergency = words and (report.several_services or report.data_at_risk or report.security)
    found: dict[str, str] = {}
    if report.service.strip() not in ("", OTHER):
        if not emergency and not words - _EMPTY:
            found["what"] = _WHAT
    elif not emergency and not _names_something(words):
        found = {"what": _WHAT_AND_WHERE, "service": _WHICH}
    if not report.service.strip():
        found["service"] = _WHICH
    return found


def _names_something(words: set[str]) -> bool:
    """Where to look, and a word about it. A host alone will do; some scripts put no spaces between words."""
    names = words - _EMPTY - _SYMPTOMS
    alone = any(len(word) > 3 and ("." in word or not word.isascii()) for word in names)
    return alone or (bool(names) and len(words) > 1)


def title(report: Report, catalogue: Catalogue) -> str:
    """One line: the service, then the first sentence of what is seen."""
    plain = normalise(report.what[:_ENOUGH])
    first = re.split(r"(?<=[.!?])\s|\n", plain, maxsplit=1)[0].rstrip(".! ")
    first = first or ERROR_KINDS[report.error_kind if report.error_kind in ERROR_KINDS else "other"].label
    named = catalogue.named_in(first)
    service = report.service.strip() or OTHER
    if service != OTHER and (named is None or named.name != service):
        first = f"{service}: {first}"
    return shorten(first, TITLE_LIMIT)


def answers(report: Report, catalogue: Catalogue) -> Answers:
    """What the fields of the report answer. Its words are not looked at."""
    kind = ERROR_KINDS.get(report.error_kind)
    service = catalogue.find(report.service)
    return Answers(
        symptom=kind.symptom if kind else Symptom.UNKNOWN,
        core=bool(service and service.core),
        several=report.several_services,
        data_at_risk=report.data_at_risk or bool(kind and kind.data_at_risk),
        security=report.security,
        workaround=report.workaround,
        share={Scope.JUST_ME: Share.FEW, Scope.MULTIPLE: Share.SOME, Scope.NOT_SURE: Share.UNKNOWN}[report.scope],
    )
