"""What is typed after `timeline`: sub-words, numbers, times, and the nearest match."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incident.subwords import SUBWORDS, Sub, read
from tests.bot.incident.examples import NOW

ROME = "Europe/Rome"


def at(hour: int, minute: int = 0) -> object:
    """That time of today, UTC."""
    return NOW.replace(hour=hour, minute=minute)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("add Restarted it", Sub(word="add", text="Restarted it")),
        ("add 14:05 Restarted it", Sub(word="add", at=NOW.replace(hour=13, minute=5), text="Restarted it")),
        ("add 14:05 UTC: it is back", Sub(word="add", at=NOW.replace(hour=14, minute=5), text="it is back")),
        ("ADD 10 minutes ago it began", Sub(word="add", at=NOW - timedelta(minutes=10), text="it began")),
        ("add 2026-11-19 22:00 noise", Sub(word="add", at=NOW.replace(day=19, hour=21), text="noise")),
        ("add 3:30 which half", Sub(word="add", text="which half", unclear="3:30")),
        ("add 3 nodes are back", Sub(word="add", text="3 nodes are back")),
        ("star 3", Sub(word="star", entry=3)),
        ("star #12", Sub(word="star", entry=12)),
        ("star", Sub(word="star")),
        ("hide 3 not ours", Sub(word="hide", entry=3, text="not ours")),
        ("time 3 14:05", Sub(word="time", entry=3, at=NOW.replace(hour=13, minute=5))),
        ("time 3", Sub(word="time", entry=3)),
        ("time 3 soon", Sub(word="time", entry=3, unclear="soon")),
        ("time 3 14:05 or so", Sub(word="time", entry=3, unclear="or so")),
        ("tiem 3", Sub(word="tiem", text="3", near="time")),
        ("of the photo app", Sub(word="of", text="the photo app")),
        ("", Sub(word="")),
    ],
)
def test_lines(text: str, expected: Sub) -> None:
    """The sub-word, the entry, the time in the person's zone, the rest."""
    assert read(text, NOW, ROME) == expected


@given(st.text(max_size=80) | st.tuples(st.sampled_from(sorted(SUBWORDS)), st.text(max_size=60)).map(" ".join))
def test_reading_never_raises(text: str) -> None:
    """Anything can be typed."""
    read(text, NOW, ROME)
