"""What comes next for an item: every state leads somewhere, and what is settled is not gone on with."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.model import Change, ChangeKind, ChangeState, Edit, ItemState, TrackedItem
from bot.change.steps import Step, all_asleep, fits, in_the_morning, is_busy, is_ours, next_step, undone

NOW = datetime(2026, 4, 14, 12, tzinfo=UTC)
EDIT = Edit(path="stacks/a/main.tf", before="a", after="b")


def item(state: ItemState = ItemState.IMPLEMENTING, settled: int = 0) -> TrackedItem:
    """An item as it stands."""
    return TrackedItem(id="i", number=1, action="Do it", state=state, settled=settled, changed_at=NOW)


def change(state: ChangeState, **values: object) -> Change:
    """Its newest change."""
    return Change.model_validate({"id": "c", "item_id": "i", "number": 1, "state": state, "made_at": NOW} | values)


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (ChangeState.GATED, Step.PLAN),
        (ChangeState.PLANNED, Step.CLASS),
        (ChangeState.AWAITING, Step.WAIT),
        (ChangeState.CLEARED, Step.APPLY),
        (ChangeState.APPLYING, Step.SURVIVE),
        (ChangeState.APPLIED, Step.VERIFY),
        (ChangeState.VERIFIED, Step.RECORD),
        (ChangeState.UNVERIFIED, Step.RECORD),
        (ChangeState.STALE, Step.PREPARE),
        (ChangeState.UNKNOWN, Step.PREPARE),
        (ChangeState.FAILED, Step.PREPARE),
        (ChangeState.REFUSED, Step.PREPARE),
        (ChangeState.WITHDRAWN, Step.PREPARE),
    ],
)
def test_each_state_of_a_change_leads_to_its_step(state: ChangeState, step: Step) -> None:
    """In the order of the design; what is over is made anew."""
    assert next_step(item(), change(state)) is step


def test_a_change_is_committed_before_it_is_judged() -> None:
    """The gates judge a commit."""
    assert next_step(item(), change(ChangeState.PROPOSED)) is Step.COMMIT
    assert next_step(item(), change(ChangeState.PROPOSED, commit="c" * 40)) is Step.GATE


def test_what_died_while_it_was_applied_is_never_applied_again_by_itself() -> None:
    """Taken up, it is looked at: there is no way from applying to applying."""
    assert next_step(item(), change(ChangeState.APPLYING)) is Step.SURVIVE


def test_taken_up_again_an_item_needs_a_new_change() -> None:
    """What an earlier start came to is in git; it is not told as done once more."""
    landed = change(ChangeState.VERIFIED, landed="f" * 40)
    assert next_step(item(), landed) is Step.DONE
    assert not is_busy(item(), landed)
    assert next_step(item(settled=1), landed) is Step.PREPARE
    assert is_busy(item(settled=1), landed)


@given(st.sampled_from(ItemState), st.sampled_from(ChangeState), st.booleans())
def test_nothing_is_done_about_what_nobody_asked_for(state: ItemState, of: ChangeState, landed: bool) -> None:
    """Held, open, taken, done: whatever its change, no step follows."""
    made = change(of, landed="f" * 40 if landed else "")
    step = next_step(item(state), made)
    if state in (ItemState.QUEUED, ItemState.APPROVED):
        assert step is Step.BEGIN
    elif state is not ItemState.IMPLEMENTING:
        assert step is Step.DONE
        assert not is_busy(item(state), made)


@given(st.sampled_from(Step))
def test_of_two_processes_exactly_one_takes_a_step(step: Step) -> None:
    """The one that applies, or the one that does all else."""
    assert is_ours(step, "apply") is not is_ours(step, "rest")
    assert is_ours(step, "")


def test_only_what_was_applied_can_be_taken_back() -> None:
    """A document is taken back by people, and what was never applied needs no taking back."""
    assert undone(change(ChangeState.UNVERIFIED, edits=(EDIT,)))
    assert undone(change(ChangeState.UNKNOWN, edits=(EDIT,)))
    assert not undone(change(ChangeState.AWAITING, edits=(EDIT,)))
    assert not undone(change(ChangeState.VERIFIED, edits=(EDIT,), kind=ChangeKind.DOCUMENT))


def test_edits_fit_only_what_they_began_from() -> None:
    """A file that somebody changed, made or took away since is another one."""
    made = change(ChangeState.STALE, edits=(EDIT,))
    assert fits(made, {EDIT.path: "a"})
    assert not fits(made, {EDIT.path: "A"})
    assert not fits(made, {EDIT.path: None})
    assert not fits(change(ChangeState.STALE), {})


def test_the_morning_is_nine_where_somebody_is() -> None:
    """Also over the change to summer time: nine on their clock."""
    night = datetime(2026, 3, 28, 23, 30, tzinfo=UTC)
    assert in_the_morning(night, "Europe/London") == datetime(2026, 3, 29, 8, tzinfo=UTC)
    assert in_the_morning(night, "America/New_York") == datetime(2026, 3, 29, 13, tzinfo=UTC)


def test_nobody_is_asleep_where_nobody_is() -> None:
    """All have to be; one who is awake can decide."""
    night = datetime(2026, 1, 10, 2, tzinfo=UTC)
    assert all_asleep(night, ["Europe/London"])
    assert not all_asleep(night, ["Europe/London", "Asia/Tokyo"])
    assert not all_asleep(night, [])
