"""Whoever comes second hears who decided and when, and nothing where nobody did."""

from datetime import timedelta

import pytest

from bot.incident.decided import decides, told
from bot.incident.model import Event, EventKind, State
from tests.bot.incident.examples import ANA, BOB, MINUTE, NOW, an_incident


@pytest.mark.parametrize(
    ("story", "state", "kind"),
    [
        ("accept", State.TRIAGING, EventKind.ACCEPTED),
        ("accept", State.DECLINED, EventKind.DECLINED),
        ("decline", State.DECLINED, EventKind.DECLINED),
        ("resolve", State.RESOLVED, EventKind.RESOLVED),
        ("resolve", State.MERGED, EventKind.MERGED),
        ("close", State.CLOSED, EventKind.CLOSED),
        ("close", State.INVESTIGATING, EventKind.REOPENED),
        ("reopen", State.INVESTIGATING, EventKind.REOPENED),
        ("lead", State.TRIAGING, EventKind.LEAD_CHANGED),
        ("lead", State.CLOSED, EventKind.CLOSED),
        ("offer", State.TRIAGING, EventKind.HANDOVER_DECLINED),
        ("ack", State.TRIAGING, EventKind.ACKNOWLEDGED),
        ("update", State.CLOSED, EventKind.CLOSED),
    ],
)
def test_the_event_that_came_first_is_named(story: str, state: State, kind: EventKind) -> None:
    """For each thing that two may click, the kind of event by which the first one decided it."""
    assert kind in decides(story, an_incident(state=state))


@pytest.mark.parametrize(("story", "state"), [("close", State.RESOLVED), ("update", State.TRIAGING)])
def test_where_nobody_came_first_nobody_is_named(story: str, state: State) -> None:
    """What is refused for another reason says only that."""
    assert decides(story, an_incident(state=state)) == ()


def test_who_and_when_in_one_sentence() -> None:
    """The clock and how long ago; not what they said, which may be long."""
    event = Event(kind=EventKind.RESOLVED, at=NOW, by=BOB, text="restarted it")
    assert told(event, NOW + 3 * MINUTE) == f"<@{BOB}> resolved it at {NOW:%H:%M} UTC, 3 minutes ago."
    led = Event(kind=EventKind.LEAD_CHANGED, at=NOW, by=ANA, data={"lead": ANA})
    assert told(led, NOW + timedelta(seconds=5)) == f"<@{ANA}> took the lead at {NOW:%H:%M} UTC, just now."
