"""What we heard: Slack's many payloads as one small value, with every field safe to read."""

from dataclasses import dataclass, field
from typing import Any

from bot.incident.message import words
from bot.views.forms.parts import Memory, View

Body = dict[str, Any]  # JSON of Slack's


@dataclass(frozen=True)
class Heard:
    """One request of Slack's. What a kind of request does not have is empty.

    `kind` is command, action, view, event or shortcut; `name` is what it is routed by: the command's name,
    the action's or callback's id, the event's type. `value` is the id that a button carries, `text` what was typed, or
    where a clicked link leads. `message` is what a shortcut was used on, `delivery` the event's own id, `stamp` Slack's
    time of the act, and `app` the id of our own app. `shared` means a
    message that everybody there sees, and that we edit in place.
    """

    kind: str
    name: str
    actor: str = ""
    channel: str = ""
    trigger: str = ""
    value: str = ""
    text: str = ""
    view: View = field(default_factory=dict)
    event: Body = field(default_factory=dict)
    message: Body = field(default_factory=dict)
    delivery: str = ""
    stamp: str = ""
    app: str = ""
    answerable: bool = False
    shared: bool = False

    @property
    def memory(self) -> Memory:
        """What the form it came from remembers."""
        return Memory.of(self.view)

    @property
    def in_form(self) -> bool:
        """Whether it came from a form (App Home is none)."""
        return self.view.get("type") == "modal"


def command(body: Body) -> Heard:
    """A slash command."""
    return Heard(
        kind="command",
        name=_text(body, "command"),
        actor=_text(body, "user_id"),
        channel=_text(body, "channel_id"),
        trigger=_text(body, "trigger_id"),
        text=_text(body, "text"),
        answerable=bool(body.get("response_url")),
    )


def action(body: Body) -> Heard:
    """A click, or a change of an input that tells us at once."""
    actions = body.get("actions")
    clicked = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], dict) else {}
    return Heard(
        kind="action",
        name=_text(clicked, "action_id"),
        actor=_text(_part(body, "user"), "id"),
        channel=_text(_part(body, "channel"), "id"),
        trigger=_text(body, "trigger_id"),
        value=_text(clicked, "value"),
        text=_text(clicked, "url"),
        view=_part(body, "view"),
        answerable=bool(body.get("response_url")),
        shared=bool(_part(body, "message")) and _part(body, "container").get("is_ephemeral") is not True,
    )


def view(body: Body) -> Heard:
    """A form sent or closed."""
    sent = _part(body, "view")
    return Heard(
        kind="view",
        name=_text(sent, "callback_id"),
        actor=_text(_part(body, "user"), "id"),
        trigger=_text(body, "trigger_id"),
        view=sent,
    )


def event(body: Body) -> Heard:
    """An event; `text` is the message's, with the mention of us still in it."""
    happened = _part(body, "event")
    user = happened.get("user")
    return Heard(
        kind="event",
        name=_text(happened, "type"),
        actor=_text(user, "id") if isinstance(user, dict) else str(user or ""),
        channel=_text(happened, "channel") or _text(_part(happened, "item"), "channel"),
        text=_text(happened, "text"),
        event=happened,
        delivery=_text(body, "event_id"),
        stamp=_text(happened, "event_ts"),
        app=_text(body, "api_app_id"),
    )


def shortcut(body: Body) -> Heard:
    """A shortcut, global or on a message."""
    return Heard(
        kind="shortcut",
        name=_text(body, "callback_id"),
        actor=_text(_part(body, "user"), "id"),
        channel=_text(_part(body, "channel"), "id"),
        trigger=_text(body, "trigger_id"),
        text=words(_part(body, "message")),
        message=_part(body, "message"),
        stamp=_text(body, "action_ts"),
        answerable=bool(body.get("response_url")),
    )


def _part(body: Body, name: str) -> Body:
    part = body.get(name)
    return part if isinstance(part, dict) else {}


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
