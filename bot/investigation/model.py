"""What an investigation is: a question about an incident, how far it got, and what it found."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from bot.evidence.findings import Finding
from bot.evidence.model import Evidence
from bot.evidence.report import EvidenceReport
from bot.incident.model import Actor, Frozen
from bot.postmortem.model import Kind as ItemKind
from bot.postmortem.model import Priority


class Kind(StrEnum):
    """What is wanted of it."""

    TRIAGE = "triage"  # how bad it is, and what it concerns
    INVESTIGATION = "investigation"  # triage, then specialists, the historian and a report
    POSTMORTEM = "postmortem"  # what is known once it is over, for the written record
    FEATURE = "feature"  # a wish, not an incident: assess it


class State(StrEnum):
    """How far it is; the moves are the table in `lifecycle.py`."""

    ASKED = "asked"
    COLLECTING = "collecting"  # evidence, without a model
    LOOKING = "looking"  # agents are at work
    DONE = "done"
    STOPPED = "stopped"  # by a person, or because the incident is over
    FAILED = "failed"


class Stage(StrEnum):
    """The parts of the work, in their order."""

    EVIDENCE = "evidence"
    TRIAGE = "triage"
    SPECIALISTS = "specialists"
    HISTORY = "history"
    REPORT = "report"


class Word(StrEnum):
    """What became of a line of progress."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"  # a guardrail said no


class Step(Frozen):
    """A line of progress. `key` is the same for the line that begins and the one that ends something.

    `agent` is a role's name, or a specialist's; empty for the bot itself. `text` is for people, without markup.
    """

    stage: Stage
    key: str
    text: str
    agent: str = ""
    word: Word = Word.DONE


#: Of 1.
Confidence = Annotated[float, Field(ge=0, le=1)]


class Hypothesis(Frozen):
    """A cause that may explain it, citing evidence of this run.

    `category` is a `bot.evidence.signs.Cause`, or empty.
    """

    cause: str
    confidence: Confidence
    pieces: tuple[str, ...]
    category: str = ""


class Command(Frozen):
    """What a person may run, exactly; the bot runs none of it. `why` says what it does, and how to take it back."""

    command: str
    why: str


class ActionItem(Frozen):
    """What should be done about it later; a proposal, never a decision, and held until a person says otherwise.

    `file` is a path in the infra repository, `change` what would be changed there, in words or as a diff; either may be
    empty. `pieces` are the evidence that it rests on.
    """

    priority: Priority
    type: ItemKind
    action: str
    file: str = ""
    change: str = ""
    pieces: tuple[str, ...] = ()


class Findings(Frozen):
    """What agents found, after code has checked it: every finding and hypothesis cites evidence of this run.

    `verdict` is one or two sentences, `confidence` capped. `known` False is an answer too: nobody can tell yet.
    `dropped` counts what cited nothing. `notes` say what did not come to pass: a specialist that was too late.
    """

    verdict: str
    known: bool
    confidence: Confidence
    findings: tuple[Finding, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    ruled_out: tuple[str, ...] = ()
    commands: tuple[Command, ...] = ()
    severity: str = ""  # what triage would call it; a suggestion, never applied
    severity_reason: str = ""
    history: str = ""
    next_steps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    dropped: int = 0
    items: tuple[ActionItem, ...] = ()
    #: Sections of the post-mortem by their heading (`bot.postmortem.document.model.Part`); of an investigation at most
    #: the five whys and the contributing factors.
    parts: dict[str, str] = {}
    #: Of a wish, what it would touch: a `bot.change.feature.Wish`; empty where that is not known. `judged` reads it.
    wish: str = ""


class Investigation(Frozen):
    """One investigation as it stands. `number` counts those of its incident, from 1; `id` is also that of its run.

    `by` is who asked (HOLDFAST: it began by itself); `question` is what, in their words. `why_no_model` says why agents
    did not look; empty where they did or may yet.
    """

    id: str
    incident_id: str
    number: int
    kind: Kind
    state: State
    by: Actor
    question: str = ""
    why_no_model: str = ""
    problem: str = ""
    evidence: Evidence | None = None
    report: EvidenceReport | None = None
    findings: Findings | None = None
    stopped_by: Actor | None = None
    attempt: int = 0
    asked_at: datetime
    ended_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state in {State.DONE, State.STOPPED, State.FAILED}
