"""The Slack app manifest is one that Slack accepts, asks for no more than it explains, and matches the handlers."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot import manifest

ROOT = Path(__file__).parents[2]


def text(longest: int, shortest: int = 1) -> dict[str, Any]:
    """A text of a bounded length."""
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def strict(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object with these keys and no others."""
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "required": list(required),
    }


FLAG = {"type": "boolean"}
URL = {"type": "string", "pattern": "^https://"}
COMMAND = strict(
    {
        "command": {**text(32, 2), "pattern": "^/"},
        "url": URL,
        "description": text(2000),
        "usage_hint": text(1000),
        "should_escape": FLAG,
    },
    "command",
    "description",
)
SHORTCUT = strict(
    {
        "name": text(24),
        "type": {"enum": ["global", "message"]},
        "callback_id": text(255),
        "description": text(150),
    },
    "name",
    "type",
    "callback_id",
    "description",
)
#: Slack's limits for the parts that we use.
SCHEMA = strict(
    {
        "_metadata": strict({"major_version": {"const": 2}, "minor_version": {"type": "integer"}}),
        "display_information": strict(
            {
                "name": text(35),
                "description": text(140),
                "background_color": {"type": "string", "pattern": "^#[0-9a-f]{6}$"},
            },
            "name",
        ),
        "features": strict(
            {
                "app_home": strict(
                    {
                        "home_tab_enabled": FLAG,
                        "messages_tab_enabled": FLAG,
                        "messages_tab_read_only_enabled": FLAG,
                    }
                ),
                "bot_user": strict({"display_name": text(80), "always_online": FLAG}, "display_name"),
                "shortcuts": {"type": "array", "maxItems": 10, "items": SHORTCUT},
                "slash_commands": {"type": "array", "minItems": 1, "maxItems": 50, "items": COMMAND},
            }
        ),
        "oauth_config": strict(
            {"scopes": strict({"bot": {"type": "array", "maxItems": 255, "uniqueItems": True}}, "bot")}, "scopes"
        ),
        "settings": strict(
            {
                "event_subscriptions": strict(
                    {"request_url": URL, "bot_events": {"type": "array", "maxItems": 100, "uniqueItems": True}}
                ),
                "interactivity": strict({"is_enabled": FLAG, "request_url": URL}, "is_enabled"),
                "org_deploy_enabled": FLAG,
                "socket_mode_enabled": FLAG,
                "token_rotation_enabled": FLAG,
            }
        ),
    },
    "display_information",
)

BOTH = pytest.mark.parametrize("url", [None, "https://holdfast.example.com", "https://holdfast.example.com/"])


@BOTH
def test_the_manifest_keeps_slacks_limits(url: str | None) -> None:
    """Lengths, counts and keys are those that Slack accepts."""
    jsonschema.validate(manifest.manifest(url), SCHEMA)


@BOTH
def test_events_and_interactivity_can_reach_us(url: str | None) -> None:
    """Both need a request URL or Socket Mode, and never both."""
    settings = manifest.manifest(url)["settings"]
    for part in (settings["event_subscriptions"], settings["interactivity"]):
        assert ("request_url" in part) != settings["socket_mode_enabled"]


@BOTH
def test_every_events_permissions_are_asked_for(url: str | None) -> None:
    """Slack refuses an event whose scope is not listed."""
    scopes = manifest.manifest(url)["oauth_config"]["scopes"]["bot"]
    for event, needed in manifest.EVENTS.items():
        assert set(needed) <= set(scopes), event


def test_every_permission_has_its_reason() -> None:
    """An operator reads what each is for, in a plain phrase."""
    for scope, why in manifest.SCOPES.items():
        assert len(why.split()) >= 3, scope
        assert not why.endswith("."), scope


def test_the_manifest_in_the_tree_is_todays() -> None:
    """`manifest.yml` is what `holdfast manifest` prints; `make docs` writes it."""
    assert (ROOT / "manifest.yml").read_text() == manifest.text()


def test_the_address_for_http_is_ours_everywhere() -> None:
    """Command, events and interactions all arrive at the one route."""
    built = manifest.manifest("https://holdfast.example.com/")
    wanted = "https://holdfast.example.com/slack/events"
    assert built["features"]["slash_commands"][0]["url"] == wanted
    assert built["settings"]["event_subscriptions"]["request_url"] == wanted
    assert built["settings"]["interactivity"]["request_url"] == wanted
