"""How bad it is, and what follows from that: a decision table over answers, never over words.

The three schemes that ship are data, in `schemes.py`.
"""

from datetime import timedelta
from enum import StrEnum

from bot.errors import Refused
from bot.incident.model import Frozen


class Symptom(StrEnum):
    """What is wrong, as far as anyone has answered."""

    DOWN = "down"  # it cannot be used at all
    FEATURE = "feature"  # it answers, but something important in it does not work
    SLOW = "slow"
    COSMETIC = "cosmetic"
    NONE = "none"  # nothing is broken now: documentation, a warning for later
    UNKNOWN = "unknown"


class Share(StrEnum):
    """How many people it reaches. Not knowing is never read as few."""

    FEW = "few"  # one person, or under a tenth
    SOME = "some"
    EVERYONE = "everyone"
    UNKNOWN = "unknown"


class Answers(Frozen):
    """All that severity is judged by: the declare form, or evidence, fills it in."""

    symptom: Symptom = Symptom.UNKNOWN
    core: bool = False
    several: bool = False
    data_at_risk: bool = False
    security: bool = False
    workaround: bool = False
    share: Share = Share.UNKNOWN


class Rule(Frozen):
    """One row of a decision table: applies when every answer it names is among those it lists."""

    level: str
    because: str
    symptom: tuple[Symptom, ...] = ()
    share: tuple[Share, ...] = ()
    core: bool | None = None
    several: bool | None = None
    data_at_risk: bool | None = None
    security: bool | None = None
    workaround: bool | None = None

    def applies(self, answers: Answers) -> bool:
        """Whether this row speaks of these answers."""
        flags = ("core", "several", "data_at_risk", "security", "workaround")
        return (
            (not self.symptom or answers.symptom in self.symptom)
            and (not self.share or answers.share in self.share)
            and all(getattr(self, flag) in (None, getattr(answers, flag)) for flag in flags)
        )

    def conditions(self) -> str:
        """The row's left side, for the documentation."""
        words = {"data_at_risk": "data at risk", "several": "several services", "core": "core service"}
        parts = [" or ".join(self.symptom)] if self.symptom else []
        parts += [f"reaches {' or '.join(self.share)}"] if self.share else []
        for flag in ("core", "several", "data_at_risk", "security", "workaround"):
            wanted = getattr(self, flag)
            if wanted is not None:
                parts.append(("" if wanted else "no ") + words.get(flag, flag))
        return ", ".join(parts) or "anything else"


class Starts(StrEnum):
    """What begins by itself when an incident of a level is declared."""

    INVESTIGATION_AND_ESCALATION = "investigation and escalation"
    INVESTIGATION = "investigation"
    TRIAGE = "triage"
    NOTHING = "nothing"


class Level(Frozen):
    """One severity. `rank` 1 is the worst; a clock is a promise to people, None where there is none."""

    id: str
    wording: str
    word: str
    rank: int
    criteria: str
    examples: tuple[str, ...]
    response: str
    respond_within: timedelta | None
    acknowledge_within: timedelta | None
    update_every: timedelta | None
    resolve_within: timedelta | None
    starts: Starts
    room: bool
    label: str | None
    postmortem_within: timedelta | None
    status_page: bool

    @property
    def title(self) -> str:
        """For people: `SEV1 (critical)`, `severity P1 (high)`."""
        return f"{self.wording} ({self.word})"

    @property
    def postmortem_required(self) -> bool:
        """Whether it closes only with a post-mortem, which is due so long after it is resolved."""
        return self.postmortem_within is not None


class Scheme(Frozen):
    """A set of levels, the worst first, and the table that chooses among them."""

    id: str
    levels: tuple[Level, ...]
    rules: tuple[Rule, ...]

    def level(self, id: str) -> Level:
        """The level of that id, in either case. Raises Refused, naming the field `severity`."""
        for level in self.levels:
            if level.id.casefold() == id.strip().casefold():
                return level
        known = ", ".join(level.id for level in self.levels)
        sentence = f"{id.strip()[:40] or 'Nothing'} is not a severity here. Choose one of {known}."
        raise Refused(sentence, {"severity": sentence})


class Assessment(Frozen):
    """A level and the sentence that says why."""

    level: str
    reason: str


def assess(scheme: Scheme, answers: Answers) -> Assessment:
    """The first row that applies; the last row of every table applies to anything."""
    rule = next(rule for rule in scheme.rules if rule.applies(answers))
    return Assessment(level=rule.level, reason=rule.because)


def in_words(span: timedelta | None, none: str = "as needed") -> str:
    """A clock for people: `15 minutes`, `2 hours`, `a day`, `a week`."""
    if span is None:
        return none
    minutes = int(span.total_seconds() // 60)
    for size, one, unit in ((10080, "a week", "weeks"), (1440, "a day", "days"), (60, "an hour", "hours")):
        if minutes >= size and minutes % size == 0:
            return one if minutes == size else f"{minutes // size} {unit}"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
