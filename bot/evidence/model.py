"""What evidence is: pieces with an id, a source, a time and a link; which sources answered; the time looked at."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, model_validator

from bot.incident.model import Frozen, Milestones

_ID = re.compile(r"E-[1-9][0-9]{0,8}")
#: An instant: aware when given, kept in UTC.
Instant = Annotated[AwareDatetime, AfterValidator(lambda at: at.astimezone(UTC))]


class Kind(StrEnum):
    """What a piece is."""

    ALERT = "alert"
    WORKLOAD = "workload"
    NODE = "node"
    EVENT = "event"  # of Kubernetes
    RESTART = "restart"
    ROLLOUT = "rollout"
    COMMIT = "commit"
    CONFIG = "config"  # that a ConfigMap or Secret changed; never what is in it
    PROBE = "probe"
    LOG = "log"  # a frequent line, with `COUNT` and `BEFORE`
    METRIC = "metric"  # one of `services[].metrics`, with `FIGURE`, `VALUE` and `BASELINE`
    INCIDENT = "incident"
    DOCUMENT = "document"
    PERSON = "person"  # what somebody said


#: What somebody did, or a machine for them.
CHANGES = frozenset({Kind.ROLLOUT, Kind.COMMIT, Kind.CONFIG})
#: How something stands, until `ended`; of everything else a piece says that it happened once.
STATES = frozenset({Kind.ALERT, Kind.WORKLOAD, Kind.NODE, Kind.PROBE, Kind.METRIC})
#: What was before: it is compared with, and is never a sign of what is wrong now.
MEMORY = frozenset({Kind.INCIDENT, Kind.DOCUMENT})

#: Keys of `Piece.data` that the rules read. REASON is Kubernetes' own word; FIGURE is errors, latency, rate or
#: saturation; NODE is the name of the node that something runs on; KNOWN marks a document about a known issue.
REASON, NODE, FIGURE, VALUE, BASELINE, COUNT, BEFORE, KNOWN = (
    "reason",
    "node",
    "figure",
    "value",
    "baseline",
    "count",
    "before",
    "known_issue",
)


class Grade(StrEnum):
    """How a piece looks, in the eyes of its source."""

    CRITICAL = "critical"
    WARNING = "warning"
    INFO = "info"  # neither good nor bad: a change, what somebody said; anything else that is neither is noise
    FINE = "fine"  # it was looked at, and is as it should be


#: Something is wrong with what it is about.
BAD = frozenset({Grade.CRITICAL, Grade.WARNING})


class Piece(Frozen):
    """One thing that a source showed.

    `at` is when it happened or began, `ended` when it stopped (None: it lasts, or was over at once). `service` is as
    the source names it. `subject` is what exactly it is about, without what is random in it: `deployment/nextcloud`,
    `node/k3s-2`, a commit's hash, `INC-3`. Two pieces with the same subject and words say the same thing. `id` is
    given by `gather`.
    """

    id: str = ""
    source: str
    kind: Kind
    at: Instant
    title: str
    text: str = ""
    link: str = ""
    service: str = ""
    namespace: str = ""
    subject: str = ""
    grade: Grade = Grade.INFO
    ended: Instant | None = None
    data: dict[str, str] = {}

    @property
    def number(self) -> int:
        """The number in its id; 0 where it has none."""
        return int(self.id[2:]) if _ID.fullmatch(self.id) else 0


class Answer(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    LATE = "late"  # not within its deadline
    FAILED = "failed"
    MISSING = "missing"  # the source is not set up


class Health(Frozen):
    """One question to one source. `asked` is for people: `firing alerts`; `kinds` is what an answer consists of.

    `sentence` says why there is no answer, or what to know about it; `took` is in seconds.
    """

    source: str
    asked: str
    kinds: tuple[Kind, ...]
    answer: Answer = Answer.ANSWERED
    took: float = 0.0
    sentence: str = ""

    @property
    def reachable(self) -> bool:
        """Whether what was asked is known now."""
        return self.answer is Answer.ANSWERED


class Spans(Frozen):
    """How long before the start is looked at. Configuration."""

    events: timedelta = timedelta(minutes=30)
    changes: timedelta = timedelta(hours=2)
    releases: timedelta = timedelta(hours=24)


class Window(Frozen):
    """The time that is looked at: around the start, until `until`, when the collecting began."""

    started: Instant
    detected: Instant
    until: Instant
    spans: Spans = Spans()

    @property
    def start(self) -> datetime:
        """When it began, as far as is known: nobody detects what has not begun."""
        return min(self.started, self.detected)

    def opens(self, kind: Kind) -> datetime | None:
        """From when on pieces of this kind count; None where age does not matter, since it says how things stand."""
        if kind in STATES | MEMORY or kind is Kind.PERSON:
            return None
        if kind is Kind.ROLLOUT:
            return self.start - self.spans.releases
        return self.start - (self.spans.changes if kind in CHANGES else self.spans.events)


def window(milestones: Milestones, until: datetime, spans: Spans | None = None) -> Window:
    """Around what is recorded of an incident: what nobody has said is no later than what somebody has."""
    detected = milestones.detected or milestones.declared or until
    return Window(started=milestones.started or detected, detected=detected, until=until, spans=spans or Spans())


class Evidence(Frozen):
    """All that was collected. Ids are unique; made by `gather`, grown by `extended`."""

    window: Window
    pieces: tuple[Piece, ...] = ()
    health: tuple[Health, ...] = ()

    @model_validator(mode="after")
    def _numbered(self) -> "Evidence":
        if any(not piece.number for piece in self.pieces) or len(self.ids) < len(self.pieces):
            raise ValueError("every piece of evidence has an id of its own, such as E-7")
        return self

    @property
    def ids(self) -> frozenset[str]:
        """Of every piece."""
        return frozenset(piece.id for piece in self.pieces)

    def known(self, piece: Piece) -> Piece | None:
        """The piece that says exactly this, with its id."""
        said = content(piece)
        return next((each for each in self.pieces if content(each) == said), None)


def gather(window: Window, pieces: Iterable[Piece], health: Iterable[Health] = ()) -> Evidence:
    """Evidence of what the sources showed, in whatever order they did: the same pieces get the same ids."""
    return extended(Evidence(window=window), pieces, health)


def extended(evidence: Evidence, pieces: Iterable[Piece], health: Iterable[Health] = ()) -> Evidence:
    """With more of it: what has an id keeps it, what is new is numbered on, what is known already is not repeated.

    A question that was asked again has its new answer.
    """
    have = {content(piece) for piece in evidence.pieces}
    new = {said: piece for piece in pieces if (said := content(piece)) not in have}
    last = max((piece.number for piece in evidence.pieces), default=0)
    numbered = (new[said].model_copy(update={"id": f"E-{last + n}"}) for n, said in enumerate(sorted(new), 1))
    answers = (*evidence.health, *sorted(health, key=lambda each: each.model_dump_json()))
    asked = {(each.source, each.asked): each for each in answers}
    return Evidence(
        window=evidence.window,
        pieces=(*evidence.pieces, *numbered),
        health=tuple(asked[question] for question in sorted(asked)),
    )


def content(piece: Piece) -> tuple[str, ...]:
    """All that a piece says, but its id; sorts by time."""
    ended = piece.ended.isoformat() if piece.ended else ""
    said = (piece.title, piece.text, piece.link, piece.service, piece.namespace, piece.grade, ended)
    data = (part for pair in sorted(piece.data.items()) for part in pair)
    at = piece.at.isoformat(timespec="microseconds")
    return (at, piece.kind, piece.source, piece.subject, *said, *data)
