"""The words for where things stand: sources, states, kinds, classes, gates and what they say."""

from enum import StrEnum


class Source(StrEnum):
    """Where an action item comes from."""

    DOCUMENT = "document"  # a row of a post-mortem
    FEATURE = "feature"  # a wish on GitHub, assessed
    FIX = "fix"  # proposed by agents while they looked into an incident


class ItemState(StrEnum):
    """Where an action item stands; the moves are the table in `lifecycle.py`."""

    OPEN = "open"  # known, and nothing is done about it by itself
    HELD = "held"  # it waits for a person
    QUEUED = "queued"  # it may go by itself
    APPROVED = "approved"  # a person let it be prepared
    IMPLEMENTING = "implementing"
    DONE = "done"
    FAILED = "failed"
    REJECTED = "rejected"
    TAKEN = "taken"  # a person does it
    GONE = "gone"  # people finished or removed it


class ChangeKind(StrEnum):
    """What a change is made of."""

    TERRAFORM = "terraform"  # files of one stack, planned and applied
    DOCUMENT = "document"  # files of documentation, proposed as a pull request
    REPORT = "report"  # what was found out, written into the post-mortem


class ChangeState(StrEnum):
    """How far a change is; the moves are the table in `lifecycle.py`."""

    PROPOSED = "proposed"
    GATED = "gated"
    PLANNED = "planned"
    AWAITING = "awaiting_approval"
    CLEARED = "cleared"
    APPLYING = "applying"
    APPLIED = "applied"
    VERIFIED = "verified"
    REFUSED = "refused"  # a gate said no
    STALE = "stale"  # the world moved
    WITHDRAWN = "withdrawn"
    FAILED = "failed"  # the apply said no
    UNKNOWN = "unknown"  # we died while it was applied
    UNVERIFIED = "unverified"  # applied, and it does not show


class Ask(StrEnum):
    """What a click would let happen."""

    PREPARE = "prepare"  # an agent, or a draft, makes a change on a branch
    APPLY = "apply"  # this exact plan is applied
    INVESTIGATE = "investigate"  # agents look, read only
    DRAFT = "draft"  # an agent writes a document, as a pull request


class ApprovalState(StrEnum):
    """One decision, ever, and one use."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    SUPERSEDED = "superseded"
    USED = "used"


class ChangeClass(StrEnum):
    """By what a change is judged, and who may allow it: the type of its item, else where it comes from."""

    ALERT = "alert"
    CONFIG = "config"
    MONITOR = "monitor"
    ARCHITECTURE = "architecture"
    MIGRATION = "migration"
    INVESTIGATION = "investigation"
    RUNBOOK = "runbook"
    FEATURE = "feature"
    FIX = "fix"
    UNTYPED = "untyped"


class Gate(StrEnum):
    """The gates, in their order."""

    DIFF = "diff"
    HCL = "hcl"
    STACK = "stack"
    PLAN = "plan"
    CLASS = "class"


class Result(StrEnum):
    """What a gate says, from the best to the worst."""

    PASS = "pass"  # noqa: S105 - no password
    PERSON = "person"  # only with a click
    REFUSE = "refuse"  # not at all

    @property
    def rank(self) -> int:
        """To compare them by."""
        return list(Result).index(self)
