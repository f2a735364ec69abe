"""What is to be done, the change that does it, and the click that allows it: frozen data, without a clock."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from bot.change.projected import Attribute, Planned, Projection
from bot.change.states import (
    ApprovalState,
    Ask,
    ChangeClass,
    ChangeKind,
    ChangeState,
    Gate,
    ItemState,
    Result,
    Source,
)
from bot.incident.model import Actor, Frozen
from bot.postmortem.model import Identity, Kind, Priority

#: What stands in `states.py` and `projected.py` is read from here, too.
__all__ = [
    "Approval",
    "ApprovalState",
    "Ask",
    "Attribute",
    "Bound",
    "Change",
    "ChangeClass",
    "ChangeKind",
    "ChangeState",
    "Drafted",
    "Edit",
    "Finding",
    "Gate",
    "ItemState",
    "Planned",
    "Projection",
    "Result",
    "Round",
    "Source",
    "Standing",
    "TrackedItem",
    "Verdict",
]

#: From the least to the most that can go wrong: an item of several types is judged by the last.
_OF_KIND = {
    Kind.ALERT: ChangeClass.ALERT,
    Kind.MONITOR: ChangeClass.MONITOR,
    Kind.CONFIG: ChangeClass.CONFIG,
    Kind.RUNBOOK: ChangeClass.RUNBOOK,
    Kind.INVESTIGATION: ChangeClass.INVESTIGATION,
    Kind.ARCHITECTURE: ChangeClass.ARCHITECTURE,
    Kind.MIGRATION: ChangeClass.MIGRATION,
}


class Drafted(Frozen):
    """A change that somebody has drafted: `change` is a unified diff, or the whole text of `file`."""

    file: str
    change: str
    by: str  # a role's name, or a person's


class TrackedItem(Frozen):
    """An action item that is followed: what it says, and where it stands.

    `document`, `digest` and `ordinal` are its identity (`bot.postmortem.model.Identity`); of a wish or a fix `document`
    is empty. `set_kind` is the type that a person gave it in Slack. `safe`: its words allow it to go without a click.
    `reason` says in one sentence why it is held, or what came of it last. `feedback` are the reasons of rejections, for
    whoever prepares it next. `requested_by` is whose click or publication started it; empty for a push or a schedule.
    `first_by` let it be prepared. `told`: it was handed to people, who know; `written`: how it stands is in the
    document. `again`: an exact plan of it ran out once and was made anew. `settled` is the number of the last change
    that an earlier start came to: taken up again it needs a new one.
    """

    id: str
    number: int
    source: Source = Source.DOCUMENT
    document: str = ""
    digest: str = ""
    ordinal: int = 0
    day: date | None = None
    incident_id: str = ""
    issue: int | None = None
    line: int = 0
    action: str
    details: str = ""
    type: str = ""
    kinds: tuple[Kind, ...] = ()
    set_kind: Kind | None = None
    priority: Priority | None = None
    owner: str = ""
    safe: bool = False
    reason: str = ""
    drafted: Drafted | None = None
    state: ItemState = ItemState.OPEN
    requested_by: Actor = ""
    taken_by: Actor = ""
    first_by: Actor = ""
    feedback: tuple[str, ...] = ()
    told: bool = False
    written: bool = False
    again: bool = False
    settled: int = 0
    round_id: str = ""
    changed_at: datetime

    @property
    def key(self) -> str:
        """As people call it."""
        return f"T-{self.number}"

    @property
    def identity(self) -> Identity:
        """What makes it itself in its document."""
        return Identity(document=self.document, digest=self.digest, ordinal=self.ordinal)

    @property
    def change_class(self) -> ChangeClass:
        """The class of its most careful type."""
        if self.source is not Source.DOCUMENT:
            return ChangeClass.FEATURE if self.source is Source.FEATURE else ChangeClass.FIX
        kinds = (self.set_kind,) if self.set_kind else self.kinds
        classes = [each for kind, each in _OF_KIND.items() if kind in kinds]
        return classes[-1] if classes else ChangeClass.UNTYPED


class Edit(Frozen):
    """One file of a change: its path from the root, and its text before and after; None where it is not there."""

    path: str
    before: str | None
    after: str | None


class Finding(Frozen):
    """One thing that a gate has to say. `rule` is its stable name, such as `plan.delete`; `sentence` is for people."""

    rule: str
    result: Result
    sentence: str


class Verdict(Frozen):
    """What a gate says of a change; without findings it passes."""

    gate: Gate
    findings: tuple[Finding, ...] = ()

    @property
    def result(self) -> Result:
        """The worst of its findings."""
        return max((each.result for each in self.findings), key=lambda result: result.rank, default=Result.PASS)

    @property
    def sentence(self) -> str:
        """Its worst finding, for people; empty where it passes."""
        worst = (each.sentence for each in self.findings if each.result is self.result)
        return next(worst, "")


class Bound(Frozen):
    """The exact bytes that a click approves, by hash: nothing else is applied.

    `commit` and `tree` are git's names, `tree` that of the stack's folder; `plan` is the SHA-256 of the plan file,
    `verdict` that of all verdicts; `inputs` is a hash over everything in the repository that the plan has read.
    """

    commit: str
    tree: str
    plan: str
    verdict: str
    inputs: str

    @property
    def short(self) -> str:
        """As people compare it."""
        return self.plan[:8]


#: Of 1.
Confidence = Annotated[float, Field(ge=0, le=1)]


class Change(Frozen):
    """A set of edits with its plan. `number` counts those of its item, from 1.

    `base` is the commit that it was made on, `commit` our own on top of it, `landed` the one that is on the branch.
    `by` is who made it: a role's name, `draft`, or `rollback`. `cleared_by` is who let it be applied: an approver, or
    empty where the policy did. `folder` is where it was planned, on the disk of whoever planned it.
    """

    id: str
    item_id: str
    number: int
    kind: ChangeKind = ChangeKind.TERRAFORM
    state: ChangeState = ChangeState.PROPOSED
    stack: str = ""  # a folder from the root, such as stacks/nextcloud
    base: str = ""
    commit: str = ""
    edits: tuple[Edit, ...] = ()
    by: str = ""
    summary: str = ""
    rollback: str = ""
    confidence: Confidence = 1.0
    verdicts: tuple[Verdict, ...] = ()
    projection: Projection | None = None
    bound: Bound | None = None
    reads: tuple[str, ...] = ()  # folders of modules that its plan has read beside its stack
    planned_at: datetime | None = None
    cleared_by: tuple[Actor, ...] = ()
    landed: str = ""
    url: str = ""  # of a pull request
    problem: str = ""
    undoes: str = ""  # the change that it takes back
    made_at: datetime
    applied_at: datetime | None = None

    @property
    def result(self) -> Result:
        """The worst that any gate has said so far."""
        return max((each.result for each in self.verdicts), key=lambda result: result.rank, default=Result.PASS)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What gates have to say, the worst first."""
        found = [each for verdict in self.verdicts for each in verdict.findings]
        return tuple(sorted(found, key=lambda each: -each.result.rank))


