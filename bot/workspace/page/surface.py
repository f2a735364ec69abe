"""What a block needs to know of where it stands: who reads it, what its inputs hold, what is wrong with them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from bot.workspace.page import emoji, mrkdwn
from bot.workspace.page.mrkdwn import Reader
from bot.workspace.slack.forms import FIELDS, SEVERAL

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Surface:
    """A message, a modal or a Home. `id` names it to the server, such as `view:V1` or `message:C1:123.4`."""

    id: str
    reader: Reader
    state: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    people: tuple[tuple[str, str], ...] = ()
    channels: tuple[tuple[str, str], ...] = ()

    def text(self, given: Json | None) -> Markup:
        """A text object as HTML."""
        return mrkdwn.text_object(given, self.reader)

    def leaf(self, given: Json) -> Markup:
        """A leaf of rich text that is not plain text."""
        match given["type"]:
            case "link":
                return mrkdwn.link(str(given["url"]), str(given.get("text") or ""))
            case "user":
                return mrkdwn.person(str(given["user_id"]), self.reader)
            case "channel":
                return mrkdwn.channel(str(given["channel_id"]), self.reader)
            case "emoji":
                return escape(emoji.one(str(given["name"])))
            case "date":
                form, fallback = str(given.get("format", "")), str(given.get("fallback", ""))
                return mrkdwn.date(given["timestamp"], form, str(given.get("url", "")), fallback, self.reader)
            case "broadcast":
                return Markup('<span class="mention">@{}</span>').format(given["range"])
            case other:
                return escape(f"[{other}]")

    def dom(self, *parts: str) -> str:
        """An id for the page that stays the same as long as the ids it is made of do."""
        return re.sub(r"[^A-Za-z0-9_.-]", "_", "-".join((self.id, *parts)))

    def error(self, block: Json) -> str:
        return self.errors.get(str(block.get("block_id", "")), "")

    def held(self, block: Json, element: Json) -> str | list[str]:
        """What an element holds, as its field on the page has it: one value, or a list of them."""
        key = FIELDS[element["type"]]
        entry = self.state.get(str(block.get("block_id", "")), {}).get(str(element.get("action_id", "")))
        held = entry.get(key) if entry is not None else element.get(_initial(key))
        if isinstance(held, list):
            return [_value(each) for each in held]
        if held is None:
            return [] if element["type"] in SEVERAL else ""
        if element["type"] == "datetimepicker":
            return datetime.fromtimestamp(int(held), self.reader.zone).strftime("%Y-%m-%dT%H:%M")
        return _value(held)


def options(element: Json) -> list[Json]:
    """All options of a select, those in groups too."""
    grouped = (option for group in element.get("option_groups") or () for option in group["options"])
    return [*(element.get("options") or ()), *grouped]


def _initial(key: str) -> str:
    return "initial_value" if key == "value" else key.replace("selected_", "initial_")


def _value(held: Any) -> str:  # Any: an option, a file or a bare id
    if isinstance(held, Mapping):
        return str(held.get("value", held.get("name", "")))
    return str(held)
