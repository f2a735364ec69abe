"""The two forms by which people report on GitHub: what they ask, and how an issue that was filed by one is read."""

import re
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum

from bot.incident.catalogue import ERROR_KINDS, OTHER, Catalogue
from bot.incident.model import Frozen, Report, Scope
from bot.incident.report import draft
from bot.incident.text import normalise
from bot.incident.when import started

#: GitHub's words for a question that was left out.
NO_RESPONSE = "_No response_"
#: As much of a body as is read, and of what somebody saw as is kept.
_BODY, _WHAT = 70_000, 8_000
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_CLOCK_ALONE = re.compile(r"[~≈]?\d")


class Kind(StrEnum):
    """What an issue is to us; the value is the label that its form puts on it."""

    OUTAGE = "user-report"
    FEATURE = "feature-request"


class Question(Frozen):
    """One question. The label is also how its answer is found again in the issue's body."""

    id: str
    label: str
    hint: str = ""
    example: str = ""
    required: bool = False
    long: bool = False
    choices: tuple[str, ...] = ()


SERVICE = Question(id="service", label="Which service is affected?", required=True)
WHAT = Question(
    id="description",
    label="What are you seeing?",
    hint="The error message, a code such as 502, what you tried. Everybody can read this.",
    example="Nextcloud shows 502 Bad Gateway on every page. Other services seem fine.",
    required=True,
    long=True,
)
ERROR = Question(
    id="error_type",
    label="What kind of error?",
    required=True,
    choices=tuple(kind.label for kind in ERROR_KINDS.values()),
)
WHEN = Question(id="when", label="When did it start?", hint="About when, with your time zone.", example="14:00 UTC")
SCOPES: dict[str, Scope] = {
    "Just me (others seem fine)": Scope.JUST_ME,
    "Several people are affected": Scope.MULTIPLE,
    "Not sure": Scope.NOT_SURE,
}
SCOPE = Question(id="scope", label="Just you, or others too?", choices=tuple(SCOPES))
LINK = Question(id="url", label="Which page?", example="https://nextcloud.example.com")
WISH = Question(
    id="description",
    label="What do you need?",
    hint="What should be possible, and what for.",
    required=True,
    long=True,
)
OUTAGE, FEATURE = (SERVICE, WHAT, ERROR, WHEN, SCOPE, LINK), (WISH,)


def kind_of(body: str, labels: Collection[str]) -> Kind | None:
    """What an issue is: by its label, or where GitHub left that out, by its form. None: no business of ours."""
    named = {label.casefold() for label in labels}
    found = next((kind for kind in (Kind.OUTAGE, Kind.FEATURE) if kind.value in named), None)
    if found is not None:
        return found
    head = f"\n{_plain(body)}"
    if head.startswith(f"\n### {SERVICE.label}\n") and f"\n### {WHAT.label}\n" in head:
        return Kind.OUTAGE
    return Kind.FEATURE if head.startswith(f"\n### {WISH.label}\n") else None


def read(title: str, body: str, catalogue: Catalogue, filed: datetime, timezone: str) -> Report:
    """The report in an issue: by the form's answers, else as far as its words tell.

    `filed` is when, and `timezone` (an IANA name) where the reporter is. Never raises: what makes no sense is left out.
    """
    plain = _plain(body)
    answers = _answers(plain)
    if not answers.get(WHAT.id):
        return _from_words(f"{normalise(title)}\n{plain}".strip(), catalogue, filed, timezone)
    service = catalogue.find(answers.get(SERVICE.id, ""))
    kinds = {kind.label: kind.id for kind in ERROR_KINDS.values()}
    link = answers.get(LINK.id, "").split("\n")[0][:1000]
    return Report(
        service=service.name if service else OTHER,
        what=answers[WHAT.id][:_WHAT],
        error_kind=kinds.get(answers.get(ERROR.id, ""), "other"),
        started=_started(answers.get(WHEN.id, "")[:200], filed, timezone),
        scope=SCOPES.get(answers.get(SCOPE.id, ""), Scope.NOT_SURE),
        link=link if re.fullmatch(r"https?://\S+", link) else "",
        found_by="reported on GitHub",
    )


def _answers(body: str) -> dict[str, str]:
    """By question. What is asked after the free text is looked for from the end: its author can write headings too."""
    found: dict[str, str] = {}
    rest, stop = body, len(body)
    for question in reversed(OUTAGE[2:]):
        at = _heading(body[:stop], question, last=True)
        if at is not None:
            found[question.id] = _answer(body[at[1] : stop])
            stop = at[0]
    rest = body[:stop]
    seen = _heading(rest, WHAT, last=False)
    if seen is not None:
        found[WHAT.id] = _answer(rest[seen[1] :])
        rest = rest[: seen[0]]
    asked = _heading(rest, SERVICE, last=False)
    if asked is not None:
        found[SERVICE.id] = _answer(rest[asked[1] :])
    return found


def _heading(body: str, question: Question, *, last: bool) -> tuple[int, int] | None:
    """Where a question's heading begins and ends."""
    places = list(re.finditer(rf"^### {re.escape(question.label)}[ \t]*$", body, re.MULTILINE))
    return places[-1 if last else 0].span() if places else None


def _answer(text: str) -> str:
    said = text.strip()
    return "" if said == NO_RESPONSE else said


def _plain(body: str) -> str:
    """Without what nobody sees: comments, control characters, marks that reorder text."""
    return normalise(_COMMENT.sub("", body[:_BODY]))


def _started(said: str, filed: datetime, timezone: str) -> datetime | None:
    """The field asks for a beginning, so a time alone is one."""
    since = f"since {said}" if _CLOCK_ALONE.match(said) else said
    return started(since, filed, timezone)


def _from_words(text: str, catalogue: Catalogue, filed: datetime, timezone: str) -> Report:
    found = draft(text[:_WHAT], catalogue, filed, timezone)
    return Report(
        service=found.service or OTHER,
        what=found.what[:_WHAT] or "No words were given.",
        error_kind=found.error_kind or "other",
        started=found.started,
        scope=found.scope or Scope.NOT_SURE,
        link=found.link,
        found_by="reported on GitHub",
    )
