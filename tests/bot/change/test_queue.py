"""Following a document: nothing is lost or done twice, and the document wins."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.change.lifecycle import ITEMS
from bot.change.model import ItemState, TrackedItem
from bot.change.queue import AGAIN, BEFORE, OFF, followed, identity
from bot.postmortem.model import Identity, Item, Priority, Reading, Shape, Status
from tests.bot.change.examples import NOW

LATER = NOW + timedelta(hours=1)
MOVES = {row[:2] for row in ITEMS}
ENDED = {ItemState.GONE, ItemState.DONE}


def row(digest: str = "d1", ordinal: int = 0, **values: object) -> Item:
    """An open row whose words allow it to go by itself."""
    of = Identity(document="a.md", digest=digest, ordinal=ordinal)
    said = {"identity": of, "action": f"Do {digest}", "status": Status.OPEN, "shape": Shape.TYPED_ROW, "line": 7}
    return Item.model_validate(said | values)


def reading(*rows: Item) -> Reading:
    """The document with these rows."""
    return Reading(document="a.md", date=None, items=rows)


def follow(
    known: list[TrackedItem], read: Reading, *, at_first: bool = False, remediation: str = "plan", applied: str = ""
) -> list[TrackedItem]:
    """All items by then, as they would be kept."""
    ids = (applied,) if applied else ()
    found = followed(known, read, LATER, at_first=at_first, remediation=remediation, applied=ids)
    by_id = {item.id: item for item in (*known, *found.new)} | {item.id: item for item in found.changed}
    return list(by_id.values())


@pytest.mark.parametrize(
    ("at_first", "remediation", "reason", "state", "said"),
    [
        (False, "plan", "", ItemState.QUEUED, ""),
        (False, "apply", "", ItemState.QUEUED, ""),
        (False, "apply", "It says risky.", ItemState.HELD, "It says risky."),
        (True, "apply", "", ItemState.HELD, BEFORE),
        (True, "apply", "It says risky.", ItemState.HELD, "It says risky."),
        (True, "off", "", ItemState.OPEN, OFF),
        (False, "off", "It says risky.", ItemState.OPEN, OFF),
    ],
)
def test_a_new_row(at_first: bool, remediation: str, reason: str, state: ItemState, said: str) -> None:
    """Goes by itself only where its words allow it, changes are on, and it came after us."""
    (item,) = follow([], reading(row(reason=reason)), at_first=at_first, remediation=remediation)
    assert (item.state, item.reason) == (state, said)


def test_a_row_that_moves_stays_the_same_item() -> None:
    """Its line, priority and owner are as they stand now."""
    (first,) = follow([], reading(row()))
    (moved,) = follow([first], reading(row(line=40, priority=Priority.P0, owner="ana")))
    assert (moved.id, moved.state) == (first.id, first.state)
    assert (moved.line, moved.priority, moved.owner) == (40, Priority.P0, "ana")


def test_equal_rows_are_two_and_other_words_are_another() -> None:
    """The old one is gone."""
    items = follow([], reading(row(), row(ordinal=1)))
    assert len({item.id for item in items}) == 2
    states = {item.digest: item.state for item in follow([items[0]], reading(row("d2")))}
    assert states == {"d1": ItemState.GONE, "d2": ItemState.QUEUED}


@pytest.mark.parametrize("state", sorted(ENDED))
def test_what_is_open_again_waits_for_a_person(state: ItemState) -> None:
    """It was finished once, so it does not go by itself."""
    (item,) = follow([], reading(row()))
    (again,) = follow([item.model_copy(update={"state": state})], reading(row()))
    assert (again.state, again.reason) == (ItemState.HELD, AGAIN)


def test_new_words_beside_it_can_hold_what_was_about_to_go() -> None:
    """Details are no part of its identity, and they count."""
    (item,) = follow([], reading(row()))
    (held,) = follow([item], reading(row(reason="It says risky.")))
    assert (held.state, held.reason) == (ItemState.HELD, "It says risky.")


@pytest.mark.parametrize("rows", [(), (row(status=Status.DONE),), (row(status=Status.DROPPED),)])
def test_what_is_applied_is_not_ended_by_its_row(rows: tuple[Item, ...]) -> None:
    """It has to land in git first; without an apply the row ends it at once."""
    (item,) = follow([], reading(row()))
    working = item.model_copy(update={"state": ItemState.IMPLEMENTING})
    assert follow([working], reading(*rows), applied=working.id) == [working]
    (ended,) = follow([working], reading(*rows))
    assert ended.state in ENDED


ROWS = st.lists(
    st.builds(
        row,
        digest=st.sampled_from(("d1", "d2", "d3")),
        ordinal=st.integers(0, 1),
        status=st.sampled_from(Status),
        reason=st.sampled_from(("", "It says risky.")),
        line=st.integers(1, 50),
        priority=st.none() | st.sampled_from(Priority),
        details=st.sampled_from(("", "Proposed as T-12", "Proposed as T-")),
    ),
    max_size=6,
    unique_by=lambda each: each.identity,
)


@given(ROWS, ROWS, st.lists(st.sampled_from(ItemState), min_size=6, max_size=6), st.booleans(), st.booleans())
def test_the_document_wins_and_nothing_is_lost_or_done_twice(
    before: list[Item], after: list[Item], states: list[ItemState], at_first: bool, off: bool
) -> None:
    """From whatever was known, to whatever it says now."""
    opened = [each.model_copy(update={"status": Status.OPEN}) for each in before]
    known = follow([], reading(*opened))
    known = [item.model_copy(update={"state": state}) for item, state in zip(known, states, strict=False)]
    way = "off" if off else "apply"
    now = follow(known, reading(*after), at_first=at_first, remediation=way)
    rows, were = {identity("a.md", each): each for each in after}, {item.id: item for item in known}
    assert {item.id for item in now} == {*were, *(id for id, each in rows.items() if each.is_open)}
    for item in now:
        open_row = item.id in rows and rows[item.id].is_open
        assert open_row is (item.state not in ENDED)
        if item.id in were:
            was = were[item.id].state
            assert was is item.state or (was, item.state) in MOVES
        elif item.state is ItemState.QUEUED:
            assert rows[item.id].safe
            assert not at_first
            assert not off
    again = followed(now, reading(*after), LATER, at_first=at_first, remediation=way)
    assert (again.new, again.changed) == ((), ())
