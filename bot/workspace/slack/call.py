"""One call of the Web API, taken apart: its arguments as they were meant, and the words for refusing it."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.errors import NotFound
from bot.workspace.slack import limits, validate
from bot.workspace.slack.model import Block, Channel, Message
from bot.workspace.slack.tickets import Tickets
from bot.workspace.slack.world import World

Json = dict[str, Any]
T = TypeVar("T")


class Denied(Exception):
    """Slack says no: `error` is its word for why, `more` what else the answer holds."""

    def __init__(self, error: str, **more: Any) -> None:  # Any: JSON
        super().__init__(error)
        self.error = error
        self.more = more


@dataclass(frozen=True)
class Call:
    """The arguments of one call, as they came: strings in forms, any JSON in JSON bodies."""

    world: World
    tickets: Tickets
    arguments: Json

    def text(self, name: str, default: str = "") -> str:
        value = self.arguments.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        return str(self.arguments.get(name, "")).lower() in {"1", "true"}

    def number(self, name: str, default: int) -> int:
        """Raises Denied for what is no number."""
        try:
            return int(self.text(name) or default)
        except ValueError:
            raise Denied("invalid_arguments", **said(f"must provide an integer [json-pointer:/{name}]")) from None

    def json(self, name: str, wrong: str = "invalid_arguments") -> Any:  # Any: whatever a caller may have sent
        """A JSON argument, also when it came as a string; None when absent. Raises Denied(`wrong`)."""
        value = self.arguments.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise Denied(wrong) from None

    def channel(self, name: str = "channel", *, member: bool = False) -> Channel:
        """The channel meant, by id; a private one only the bot is in can be seen. Raises Denied."""
        channel = self.world.channels.get(self.text(name))
        bot = self.world.app.user_id
        if channel is None or (channel.kind != "channel" and bot not in channel.members):
            raise Denied("channel_not_found")
        if member and bot not in channel.members:
            raise Denied("not_in_channel")
        return channel

    def target(self) -> Channel:
        """Where to write: a channel by id or name, or a person, which means their conversation with the bot."""
        name = self.text("channel")
        if name in self.world.people:
            return self.world.dm(name)
        try:
            found = self.world.channel(name)
        except NotFound:
            raise Denied("channel_not_found") from None
        if found.kind != "channel" and self.world.app.user_id not in found.members:
            raise Denied("channel_not_found")
        return found

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message with this timestamp. Raises Denied."""
        found = self.world.messages.get(channel.id, {}).get(self.text(name))
        if found is None:
            raise Denied("message_not_found")
        return found

    def blocks(self) -> list[Block] | None:
        """The blocks, checked as Slack does; None when absent. Raises Denied."""
        given = self.json("blocks", "invalid_blocks_format")
        if given is None or given == "":
            return None
        if not isinstance(given, list):
            raise Denied("invalid_blocks_format")
        if found := validate.message(given):
            raise Denied("invalid_blocks", errors=found, **said(*found))
        return self.numbered(given)

    def numbered(self, given: list[Block]) -> list[Block]:
        """Blocks with the ids Slack makes up where there are none."""
        for block in given:
            block.setdefault("block_id", self.world.next_id("b"))
            for _, element in validate.elements(block):
                element.setdefault("action_id", self.world.next_id("a"))
        return given

    def page(self, items: Sequence[T], key: str, shape: Callable[[T], Any]) -> Json:  # Any: JSON
        """One page of a list, with the cursor to the next. Raises Denied."""
        limit = min(self.number("limit", 100), limits.PAGE)
        cursor = self.text("cursor", "from:0") or "from:0"
        start = cursor.removeprefix("from:")
        if not cursor.startswith("from:") or not start.isdigit() or int(start) > len(items):
            raise Denied("invalid_cursor")
        end = int(start) + limit
        following = f"from:{end}" if end < len(items) else ""
        shown = [shape(item) for item in items[int(start) : end]]
        return {key: shown, "response_metadata": {"next_cursor": following}}


def said(*problems: str) -> Json:
    """The part of a refusal that says what was wrong."""
    return {"response_metadata": {"messages": [f"[ERROR] {problem}" for problem in problems]}}
