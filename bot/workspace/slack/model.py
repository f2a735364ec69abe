"""What a Slack workspace consists of: plain data, so that it can be stored, shown and looked at."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: One Block Kit object, or one of its parts, as it stands on the wire.
Block = dict[str, Any]

TEAM_ID = "T0HOLDFAST"
TEAM_DOMAIN = "holdfast"

SCOPES = (
    "app_mentions:read", "bookmarks:write", "channels:history", "channels:join", "channels:manage", "channels:read",
    "chat:write", "chat:write.public", "commands", "files:read", "groups:history", "groups:read", "groups:write",
    "im:history", "im:read", "im:write", "metadata.message:read", "pins:write", "reactions:read", "reactions:write",
    "team:read", "users:read",
)  # fmt: skip
EVENTS = (
    "app_home_opened", "app_mention", "member_joined_channel", "member_left_channel", "message.channels",
    "message.groups", "message.im",
    "reaction_added", "reaction_removed", "user_change",
)  # fmt: skip


@dataclass(frozen=True)
class Shortcut:
    """An entry of Slack's menus: the `global` one, or that of a `message`."""

    callback_id: str
    kind: str
    name: str


#: What an app without a manifest offers.
SHORTCUTS = (
    Shortcut("inc.declare", "global", "Declare incident"),
    Shortcut("inc.from_message", "message", "Add to timeline"),
)


@dataclass
class App:
    """The bot as it is installed: what it was granted, what it listens to and what it answers to."""

    id: str = "A0HOLDFAST"
    bot_id: str = "B0HOLDFAST"
    user_id: str = "U0HOLDFAST"
    bot_token: str = "xoxb-local-bot"  # noqa: S105 - worth nothing outside one machine
    app_token: str = "xapp-local-app"  # noqa: S105
    signing_secret: str = "local-signing-secret"  # noqa: S105
    verification_token: str = "local-verification"  # noqa: S105
    commands: tuple[str, ...] = ("/incident",)
    scopes: tuple[str, ...] = SCOPES
    events: tuple[str, ...] = EVENTS
    shortcuts: tuple[Shortcut, ...] = SHORTCUTS

    def menu(self, kind: str) -> list[Shortcut]:
        """What the menu of this kind offers: `global` or `message`."""
        return [shortcut for shortcut in self.shortcuts if shortcut.kind == kind]

    def offers(self, callback_id: str, kind: str) -> bool:
        """Whether that menu has this entry."""
        return any(shortcut.callback_id == callback_id for shortcut in self.menu(kind))

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "App":  # Any: the manifest is JSON
        """The app as Slack installs it: it may do, hears and answers to what its manifest says, and nothing else."""
        return cls(
            commands=tuple(command["command"] for command in manifest["features"]["slash_commands"]),
            scopes=tuple(manifest["oauth_config"]["scopes"]["bot"]),
            events=tuple(manifest["settings"]["event_subscriptions"]["bot_events"]),
            shortcuts=tuple(
                Shortcut(each["callback_id"], each["type"], each["name"])
                for each in manifest["features"].get("shortcuts", ())
            ),
        )


@dataclass
class Person:
    """A member of the workspace. `tz` is an IANA name; `is_restricted` is a guest of several channels."""

    id: str
    name: str
    real_name: str
    tz: str = "UTC"
    is_owner: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False

    @property
    def email(self) -> str:
        return f"{self.name}@example.com"


@dataclass
class Channel:
    """A channel, a private channel (`group`) or a conversation with the bot (`im`). `pins` are message timestamps."""

    id: str
    name: str
    kind: Literal["channel", "group", "im"] = "channel"
    creator: str = ""
    created: int = 0
    topic: str = ""
    is_archived: bool = False
    is_general: bool = False
    members: list[str] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    bookmarks: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Message:
    """A message. `reactions` maps an emoji's name to who gave it; `edited` is the time of the last edit, or empty."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    thread_ts: str = ""
    subtype: str = ""
    bot_id: str = ""
    metadata: dict[str, Any] | None = None
    edited: str = ""
    reactions: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    client_msg_id: str = ""
    broadcast: bool = False
    attachments: list[dict[str, Any]] = field(default_factory=list)
    #: Another app's message: the name it gives itself; such a message has no user.
    username: str = ""

    @property
    def id(self) -> str:
        return f"{self.channel}:{self.ts}"


@dataclass
class Ephemeral:
    """A message only `user` sees, until their client is closed."""

    channel: str
    user: str
    ts: str
    text: str
    blocks: list[Block] = field(default_factory=list)
    thread_ts: str = ""
    sender: str = ""

    @property
    def id(self) -> str:
        return f"{self.user}:{self.channel}:{self.ts}"


@dataclass
class View:
    """A modal or a Home. `state` is what its inputs hold; its user sees `errors` (by block id) and `trouble`."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    root_id: str
    previous_id: str | None = None
    state: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    trouble: str = ""

    @property
    def kind(self) -> str:
        """`modal` or `home`."""
        return str(self.body["type"])

    @property
    def blocks(self) -> list[Block]:
        return list(self.body["blocks"])

    @property
    def callback_id(self) -> str:
        return str(self.body.get("callback_id") or "")

    @property
    def title(self) -> str:
        return str((self.body.get("title") or {}).get("text", ""))


@dataclass
class File:
    """An uploaded file; `content` is base64."""

    id: str
    user: str
    name: str
    mimetype: str
    size: int
    created: int
    content: str


@dataclass(frozen=True)
class Change:
    """Something a page may want to redraw: the kind of thing, its id, and the channel it stands in, if any."""

    kind: str
    id: str
    channel: str = ""


@dataclass(frozen=True)
class Surprise:
    """A call the workspace does not know: a method, an argument or a block that nobody wrote down."""

    method: str
    what: str
