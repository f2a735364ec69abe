"""How fast we call Slack: never faster than a tier allows, and not at all while Slack told us to wait."""

import itertools
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.slack.limits import BURST, POST_BURST, POSTS_PER_SECOND, TIER_PER_MINUTE, TIERS, Limiter
from tests.clock import START

METHODS = st.sampled_from(sorted(TIERS))
GAPS = st.lists(st.floats(0, 20), min_size=1, max_size=150)


def _calls(method: str, channel: str, gaps: list[float], limiter: Limiter) -> list[datetime]:
    """Calls at these moments that were let through."""
    now, made = START, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        if limiter.wait(method, channel, now) == 0:
            made.append(now)
    return made


def _most_within(made: list[datetime], seconds: float) -> int:
    span = timedelta(seconds=seconds)
    return max((sum(start <= at < start + span for at in made) for start in made), default=0)


@given(method=METHODS, gaps=GAPS)
def test_after_the_burst_no_minute_has_more_than_the_tier(method: str, gaps: list[float]) -> None:
    """In any minute at most a burst and what the tier gives; once the burst is used, only the latter."""
    per_minute = TIER_PER_MINUTE[TIERS[method]]
    made = _calls(method, "", gaps, Limiter())
    assert _most_within(made, 60) <= BURST + per_minute
    eager, late = Limiter(), START + timedelta(seconds=60)
    for _ in range(BURST):
        assert eager.wait(method, "", START) == 0
    after = [START + timedelta(seconds=tick / 4) for tick in range(240)]
    assert sum(eager.wait(method, "", at) == 0 for at in after if at < late) <= per_minute


@given(gaps=GAPS)
def test_posting_keeps_to_a_message_a_second_and_channel(gaps: list[float]) -> None:
    """With a small burst; another channel has its own."""
    limiter = Limiter()
    made = _calls("chat.postMessage", "C1", gaps, limiter)
    assert _most_within(made, 10) <= POST_BURST + 10 * POSTS_PER_SECOND
    assert limiter.wait("chat.postMessage", "C2", START + timedelta(days=1)) == 0


@given(method=METHODS | st.just("chat.postMessage"), gaps=st.lists(st.floats(0, 1), min_size=1, max_size=60))
def test_whoever_waits_as_told_gets_through(method: str, gaps: list[float]) -> None:
    """The wait that is named is long enough, to the millisecond, and never longer than the bucket's pace."""
    limiter, now = Limiter(), START
    for gap in gaps:
        now += timedelta(seconds=gap)
        if wait := limiter.wait(method, "C1", now):
            slowest = 1 / POSTS_PER_SECOND if method == "chat.postMessage" else 60 / TIER_PER_MINUTE[TIERS[method]]
            assert 0 < wait <= slowest
            now += timedelta(seconds=wait + 0.001)
            assert limiter.wait(method, "C1", now) == 0


@given(method=METHODS | st.just("chat.postMessage"), callers=st.integers(2, 80))
def test_a_crowd_is_sent_home_one_after_the_other(method: str, callers: int) -> None:
    """Each is told a time of their own, at the bucket's pace, and gets through then: nobody has to ask twice."""
    limiter = Limiter()
    waits = [limiter.wait(method, "C1", START) for _ in range(callers)]
    later = [wait for wait in waits if wait]
    per_second = POSTS_PER_SECOND if method == "chat.postMessage" else TIER_PER_MINUTE[TIERS[method]] / 60
    assert all(abs(b - a - 1 / per_second) < 0.001 for a, b in itertools.pairwise(later))
    assert [limiter.wait(method, "C1", START + timedelta(seconds=wait)) for wait in later] == [0.0] * len(later)


@given(method=METHODS, seconds=st.floats(0.1, 3600), early=st.floats(0.0, 0.99))
def test_a_pause_is_obeyed(method: str, seconds: float, early: float) -> None:
    """No call of that method before its end, whatever the bucket holds; others go on."""
    limiter = Limiter()
    limiter.pause(method, seconds, START)
    soon = START + timedelta(seconds=seconds * early)
    assert 0 < limiter.wait(method, "", soon) <= seconds + 0.001
    assert limiter.wait(method, "", START + timedelta(seconds=seconds + 0.001)) == 0
    other = next(name for name in TIERS if name != method)
    assert limiter.wait(other, "", START) == 0


def test_a_method_without_a_tier_is_free() -> None:
    """`views.*` and the like are not ours to slow down."""
    limiter = Limiter()
    assert [limiter.wait("auth.test", "", START) for _ in range(500)] == [0.0] * 500


def test_a_clock_that_goes_back_stops_nothing_for_good() -> None:
    """Time set right by an hour does not stop us for an hour."""
    limiter = Limiter()
    for _ in range(BURST):
        limiter.wait("pins.add", "", START)
    earlier = START - timedelta(hours=1)
    assert limiter.wait("pins.add", "", earlier) > 0
    assert limiter.wait("pins.add", "", earlier + timedelta(seconds=4)) == 0
