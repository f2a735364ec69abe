"""The table, and what moving along it does."""

from datetime import datetime
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import Refused
from bot.incident.acts import change_status
from bot.incident.endings import resolve
from bot.incident.lifecycle import MOVES, WORKING, Move, move, stages
from bot.incident.model import EventKind, State
from tests.bot.incident.examples import ANA, BOB, MINUTE, NOW, an_incident, tried

ALLOWED = {(row.source, row.target) for row in MOVES}
PAIRS = [(source, target) for source in State for target in State]


def test_the_table_is_the_one_that_was_decided() -> None:
    """Every pair of states that may follow each other, and no other."""
    working = set(WORKING)
    expected = {(a, b) for a in working for b in working if a is not b}
    expected |= {(a, State.RESOLVED) for a in working}
    expected |= {(a, State.MERGED) for a in working | {State.REPORTED, State.QUEUED}}
    expected |= {(State.REPORTED, State.TRIAGING), (State.REPORTED, State.QUEUED)}
    expected |= {(State.QUEUED, State.TRIAGING), (State.QUEUED, State.DECLINED)}
    expected |= {(State.TRIAGING, State.DECLINED), (State.INVESTIGATING, State.DECLINED)}
    expected |= {(State.DECLINED, State.TRIAGING), (State.RESOLVED, State.CLOSED)}
    expected |= {(State.RESOLVED, State.INVESTIGATING), (State.CLOSED, State.INVESTIGATING)}
    assert expected == ALLOWED
    assert len(MOVES) == len(ALLOWED)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_move_is_in_the_table_or_refused_with_what_is_possible(source: State, target: State) -> None:
    """No third thing happens, and nobody is refused without a way on."""
    incident = an_incident(state=source)
    if (source, target) in ALLOWED:
        moved = move(incident, target, ANA, NOW, "because")
        assert moved.incident.state is target
        assert len(moved.events) == 1
        assert moved.events[0].data == {"from": source, "to": target}
    else:
        with pytest.raises(Refused) as refusal:
            move(incident, target, ANA, NOW, "because")
        assert refusal.value.sentence.startswith("INC-12 is ")
        assert refusal.value.sentence.count(".") >= 2


@pytest.mark.parametrize("source", WORKING)
def test_resolve_is_never_refused_while_work_goes_on(source: State) -> None:
    """Whatever stage it is in, it may work again."""
    assert resolve(an_incident(state=source), "Restarted it", ANA, NOW).incident.state is State.RESOLVED


@pytest.mark.parametrize("row", [row for row in MOVES if row.reason])
def test_a_move_that_needs_a_reason_is_refused_without_one(row: Move) -> None:
    """The sentence is for the form's field."""
    with pytest.raises(Refused) as refusal:
        move(an_incident(state=row.source), row.target, ANA, NOW, "  ")
    assert set(refusal.value.fields) == {"reason"}


def test_stages_are_what_the_table_allows() -> None:
    """A form offers nothing that would be refused."""
    for state in State:
        assert {(state, stage) for stage in stages(an_incident(state=state))} <= ALLOWED
    assert stages(an_incident(state=State.RESOLVED)) == ()
    assert stages(an_incident(state=State.MONITORING)) == WORKING[:-1]


def test_a_skipped_stage_has_no_time() -> None:
    """Straight from triaging to monitoring, the cause was never identified."""
    after = move(an_incident(), State.MONITORING, ANA, NOW).incident
    assert after.milestones.mitigated == NOW
    assert after.milestones.identified is None


def test_going_back_takes_away_what_turned_out_not_to_be_so() -> None:
    """The fix did not hold, and the cause was another one; the next times count."""
    incident = an_incident()
    for minute, state in enumerate((State.IDENTIFIED, State.MONITORING, State.INVESTIGATING, State.IDENTIFIED)):
        incident = move(incident, state, ANA, NOW + minute * MINUTE).incident
    assert incident.milestones.identified == NOW + 3 * MINUTE
    assert incident.milestones.mitigated is None


def test_an_identified_cause_keeps_its_first_time_through_a_step_back() -> None:
    """From monitoring back to mitigating, the cause is still the cause."""
    incident = an_incident()
    for minute, state in enumerate((State.IDENTIFIED, State.MONITORING, State.MITIGATING)):
        incident = move(incident, state, ANA, NOW + minute * MINUTE).incident
    assert incident.milestones.identified == NOW
    assert incident.milestones.mitigated is None


def test_a_change_of_status_does_not_end_or_reopen() -> None:
    """Those acts ask for more, and the refusal names them."""
    with pytest.raises(Refused, match="Resolve"):
        change_status(an_incident(), State.RESOLVED, ANA, NOW)
    with pytest.raises(Refused, match="reopen"):
        change_status(an_incident(state=State.CLOSED), State.INVESTIGATING, ANA, NOW)
    with pytest.raises(Refused, match="accept"):
        change_status(an_incident(state=State.QUEUED), State.TRIAGING, ANA, NOW)
    with pytest.raises(Refused, match="already"):
        change_status(an_incident(), State.TRIAGING, ANA, NOW)


def test_a_change_of_status_acknowledges_once() -> None:
    """Whoever moves it first has seen it; later moves do not change when."""
    first = change_status(an_incident(), State.INVESTIGATING, BOB, NOW, "Looking").incident
    second = change_status(first, State.IDENTIFIED, ANA, NOW + MINUTE).incident
    assert second.milestones.acknowledged == NOW


ORDERED = ("declared", "identified", "mitigated", "all_clear", "closed")


@given(st.lists(st.tuples(st.sampled_from(State), st.integers(0, 90)), max_size=30))
def test_random_moves_never_leave_the_table_and_times_stay_in_order(steps: list[tuple[State, int]]) -> None:
    """Whatever is asked in whatever order: allowed moves only, one event each, milestones in the order of the line."""
    incident, at = an_incident(), NOW
    for to, minutes in steps:
        at += minutes * MINUTE
        before = incident
        moved = tried(partial(move, incident, to, ANA, at, "because"))
        if isinstance(moved, Refused):
            assert (before.state, to) not in ALLOWED
            continue
        incident = moved.incident
        assert (before.state, incident.state) in ALLOWED
        assert [event.at for event in moved.events] == [at]
        times: list[datetime] = [t for name in ORDERED if (t := getattr(incident.milestones, name)) is not None]
        assert times == sorted(times)
        assert incident.key == before.key


def test_every_kind_of_move_names_its_own_event() -> None:
    """The timeline can tell a reopening from a change of stage."""
    kinds = {(row.source, row.target): row.kind for row in MOVES}
    assert kinds[State.RESOLVED, State.INVESTIGATING] is EventKind.REOPENED
    assert kinds[State.QUEUED, State.TRIAGING] is EventKind.ACCEPTED
    assert kinds[State.TRIAGING, State.INVESTIGATING] is EventKind.STATE_CHANGED
