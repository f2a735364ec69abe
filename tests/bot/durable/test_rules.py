"""The ledger's rules, pure: what an attempt does next, how long it waits, and what may start."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.durable.ledger import Step, backoff, due, next_step
from bot.settings import Timing
from bot.storage.effects import Effect
from tests.bot.incident.examples import NOW
from tests.bot.rows import PLACES, an_effect

SETTLE = timedelta(seconds=15)
SECONDS = st.integers(-60, 60).map(lambda seconds: timedelta(seconds=seconds))


@given(now=SECONDS)
def test_without_an_intent_an_attempt_acts(now: timedelta) -> None:
    """Nothing can have reached the outside, so there is nothing to look for."""
    assert next_step(an_effect(), NOW + now, SETTLE) is Step.ACT


@given(intent=SECONDS, retry=SECONDS, now=SECONDS)
def test_after_an_intent_nothing_acts_without_a_look(intent: timedelta, retry: timedelta, now: timedelta) -> None:
    """What may have landed is looked for, and only once it would be visible."""
    effect = an_effect(intent_at=NOW + intent, retry_at=NOW + retry)
    step = next_step(effect, NOW + now, SETTLE)
    assert step is not Step.ACT
    if step is Step.LOOK:
        assert now >= intent + SETTLE


@given(intent=SECONDS, now=SECONDS)
def test_an_attempt_that_died_is_never_looked_for_at_once(intent: timedelta, now: timedelta) -> None:
    """How late it still called is not known: the settle time begins when we find that it died."""
    effect = an_effect(intent_at=NOW + intent, retry_at=NOW + intent)
    assert next_step(effect, NOW + now, SETTLE) is Step.WAIT


@given(attempts=st.integers(0, 10_000), first=st.floats(0.01, 60), factor=st.floats(1, 10), cap=st.floats(60, 3600))
def test_backoff_grows_and_is_bounded(attempts: int, first: float, factor: float, cap: float) -> None:
    """Each wait is at least as long as the one before, never longer than the cap, and never nothing."""
    timing = Timing(backoff_first=first, backoff_factor=factor, backoff_cap=cap)
    wait, longer = backoff(attempts, timing), backoff(attempts + 1, timing)
    assert timedelta(0) < wait <= longer <= timedelta(seconds=cap)


def _effects() -> st.SearchStrategy[list[Effect]]:
    one = st.builds(
        lambda incident, provides, needs, line, retry: {
            "incident_id": incident,
            "provides": provides,
            "needs": None if needs == provides else needs,
            "line": line,
            "retry_at": NOW + retry,
        },
        st.sampled_from(["a", "b"]),
        st.sampled_from(PLACES),
        st.sampled_from(PLACES),
        st.sampled_from([None, "issue", "room"]),
        SECONDS,
    )
    return st.lists(one, max_size=12).map(
        lambda rows: [an_effect(number=number, **values) for number, values in enumerate(rows)]
    )


@given(waiting=_effects(), now=SECONDS)
def test_what_is_due_may_start(waiting: list[Effect], now: timedelta) -> None:
    """Its time has come, nobody still has to provide what it needs, and nothing older waits in its line."""
    for effect in due(waiting, NOW + now):
        same = [other for other in waiting if other.incident_id == effect.incident_id]
        assert effect.retry_at <= NOW + now
        assert effect.needs is None or all(other.provides != effect.needs for other in same)
        assert all(other.line != effect.line or other.number >= effect.number for other in same if effect.line)


@given(waiting=_effects())
def test_what_needs_nothing_and_has_no_line_is_due_in_time(waiting: list[Effect]) -> None:
    """Nothing else holds an effect back."""
    ready = {effect.number for effect in due(waiting, NOW + timedelta(hours=1))}
    assert {e.number for e in waiting if not e.needs and not e.line} <= ready


def test_what_most_others_wait_for_comes_first() -> None:
    """The room goes before a message that nobody waits for."""
    notice = an_effect(number=1, incident_id="a")
    room = an_effect(number=2, incident_id="a", provides=PLACES[1])
    card = an_effect(number=3, incident_id="a", needs=PLACES[1])
    assert [effect.number for effect in due([notice, room, card], NOW)] == [2, 1]


def test_another_incident_does_not_hold_a_line_up() -> None:
    """Lines and places belong to one incident."""
    late = an_effect(number=1, incident_id="a", line="issue", provides=PLACES[1], retry_at=NOW + timedelta(hours=1))
    free = an_effect(number=2, incident_id="b", line="issue", needs=PLACES[1])
    held = an_effect(number=3, incident_id="a", line="issue")
    assert due([late, free, held], NOW) == [free]