class Approval(Frozen):
    """A question that waits for a click, and what became of it. `bound` is None where nothing is to be applied.

    `people` is how many have to agree; `agreed` are those who have. Of PREPARE, INVESTIGATE and DRAFT there is no
    `expires_at`. `not_before`: whoever is asked wants to be asked again then.
    """

    id: str
    number: int
    ask: Ask
    item_id: str
    change_id: str = ""
    state: ApprovalState = ApprovalState.PENDING
    requester: Actor = ""
    people: int = 1
    agreed: tuple[Actor, ...] = ()
    bound: Bound | None = None
    asked_at: datetime
    expires_at: datetime | None = None
    not_before: datetime | None = None
    decided_by: Actor = ""
    decided_at: datetime | None = None
    reason: str = ""

    @property
    def key(self) -> str:
        """As people call it."""
        return f"A-{self.number}"

    @property
    def is_pending(self) -> bool:
        """Whether it still waits."""
        return self.state is ApprovalState.PENDING


class Round(Frozen):
    """One pass over action items, and the one message that says what came of it.

    `document` is the post-mortem's file name, or empty; `by` whose click or publication began it, or empty.
    """

    id: str
    document: str = ""
    incident_id: str = ""
    by: Actor = ""
    began_at: datetime
    ended_at: datetime | None = None
    said_at: datetime | None = None


class Standing(Frozen):
    """An item with what belongs to it: its newest change, and the approval that waits or was decided last."""

    item: TrackedItem
    change: Change | None = None
    approval: Approval | None = None
    progress: str = ""  # what is being done right now, a line
    able: tuple[Actor, ...] = ()  # who may decide
    cost: int = 0  # of preparing it, in micro-dollars
