"""A post-mortem as data: what the bot knows by itself, and what people write, section by section."""

from datetime import date, datetime
from enum import StrEnum

from bot.incident.model import Frozen


class Part(StrEnum):
    """A section that people write; the value is its heading. Seeds 000 and 001, lessons and recovery of seed 004."""

    SUMMARY = "Summary"
    IMPACT = "Impact"
    ROOT_CAUSE = "Root cause"
    WHYS = "Five whys"
    FACTORS = "Contributing factors"
    GAPS = "Detection gaps"
    RECOVERY = "Response and recovery"
    WELL = "What went well"
    POORLY = "What went poorly"
    LUCKY = "Where we got lucky"
    SUPPORT = "Supporting information"


#: What a section asks of whoever writes it; stands in it until somebody has.
ASKS: dict[Part, str] = {
    Part.SUMMARY: "what happened, whom it hurt and how it ended, in two or three sentences.",
    Part.IMPACT: "who could not do what, for how long, and whether data was lost.",
    Part.ROOT_CAUSE: "the chain of causes, down to the one that, changed, would have prevented it.",
    Part.WHYS: "why did it fail? And why that? Five times, or until the answer is something we can change.",
    Part.FACTORS: "what made it more likely, or worse, without being the cause.",
    Part.GAPS: "what should have told us sooner, and did not.",
    Part.RECOVERY: "what was done, in what order, and how we knew that it worked.",
    Part.WELL: "what helped, and should stay as it is.",
    Part.POORLY: "what cost time.",
    Part.LUCKY: "what could have made it worse, and by chance did not.",
    Part.SUPPORT: "links to dashboards, logs, changes and documents.",
}


class Words(Frozen):
    """A piece of text, and the page that it leads to where it is a link."""

    text: str
    url: str = ""


class Fact(Frozen):
    """A row of the table at the top."""

    name: str
    value: Words


class Moment(Frozen):
    """A row of the timeline. `at` is in UTC, to the minute."""

    at: datetime
    text: str
    source: Words


class Planned(Frozen):
    """A row of the prevention plan, as written. Its cells are free text, since people write them too."""

    priority: str = ""
    action: str
    type: str = ""
    details: str = ""
    owner: str = ""
    due: str = ""
    issue: str = ""
    status: str = "TODO"


class Implemented(Frozen):
    """A row of the record of what was done about the plan."""

    date: str
    action: str
    priority: str = ""
    type: str = ""
    commit: Words = Words(text="")
    by: str = ""


class Written(Frozen):
    """What people wrote in Slack and git has not yet, by section; `base` is what git had there when they began.

    `name` is the document's file name, from the moment in which it is to be published; `asked` are the hashes of the
    action items for which an owner was asked.
    """

    name: str = ""
    parts: dict[Part, str] = {}
    base: dict[Part, str] = {}
    asked: tuple[str, ...] = ()


class Document(Frozen):
    """One post-mortem. A part that nobody has written is not in `parts`; the rest is what the bot knows."""

    title: str
    date: date
    facts: tuple[Fact, ...] = ()
    timeline: tuple[Moment, ...] = ()
    plan: tuple[Planned, ...] = ()
    implemented: tuple[Implemented, ...] = ()
    parts: dict[Part, str] = {}

    @property
    def waiting(self) -> tuple[Part, ...]:
        """The sections that still wait for a person."""
        return tuple(part for part in Part if not self.parts.get(part))
