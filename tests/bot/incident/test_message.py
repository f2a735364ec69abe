"""What a message says, wherever Slack and other bots put it."""

from typing import Any

import pytest

from bot.incident.message import files, pictures, words

BOT = {"bot_id": "B0MON", "text": ""}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "*CPU* is high"}}
RICH = {
    "type": "rich_text",
    "elements": [
        {
            "type": "rich_text_section",
            "elements": [
                {"type": "text", "text": "a < b, "},
                {"type": "user", "user_id": "U0ANA"},
                {"type": "link", "url": "https://x.example.com"},
                {"type": "emoji", "name": "fire"},
            ],
        }
    ],
}


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ({"text": "  hello  ", "user": "U0ANA", "blocks": [RICH]}, "hello"),
        ({"text": "", "user": "U0ANA"}, ""),
        (BOT | {"text": "plain"}, "plain"),
        (BOT | {"blocks": [SECTION]}, "*CPU* is high"),
        (BOT | {"text": "*CPU* is high", "blocks": [SECTION]}, "*CPU* is high"),
        (BOT | {"blocks": [RICH]}, "a &lt; b, <@U0ANA>https://x.example.com:fire:"),
        (
            BOT
            | {"attachments": [{"title": "Down", "fields": [{"title": "Host", "value": "db-1"}], "fallback": "no"}]},
            "Down\nHost: db-1",
        ),
        (BOT | {"attachments": [{"fallback": "all there is"}]}, "all there is"),
        (BOT | {"attachments": [{"blocks": [SECTION]}], "text": "Alert"}, "Alert\n*CPU* is high"),
        ({}, ""),
        ({"bot_id": "B", "blocks": "nonsense", "attachments": [1, None, {"fields": {}}]}, ""),
    ],
)
def test_words(message: dict[str, Any], expected: str) -> None:
    """Of people the text; of bots everything, each part once."""
    assert words(message) == expected


def test_what_came_along_is_counted() -> None:
    """Pictures apart from other files."""
    came = {"files": [{"mimetype": "image/png"}, {"mimetype": "text/plain"}, {"id": "F1"}, "nonsense"]}
    assert (pictures(came), files(came)) == (1, 2)
    assert (pictures({}), files({})) == (0, 0)


def test_a_long_message_is_cut() -> None:
    """A megabyte from a bot becomes what fits."""
    assert len(words(BOT | {"text": "x" * 1_000_000})) <= 12_000
