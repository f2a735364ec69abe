"""The Slack app we need: its manifest, and why it asks for each permission. `manifest.yml` is this module's output."""

from typing import Any

import yaml

from bot.incident.verbs import VERBS

#: Every permission, and what we do with it. `holdfast check` says it to the operator in these words.
SCOPES: dict[str, str] = {
    "commands": "people type /incident, /postmortem and /approve-todo",
    "chat:write": "cards, updates and answers are messages",
    "chat:write.public": "an incident can be announced in a public channel nobody has added us to",
    "channels:manage": "each serious incident gets a room: create it, set its topic, invite people",
    "channels:read": "find #alerts and rooms by name, and see whether we are in them",
    "channels:history": "after a lost answer, look whether a message has arrived before sending it again",
    "channels:join": "join #alerts by ourselves",
    "groups:write": "a private incident gets a private room",
    "groups:read": "find a private room again by its name, and know who is in it: they see its incident",
    "groups:history": "as channels:history, in private rooms",
    "im:write": "tell a reporter directly what becomes of the report",
    "im:history": "answer when somebody writes to us directly",
    "users:read": "names and time zones, and who is a guest",
    "reactions:read": "a pushpin or a star puts a message on the timeline",
    "pins:write": "keep the card pinned in its room",
    "app_mentions:read": "answer when somebody mentions us",
    "metadata.message:read": "recognise our own messages by their marker",
    "files:read": "take the screenshots of a report along",
}

#: Every event we listen to, and the permissions Slack wants for it.
EVENTS: dict[str, tuple[str, ...]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),
    "message.channels": ("channels:history",),
    "message.groups": ("groups:history",),
    "member_joined_channel": ("channels:read", "groups:read"),
    "member_left_channel": ("channels:read", "groups:read"),
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),
    "reaction_removed": ("reactions:read",),
    "team_join": ("users:read",),
    "user_change": ("users:read",),
}

COMMANDS: dict[str, dict[str, Any]] = {
    "/incident": {
        "description": "Report an incident, or do something with one",
        "usage_hint": f"what is broken, or: {' | '.join(VERBS)}",
        "should_escape": True,
    },
    **{
        name: {
            "description": "The post-mortem of an incident: what is known, and what is still to be written",
            "usage_hint": "show | waive [INC-12] [why] | help",
            "should_escape": True,
        }
        for name in ("/postmortem", "/post-mortem")
    },
    "/approve-todo": {
        "description": "What waits for a click: each change with its whole plan and diff",
        "usage_hint": "[A-57 | T-31]",
        "should_escape": True,
    },
}

#: What stands in Slack's menus; those on a message get the message along.
SHORTCUTS: tuple[dict[str, str], ...] = (
    {
        "name": "Report an incident",
        "type": "global",
        "callback_id": "report.global",
        "description": "Something is broken",
    },
    {
        "name": "Report an incident",
        "type": "message",
        "callback_id": "report.message",
        "description": "Report what this message says",
    },
    {
        "name": "Add to timeline",
        "type": "message",
        "callback_id": "capture.message",
        "description": "Put this message on an incident's timeline",
    },
    {
        "name": "Make an action item",
        "type": "message",
        "callback_id": "action_item.message",
        "description": "Keep this as a follow-up of an incident",
    },
)

#: Where Slack reaches us over HTTP.
PATH = "/slack/events"


def manifest(url: str | None = None) -> dict[str, Any]:
    """The app manifest, as Slack reads it: over HTTP at `url` (our public address), or over Socket Mode without one."""
    request_url = f"{url.rstrip('/')}{PATH}" if url else None
    over_http = {"request_url": request_url} if request_url else {}
    return {
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": "Holdfast",
            "description": "Incidents, from the first report to the last lesson",
            "background_color": "#1d3557",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "holdfast", "always_online": True},
            "shortcuts": [dict(shortcut) for shortcut in SHORTCUTS],
            "slash_commands": [
                {"command": name, **({"url": request_url} if request_url else {}), **shown}
                for name, shown in COMMANDS.items()
            ],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**over_http, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **over_http},
            "org_deploy_enabled": False,
            "socket_mode_enabled": url is None,
            "token_rotation_enabled": False,
        },
    }


def text(url: str | None = None) -> str:
    """The manifest as YAML, ready to be pasted where Slack asks for it."""
    return yaml.safe_dump(manifest(url), sort_keys=False, allow_unicode=True, width=120)
