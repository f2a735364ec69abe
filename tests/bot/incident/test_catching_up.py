"""Who is told how an incident stands when they come in, and what of its timeline they are told."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.catching_up import AGAIN, NEWEST, YOUNG, tried, worth
from bot.incident.entries import fold
from bot.incident.model import Event, EventKind, State
from tests.bot.incident.examples import ANA, BOB, MINUTE, NOW, an_incident

LATE = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("changes", "last", "now", "told"),
    [
        ({}, None, LATE, True),
        ({"lead": ANA}, None, LATE, True),
        ({"lead": BOB}, None, LATE, False),
        ({"state": State.RESOLVED}, None, LATE, False),
        ({}, None, NOW + YOUNG - MINUTE, False),
        ({}, None, NOW + YOUNG, True),
        ({}, LATE - AGAIN + MINUTE, LATE, False),
        ({}, LATE - AGAIN, LATE, True),
    ],
)
def test_who_is_told(changes: dict[str, object], last: datetime | None, now: datetime, told: bool) -> None:
    """Whoever comes late into an open one, once an hour; not its lead, and not while it has only begun."""
    assert worth(an_incident(**changes), BOB, last, now) is told


def test_what_was_tried_is_the_newest_in_order() -> None:
    """Commands, notes and what was wrong; what was taken off the timeline is not told, nor what merely happened."""
    kinds = (EventKind.NOTED, EventKind.COMMAND_RUN, EventKind.STATE_CHANGED, EventKind.FINDINGS_WRONG)
    events = [Event(kind=kind, at=NOW + n * MINUTE, by=ANA, text=f"{n}") for n, kind in enumerate(kinds)]
    hidden = Event(kind=EventKind.HIDDEN, at=NOW + 9 * MINUTE, by=ANA, data={"entry": "1"})
    assert [entry.text for entry in tried(fold([*events, hidden], {}))] == ["1", "3"]


@given(st.lists(st.sampled_from((EventKind.NOTED, EventKind.COMMAND_RUN, EventKind.UPDATED)), max_size=30))
def test_it_is_bounded(kinds: list[EventKind]) -> None:
    """However long the timeline is, a few lines are told."""
    events = [Event(kind=kind, at=NOW + n * MINUTE, by=ANA, text=f"{n}") for n, kind in enumerate(kinds)]
    told = tried(fold(events, {}))
    assert len(told) <= NEWEST
    assert [entry.number for entry in told] == sorted(entry.number for entry in told)
