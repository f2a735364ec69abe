"""What is done next for an item, from where it and its newest change stand. Every step is taken up where it was left."""

from collections.abc import Collection
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from bot.change.lifecycle import ACTIVE
from bot.change.model import Change, ChangeKind, ChangeState, ItemState, TrackedItem

#: Nobody wants to be asked between these hours of their day; at the second they can be asked again.
NIGHT, MORNING = time(21), time(9)


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
    if change is None:
        return Step.PREPARE
    if change.state is ChangeState.PROPOSED:
        return Step.GATE if change.commit else Step.COMMIT
    if change.state in _AFTER:
        return Step.DONE if change.landed else Step.RECORD
    return _OF_CHANGE.get(change.state, Step.PREPARE)


def is_busy(item: TrackedItem, change: Change | None) -> bool:
    """Whether something is done about it right now, or will be without anybody's click."""
    if item.state not in ACTIVE:
        return False
    if change is None or item.state is not ItemState.IMPLEMENTING:
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
