"""The three tables: only their moves happen, what is over stays over, and an approval is used at most once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.lifecycle import (
    ACTIVE,
    APPROVALS,
    CHANGES,
    CLOSED,
    ITEMS,
    OVER,
    diagram,
    move_approval,
    move_change,
    move_item,
)
from bot.change.model import ApprovalState, ChangeState, ItemState
from bot.errors import Refused
from tests.bot.change.examples import a_change, a_question, an_item

TABLES = {"items": ITEMS, "changes": CHANGES, "approvals": APPROVALS}


@pytest.mark.parametrize("source", ItemState)
@pytest.mark.parametrize("to", ItemState)
def test_an_item_moves_along_its_table_or_is_refused_by_name(source: ItemState, to: ItemState) -> None:
    """No third thing happens."""
    item = an_item(state=source)
    if (source, to) in {row[:2] for row in ITEMS}:
        assert move_item(item, to, reason="so") == item.model_copy(update={"state": to, "reason": "so"})
    else:
        with pytest.raises(Refused, match=r"T-31 cannot be .*\.$"):
            move_item(item, to)


@pytest.mark.parametrize("source", ChangeState)
@pytest.mark.parametrize("to", ChangeState)
def test_a_change_moves_along_its_table_or_is_refused(source: ChangeState, to: ChangeState) -> None:
    """What is over never moves again, so nothing is applied that was refused, withdrawn, or lost track of."""
    change = a_change(state=source)
    if (source, to) in {row[:2] for row in CHANGES}:
        assert source not in OVER
        assert move_change(change, to).state is to
    else:
        with pytest.raises(Refused):
            move_change(change, to)


def test_the_only_way_to_an_apply_is_cleared_and_to_cleared_the_policy_or_a_click() -> None:
    """Nothing is applied twice either: no way leads back."""
    assert [row[0] for row in CHANGES if row[1] is ChangeState.APPLYING] == [ChangeState.CLEARED]
    assert {row[0] for row in CHANGES if row[1] is ChangeState.CLEARED} == {ChangeState.PLANNED, ChangeState.AWAITING}
    order = [*ChangeState]
    assert all(order.index(row[0]) < order.index(row[1]) for row in CHANGES)


@pytest.mark.parametrize("name", TABLES)
def test_no_move_stands_twice_and_every_state_is_reached(name: str) -> None:
    """A state that nothing leads to would be a word without a meaning."""
    table = TABLES[name]
    pairs = [row[:2] for row in table]
    assert len(set(pairs)) == len(pairs)
    states = set(type(table[0][0]))
    first = {ItemState.OPEN, ChangeState.PROPOSED, ApprovalState.PENDING}
    assert states - {row[1] for row in table} <= first
    assert diagram(table).count("-->") == len(table)


def test_whoever_is_closed_is_not_active() -> None:
    """What people finished, removed or rejected is nobody's work."""
    assert not CLOSED & ACTIVE


@given(st.lists(st.sampled_from(ApprovalState), max_size=12))
def test_a_question_is_decided_once_and_used_at_most_once(wanted: list[ApprovalState]) -> None:
    """In whichever order people click, time runs out, and the world moves; and only what was approved is used."""
    approval, happened = a_question(), []
    for to in wanted:
        try:
            approval = move_approval(approval, to)
        except Refused:
            continue
        happened.append(to)
    assert sum(to is not ApprovalState.SUPERSEDED for to in happened) <= 2
    assert happened.count(ApprovalState.USED) <= 1
    if ApprovalState.USED in happened:
        assert happened == [ApprovalState.APPROVED, ApprovalState.USED]
