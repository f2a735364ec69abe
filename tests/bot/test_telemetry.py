"""A log line says what, when and about what, and never a secret."""

import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import structlog

from bot import telemetry


class Still:
    """A clock that stands still."""

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    """Where the log goes during a test; the set-up before it comes back afterwards."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_a_line_is_json_with_time_level_and_facts(out: io.StringIO) -> None:
    """One object a line, told by our clock."""
    telemetry.setup(json=True, clock=Still(), stream=out)
    telemetry.log("bot.x").info("room opened", room="C1")
    assert json.loads(out.getvalue()) == {
        "event": "room opened",
        "room": "C1",
        "level": "info",
        "logger": "bot.x",
        "at": "2026-03-01T12:00:00.000+00:00",
    }


def test_ids_are_bound_within_their_block_only(out: io.StringIO) -> None:
    """Lines inside carry the incident; lines after do not."""
    telemetry.setup(json=True, stream=out)
    with telemetry.about(incident="i1", request="r1"):
        telemetry.log("bot.x").info("inside")
    telemetry.log("bot.x").info("outside")
    inside, outside = (json.loads(line) for line in out.getvalue().splitlines())
    assert (inside["incident"], inside["request"]) == ("i1", "r1")
    assert "incident" not in outside


def test_a_secret_is_masked_everywhere(out: io.StringIO) -> None:
    """In the event, in facts, in exceptions, and in lines of other libraries."""
    telemetry.setup(json=True, secrets=["hunter2hunter2"], stream=out)
    logger = telemetry.log("bot.x")
    logger.info("got hunter2hunter2", url="https://a:pw@example.com", signing_secret="s")
    logging.getLogger("other").warning("sent %s", "xoxb-123456")
    try:
        int("hunter2hunter2")
    except ValueError:
        logger.exception("failed")
    text = out.getvalue()
    assert "hunter2hunter2" not in text
    assert "xoxb-123456" not in text
    assert "pw@" not in text
    assert json.loads(text.splitlines()[0])["signing_secret"] == "***"
    assert "ValueError" in text


def test_people_get_a_plain_line(out: io.StringIO) -> None:
    """Without JSON a line reads from left to right, without colours."""
    telemetry.setup(json=False, clock=Still(), stream=out)
    telemetry.log("bot.x").warning("github is slow", seconds=3)
    line = out.getvalue()
    assert "github is slow" in line
    assert "seconds=3" in line
    assert "\x1b" not in line


def test_setting_up_twice_does_not_double_lines(out: io.StringIO) -> None:
    """The second set-up replaces the first."""
    telemetry.setup(json=True, stream=out)
    telemetry.setup(json=True, stream=out)
    telemetry.log("bot.x").info("once")
    assert len(out.getvalue().splitlines()) == 1
