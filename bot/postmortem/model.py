"""What a post-mortem document holds for us: its action items, as frozen data with the place where each stands."""

from datetime import date
from enum import StrEnum

from bot.incident.model import Frozen


class Kind(StrEnum):
    """The type of an action item, as documents write it."""

    ALERT = "Alert"
    CONFIG = "Config"
    MONITOR = "Monitor"
    ARCHITECTURE = "Architecture"
    INVESTIGATION = "Investigation"
    MIGRATION = "Migration"
    RUNBOOK = "Runbook"


class Priority(StrEnum):
    """How urgent an action item is."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"


class Status(StrEnum):
    """Where an action item stands. What we do not understand is UNKNOWN, and that is open and held."""

    OPEN = "open"
    PLANNED = "planned"
    IN_PROGRESS = "in progress"
    DEFERRED = "deferred"
    UNKNOWN = "unknown"
    DONE = "done"
    DROPPED = "dropped"


#: Nobody has work with it any more.
CLOSED = frozenset({Status.DONE, Status.DROPPED})


class Shape(StrEnum):
    """How an action item is written. Only a typed row can be safe."""

    TYPED_ROW = "typed row"
    ROW = "row"
    CHECKBOX = "checkbox"
    BULLET = "bullet"
    HEADING = "heading"
    PROSE = "prose"


class Span(Frozen):
    """A piece of the document's text: from `start` up to, not including, `end`. In characters."""

    start: int
    end: int


class Identity(Frozen):
    """What makes an item itself: its document, the hash of its words, and which among equals. Not its line."""

    document: str
    digest: str
    ordinal: int


class Item(Frozen):
    """An open or finished action item. `line` (from 1) is only where it was last seen.

    `kinds` is empty where no type is written or one of them is not known; `type` is what was written. `reason` says in
    one sentence why it is held, and is empty exactly where it is safe or closed. `status_cell` is where a row's status
    stands, without the blanks around it.
    """

    identity: Identity
    action: str
    details: str = ""
    type: str = ""
    kinds: tuple[Kind, ...] = ()
    priority: Priority | None = None
    status: Status
    status_text: str = ""
    owner: str = ""
    due: date | None = None
    issue: str = ""
    shape: Shape
    line: int
    reason: str = ""
    status_cell: Span | None = None

    @property
    def is_open(self) -> bool:
        """Whether somebody still has work with it."""
        return self.status not in CLOSED

    @property
    def safe(self) -> bool:
        """Whether it may be prepared and done without a click, as far as its words can tell."""
        return self.is_open and not self.reason


class Reading(Frozen):
    """A whole document, read. `date` is the document's own, None where it has none."""

    document: str
    date: date | None
    items: tuple[Item, ...]

    @property
    def safe(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.safe)

    @property
    def held(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.is_open and not item.safe)

    @property
    def ownerless(self) -> tuple[Item, ...]:
        """The open items of priority P0 and P1 that nobody has."""
        urgent = {Priority.P0, Priority.P1}
        return tuple(item for item in self.items if item.is_open and item.priority in urgent and not item.owner)
