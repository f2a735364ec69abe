"""Where items, changes and approvals may go from where they stand: three tables, and the one function for each."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from bot.change.model import Approval, ApprovalState, Change, ChangeState, ItemState, TrackedItem
from bot.errors import Refused

T, C, A = ItemState, ChangeState, ApprovalState
State = TypeVar("State", bound=StrEnum)

#: From, to, and when.
ITEMS: tuple[tuple[ItemState, ItemState, str], ...] = (
    (T.OPEN, T.HELD, "a person has to decide"),
    (T.OPEN, T.QUEUED, "it may go by itself"),
    (T.QUEUED, T.HELD, "a person has to decide"),
    (T.QUEUED, T.IMPLEMENTING, "its turn has come"),
    (T.QUEUED, T.TAKEN, "a person does it"),
    (T.HELD, T.QUEUED, "it may go by itself"),
    (T.HELD, T.APPROVED, "a person let it be prepared"),
    (T.HELD, T.REJECTED, "a person said no"),
    (T.HELD, T.TAKEN, "a person does it"),
    (T.APPROVED, T.IMPLEMENTING, "its turn has come"),
    (T.APPROVED, T.HELD, "it cannot be prepared"),
    (T.IMPLEMENTING, T.DONE, "it is on the branch"),
    (T.IMPLEMENTING, T.HELD, "a gate said no, or it has to be asked again"),
    (T.IMPLEMENTING, T.REJECTED, "a person said no"),
    (T.IMPLEMENTING, T.TAKEN, "a person does it"),
    (T.IMPLEMENTING, T.FAILED, "it did not work"),
    (T.FAILED, T.HELD, "a person has to decide"),
    (T.FAILED, T.TAKEN, "a person does it"),
    (T.FAILED, T.DONE, "a person saw that it is done"),
    (T.TAKEN, T.DONE, "the person has done it"),
    (T.TAKEN, T.HELD, "the person gave it back"),
    (T.REJECTED, T.HELD, "a person took it up again"),
    *((state, T.GONE, "people finished or removed it") for state in T if state is not T.GONE),
    (T.GONE, T.HELD, "it is open again"),
    (T.DONE, T.HELD, "it is open again"),
)

CHANGES: tuple[tuple[ChangeState, ChangeState, str], ...] = (
    (C.PROPOSED, C.GATED, "the gates before the plan let it through"),
    (C.GATED, C.PLANNED, "it was planned"),
    (C.PLANNED, C.AWAITING, "a person has to allow it"),
    (C.PLANNED, C.CLEARED, "the policy allows it"),
    (C.AWAITING, C.CLEARED, "a person allowed it"),
    (C.CLEARED, C.APPLYING, "it is applied"),
    (C.APPLYING, C.APPLIED, "the apply ended well"),
    (C.APPLYING, C.FAILED, "the apply said no"),
    (C.APPLYING, C.UNKNOWN, "we died while it ran"),
    (C.APPLIED, C.VERIFIED, "it shows"),
    (C.APPLIED, C.UNVERIFIED, "it does not show"),
    *(
        (state, to, when)
        for state in (C.PROPOSED, C.GATED, C.PLANNED, C.AWAITING, C.CLEARED)
        for to, when in (
            (C.REFUSED, "a gate said no"),
            (C.STALE, "the world moved"),
            (C.WITHDRAWN, "it is not wanted any more"),
        )
    ),
)

APPROVALS: tuple[tuple[ApprovalState, ApprovalState, str], ...] = (
    (A.PENDING, A.APPROVED, "enough people agreed"),
    (A.PENDING, A.REJECTED, "a person said no"),
    (A.PENDING, A.EXPIRED, "nobody decided in time"),
    (A.PENDING, A.SUPERSEDED, "something else is asked by now"),
    (A.APPROVED, A.USED, "what it allows begins"),
    (A.APPROVED, A.SUPERSEDED, "the world moved before it was used"),
)

#: Nothing is done about such a change any more.
OVER = frozenset({C.VERIFIED, C.UNVERIFIED, C.REFUSED, C.STALE, C.WITHDRAWN, C.FAILED, C.UNKNOWN})
#: Nobody has work with such an item any more.
CLOSED = frozenset({T.DONE, T.GONE, T.REJECTED})
#: We have work with such an item, unless its change waits for a click.
ACTIVE = frozenset({T.QUEUED, T.APPROVED, T.IMPLEMENTING})

_STATES: Mapping[StrEnum, str] = {
    T.HELD: "it waits for a person",
    T.QUEUED: "it waits for its turn",
    T.APPROVED: "it waits for its turn",
    T.IMPLEMENTING: "it is being worked on",
    T.DONE: "it is done",
    T.FAILED: "it failed",
    T.REJECTED: "it was rejected",
    T.TAKEN: "somebody does it themselves",
    T.GONE: "it does not stand in its document as open any more",
}


def move_item(item: TrackedItem, to: ItemState, **values: object) -> TrackedItem:
    """The item in its new state. Raises Refused where there is no such move."""
    if not _allowed(ITEMS, item.state, to):
        stands = _STATES.get(item.state, f"it is {item.state}")
        raise Refused(f"{item.key} cannot be {to} now: {stands}.")
    return item.model_copy(update={"state": to, **values})


def move_change(change: Change, to: ChangeState, **values: object) -> Change:
    """The change in its new state. Raises Refused where there is no such move."""
    if not _allowed(CHANGES, change.state, to):
        raise Refused(f"This change is {_said(change.state)}, so it cannot become {_said(to)}.")
    return change.model_copy(update={"state": to, **values})


def move_approval(approval: Approval, to: ApprovalState, **values: object) -> Approval:
    """The approval in its new state. Raises Refused where it was decided before."""
    if not _allowed(APPROVALS, approval.state, to):
        raise Refused(f"{approval.key} is {_said(approval.state)} already.")
    return approval.model_copy(update={"state": to, **values})


def through(change: Change) -> Change:
    """A change that nothing applies, as applied: what is left is to write it down."""
    rest = (C.GATED, C.PLANNED, C.CLEARED, C.APPLYING, C.APPLIED, C.VERIFIED)
    for state in rest[1:] if change.state is C.GATED else rest:
        change = move_change(change, state)
    return change


def _allowed(table: tuple[tuple[State, State, str], ...], source: State, target: State) -> bool:
    return any(row[0] is source and row[1] is target for row in table)


def _said(state: StrEnum) -> str:
    return state.value.replace("_", " ")


def diagram(table: tuple[tuple[State, State, str], ...]) -> str:
    """A table as a Mermaid state diagram."""
    return "\n".join(["stateDiagram-v2", *(f"    {row[0]} --> {row[1]}: {row[2]}" for row in table)]) + "\n"
