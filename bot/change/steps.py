"""What is done next for an item, by where it and its newest change stand; each step is taken up where it was left."""

from collections.abc import Collection, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.change.lifecycle import ACTIVE
from bot.change.model import Change, ChangeKind, ChangeState, ItemState, Source, TrackedItem

#: Nobody wants to be asked between these hours of their day; at the second they can be asked again.
NIGHT, MORNING = time(21), time(9)


#: What people have to do is said so, with the reason.
FOR_PEOPLE = frozenset({ItemState.HELD, ItemState.REJECTED, ItemState.FAILED})


class Step(StrEnum):
    """The steps, in the order in which a change goes through them."""

    BEGIN = "begin"
    PREPARE = "prepare"
    COMMIT = "commit"
    GATE = "gate"
    PLAN = "plan"
    CLASS = "class"
    WAIT = "wait"
    APPLY = "apply"
    SURVIVE = "survive"
    VERIFY = "verify"
    RECORD = "record"
    DONE = "done"


#: With such a change it is the turn of whoever may apply.
IN_APPLY = (ChangeState.CLEARED, ChangeState.APPLYING, ChangeState.APPLIED)
_APPLIES = frozenset({Step.APPLY, Step.SURVIVE, Step.VERIFY})
_OF_CHANGE = {
    ChangeState.GATED: Step.PLAN,
    ChangeState.PLANNED: Step.CLASS,
    ChangeState.AWAITING: Step.WAIT,
    ChangeState.CLEARED: Step.APPLY,
    ChangeState.APPLYING: Step.SURVIVE,
    ChangeState.APPLIED: Step.VERIFY,
}
_AFTER = frozenset({ChangeState.VERIFIED, ChangeState.UNVERIFIED})


def next_step(item: TrackedItem, change: Change | None) -> Step:
    """What comes next; DONE where nothing does."""
    if item.state in (ItemState.QUEUED, ItemState.APPROVED):
        return Step.BEGIN
    if item.state is not ItemState.IMPLEMENTING:
        return Step.DONE
    if change is None or change.number <= item.settled:
        return Step.PREPARE
    if change.state is ChangeState.PROPOSED:
        return Step.GATE if change.commit else Step.COMMIT
    if change.state in _AFTER:
        return Step.DONE if change.landed else Step.RECORD
    return _OF_CHANGE.get(change.state, Step.PREPARE)


def is_ours(step: Step, only: str) -> bool:
    """Whether this process takes that step, where applying is left to one alone (`only` as in the settings)."""
    return not only or (step in _APPLIES) == (only == "apply")


def is_busy(item: TrackedItem, change: Change | None) -> bool:
    """Whether something is done about it right now, or will be without anybody's click."""
    if item.state not in ACTIVE:
        return False
    if change is None or change.number <= item.settled or item.state is not ItemState.IMPLEMENTING:
        return True
    return change.state is not ChangeState.AWAITING and not change.landed


def undone(change: Change) -> bool:
    """Whether it can be taken back: it was applied, and it was files of a stack."""
    applied = change.state in _AFTER or change.state is ChangeState.UNKNOWN
    return applied and change.kind is ChangeKind.TERRAFORM and bool(change.edits)


def fits(change: Change, texts: dict[str, str | None]) -> bool:
    """Whether its edits still begin from what stands there now, by path."""
    return bool(change.edits) and all(texts.get(edit.path) == edit.before for edit in change.edits)


def in_the_morning(now: datetime, timezone: str) -> datetime:
    """The next nine o'clock there."""
    local = now.astimezone(ZoneInfo(timezone))
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, ZoneInfo(timezone)).astimezone(now.tzinfo)


def all_asleep(now: datetime, timezones: Collection[str]) -> bool:
    """Whether it is night for everybody who could have decided."""
    local = [now.astimezone(ZoneInfo(zone)).time() for zone in timezones]
    return bool(local) and all(each >= NIGHT or each < MORNING for each in local)


def is_landed(item: TrackedItem, change: Change | None) -> bool:
    """Whether it is done but for the document, which does not say so yet."""
    if item.source is not Source.DOCUMENT or item.state is not ItemState.IMPLEMENTING or change is None:
        return False
    return (
        bool(change.landed)
        and change.number > item.settled
        and change.state is ChangeState.VERIFIED
        and change.kind is not ChangeKind.DOCUMENT
    )


def to_write(members: Sequence[tuple[TrackedItem, Change | None]]) -> bool:
    """Whether a document has to follow: something was done, or was tried and refused, or a person said no."""
    for item, change in members:
        if is_landed(item, change):  # also where the document said before that it was for people
            return True
        if item.source is not Source.DOCUMENT or item.written:
            continue
        tried = item.state in FOR_PEOPLE and change is not None and change.state is not ChangeState.WITHDRAWN
        if tried or item.state is ItemState.REJECTED:
            return True
    return False
