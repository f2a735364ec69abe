"""What agents say, before anything of it is believed; `checking.py` makes findings of it."""

from bot.evidence.findings import Finding
from bot.evidence.model import Kind
from bot.incident.model import Frozen
from bot.investigation.factors import Factor
from bot.investigation.model import ActionItem, Command, Confidence, Hypothesis
from bot.postmortem.document.model import Part


class RuledOut(Frozen):
    """Something that it was not. It rests on `pieces`, or on there being none of these `kinds`."""

    what: str
    pieces: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()


class Looked(Frozen):
    """What one specialist says. `unknown` is what it could not find out."""

    agent: str
    findings: tuple[Finding, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    unknown: tuple[str, ...] = ()


class Remembered(Frozen):
    """A sentence of the historian's; what it is about rests on past incidents and documents."""

    sentence: str
    pieces: tuple[str, ...] = ()


class Why(Frozen):
    """A step of the five whys."""

    why: str
    because: str
    pieces: tuple[str, ...] = ()


class Contribution(Frozen):
    """A contributing factor."""

    factor: Factor
    sentence: str
    pieces: tuple[str, ...] = ()


class Section(Frozen):
    """A section of the post-mortem."""

    part: Part
    text: str
    pieces: tuple[str, ...] = ()


class Written(Frozen):
    """What the report writer says. The verdict rests on `pieces` like everything else.

    All but findings, causes and what was ruled out may also cite lines of the timeline that it was given, as `L-3`.
    `wish` is what a wish would touch, a `bot.change.feature.Wish`; empty for what is none.
    """

    verdict: str
    pieces: tuple[str, ...]
    known: bool
    confidence: Confidence
    findings: tuple[Finding, ...] = ()
    hypotheses: tuple[Hypothesis, ...] = ()
    ruled_out: tuple[RuledOut, ...] = ()
    whys: tuple[Why, ...] = ()
    factors: tuple[Contribution, ...] = ()
    items: tuple[ActionItem, ...] = ()
    commands: tuple[Command, ...] = ()
    next_steps: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    wish: str = ""


class Claims(Frozen):
    """All that the agents of a run say. `lines` is how many lines of the timeline they were given."""

    looked: tuple[Looked, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    written: Written | None = None
    severity: str = ""
    severity_reason: str = ""
    lines: int = 0
    notes: tuple[str, ...] = ()
