"""When it started, in the words of people."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.when import started

NOW = datetime(2026, 11, 20, 15, 0, 30, tzinfo=UTC)  # 15:00 in London, 16:00 in Berlin, 10:00 in New York


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    """An instant of that November, in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "expected"),
    [
        ("nextcloud gives 502 since 14:00", "UTC", at(14)),
        ("nextcloud gives 502 since 14:00", "Europe/Berlin", at(13)),
        ("502 since ~14:00 UTC.", "Europe/Berlin", at(14)),
        ("since around 14:00 (UTC)", "Europe/Berlin", at(14)),
        ("since 14:00 GMT+1", "UTC", at(13)),
        ("since 14:00 CET", "Europe/Berlin", at(13)),
        ("since 14:00 PST", "Europe/Berlin", None),
        ("since 2pm", "UTC", at(14)),
        ("started at 2:30 pm today", "UTC", at(14, 30)),
        ("since 12am", "UTC", at(0)),
        ("since noon", "UTC", at(12)),
        ("down since midnight", "Europe/Berlin", at(23, day=19)),
        ("Home Assistant not loading since this morning", "UTC", at(8)),
        ("not loading since this morning", "America/Los_Angeles", None),  # it is 07:00 there
        ("since this morning around 9:15", "UTC", at(9, 15)),
        ("20 minutes ago", "UTC", at(14, 40)),
        ("502 since 10 minutes", "UTC", at(14, 50)),
        ("nextcloud is down for about 2 hours now", "UTC", at(13)),
        ("no mail for half an hour", "UTC", at(14, 30)),
        ("broken for 2 users", "UTC", None),
        ("it broke an hour ago", "UTC", at(14)),
        ("half an hour ago", "UTC", at(14, 30)),
        ("2h ago", "UTC", at(13)),
        ("3 days ago", "UTC", at(15, day=17)),
        ("for the last 2 hours", "UTC", at(13)),
        ("a few hours ago", "UTC", None),
        ("yesterday 23:00", "UTC", at(23, day=19)),
        ("yesterday 23:00", "Europe/Berlin", at(22, day=19)),
        ("since yesterday at 11pm", "UTC", at(23, day=19)),
        ("since 23:00 yesterday", "UTC", at(23, day=19)),
        ("last night at 23:30", "UTC", at(23, 30, day=19)),
        ("last night at 02:00", "UTC", at(2)),
        ("since yesterday", "UTC", None),
        ("2026-11-19 22:10", "UTC", at(22, 10, day=19)),
        ("since 2026-11-19T22:10:05Z", "Europe/Berlin", at(22, 10, day=19)),
        ("on 2026-13-45 at 10:00", "UTC", None),
        ("since 20:00", "UTC", at(20, day=19)),  # it is 15:00: yesterday
        ("since 23:00", "Asia/Tokyo", at(14)),
        ("since 14:00, worse since 14:30", "UTC", None),
        ("since 14:00, tried again at 14:30", "UTC", at(14)),
        ("since 2:30", "UTC", None),  # at 15:00 it may be night or afternoon
        ("since 2:30 UTC", "Europe/Berlin", at(2, 30)),
        ("since 02:30", "UTC", at(2, 30)),
        ("since 25:00", "UTC", None),
        ("since 14:75", "UTC", None),
        ("since 3", "UTC", None),
        ("the ratio is 14:00", "UTC", None),
        ("at 10.0.20.1:30", "UTC", None),
        ("since 14:00", "Nowhere/At-All", at(14)),
        ("since 14:00", "../etc/passwd", at(14)),
        ("nothing", "UTC", None),
        ("", "UTC", None),
    ],
)
def test_beginnings(text: str, zone: str, expected: datetime | None) -> None:
    """One clear instant, or none."""
    assert started(text, NOW, zone) == expected


def test_a_clock_time_ahead_was_last_evening() -> None:
    """Half an hour past midnight, 23:00 was yesterday."""
    assert started("since 23:00", at(0, 30), "UTC") == at(23, day=19)


def test_the_hour_that_comes_twice_is_ambiguous() -> None:
    """When the clocks go back, 01:30 was twice in London; before the second it was once."""
    after = datetime(2026, 10, 25, 8, 0, tzinfo=UTC)
    assert started("since 01:30", after, "Europe/London") is None
    assert started("since 01:30 UTC", after, "Europe/London") == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    between = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)
    assert started("since 01:30", between, "Europe/London") == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_hour_that_is_skipped_never_was() -> None:
    """When the clocks go forward, there is no 01:30 in London."""
    after = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert started("since 01:30", after, "Europe/London") is None
    assert started("since 02:30", after, "Europe/London") == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_yesterday_is_a_day_of_the_reporter() -> None:
    """Across a change of the clocks, and where it is already tomorrow."""
    after = datetime(2026, 3, 29, 12, 0, tzinfo=UTC)
    assert started("yesterday 23:00", after, "Europe/London") == datetime(2026, 3, 28, 23, 0, tzinfo=UTC)
    assert started("today at 00:10", at(16), "Asia/Tokyo") == at(15, 10)


WORDS = """since from at ~ yesterday today 14:00 9:30 2pm 23:59 noon UTC CET GMT+1 20 minutes ago last night this
morning 2026-11-20 2026-02-30 999 weeks an hour , T Z"""
PIECES = st.sampled_from(WORDS.split())


@given(
    st.text(max_size=80) | st.lists(PIECES, max_size=10).map(" ".join),
    st.integers(86_400, 7_000_000_000).map(lambda second: datetime.fromtimestamp(second, UTC)),
    st.sampled_from(["UTC", "Europe/London", "America/St_Johns", "Pacific/Apia", "x", "", "\x00"]),
)
def test_it_never_raises_and_never_lies_ahead(text: str, now: datetime, zone: str) -> None:
    """Any text, any time, any zone."""
    found = started(text, now, zone)
    assert found is None or (found <= now and found.utcoffset() == timedelta(0))
