"""What people do on the page, done to the workspace: each act is a name and a JSON object the script sends."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.errors import NotFound, Refused
from bot.workspace.page.screens import HOME, Screen
from bot.workspace.slack.forms import STATELESS, Simple
from bot.workspace.slack.interactions import Target, targets
from bot.workspace.slack.model import Ephemeral, Message, View
from bot.workspace.slack.people import Actor
from bot.workspace.slack.service import Slack

Json = dict[str, Any]
MAX_FILE = 10_000_000


class Acts:
    """Does it as the person whose page it is. What nobody could do raises Refused."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._world = slack.world
        self._tasks: set[asyncio.Task[Any]] = set()
        self._named: dict[str, Callable[[Actor, Json], Awaitable[str]]] = {
            "say": self._say,
            "join": self._join,
            "react": self._react,
            "shortcut": self._shortcut,
            "dismiss": self._dismiss,
            "fill": self._use,
            "click": self._use,
            "submit": self._submit,
            "close": self._close,
        }

    async def do(self, me: str, what: str, given: Json) -> str:
        """What went wrong, for the person to read; empty if nothing did."""
        if what not in self._named:
            raise NotFound(f"Nobody can {what} here.")
        return await self._named[what](self._slack.person(me), given)

    def arrived(self, screen: Screen) -> None:
        """Somebody opened this place; the bot hears of it where Slack would tell it."""
        dm = self._world.dm(screen.me).id
        if screen.place in (HOME, dm):
            opening = self._slack.person(screen.me).open_home("home" if screen.place == HOME else "messages")
            task = asyncio.get_running_loop().create_task(opening)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _say(self, actor: Actor, given: Json) -> str:
        text, channel, thread = _text(given, "text"), _text(given, "channel"), _text(given, "thread")
        if not text.startswith("/"):
            await actor.say(text, channel, thread or None)
            return ""
        command, _, words = text.partition(" ")
        if command not in self._world.app.commands:
            return f"{command} is not a valid command. Every message that starts with “/” is read as one."
        if thread:
            return f"{command} is not supported in threads. Use it in the channel."
        await actor.slash(command, words.strip(), channel)
        return ""

    async def _join(self, actor: Actor, given: Json) -> str:
        await actor.join(_text(given, "channel"))
        return ""

    async def _react(self, actor: Actor, given: Json) -> str:
        await actor.react(_text(given, "name"), self._message(actor, _text(given, "channel"), _text(given, "ts")))
        return ""

    async def _shortcut(self, actor: Actor, given: Json) -> str:
        """From the menu of a message where one is named, else from the global one."""
        about = self._message(actor, _text(given, "channel"), _text(given, "ts")) if given.get("ts") else None
        answer = await actor.shortcut(_text(given, "name"), about)
        return f"That did not work ({answer.error}). Try again in a moment." if answer.error else ""

    async def _dismiss(self, actor: Actor, given: Json) -> str:
        place = self._place(actor, _text(given, "surface"))
        if isinstance(place, Ephemeral):
            self._world.remove(place)
        return ""

    async def _use(self, actor: Actor, given: Json) -> str:
        place = self._place(actor, _text(given, "surface"))
        value = given.get("value")
        target = _target(place, _text(given, "block"), _text(given, "action"), value)
        if target.element["type"] == "button":
            answer = await actor.use(target)
        elif place is actor.view and target.element["type"] not in STATELESS and target.block["type"] == "input":
            answer = await actor.fill(target.block["block_id"], await _entered(actor, target.element, value))
        else:
            answer = await actor.use(target, await _entered(actor, target.element, value))
        return f"That did not work ({answer.error}). Try again in a moment." if answer.error else ""

    async def _submit(self, actor: Actor, given: Json) -> str:
        if self._place(actor, _text(given, "surface")) is actor.view:
            await actor.submit()
        return ""

    async def _close(self, actor: Actor, given: Json) -> str:
        if self._place(actor, _text(given, "surface")) is actor.view:
            await actor.close_view(everything=given.get("all") is True)
        return ""

    def _place(self, actor: Actor, surface: str) -> Message | Ephemeral | View:
        """What a surface's id names, if this person sees it. Raises NotFound."""
        kind, _, id = surface.partition(":")
        if kind == "message":
            return self._message(actor, *id.rpartition(":")[::2])
        shown: list[Ephemeral | View | None] = [*actor.ephemerals] if kind == "ephemeral" else [actor.view, actor.home]
        for place in shown:
            if place is not None and place.id == id:
                return place
        raise NotFound("This is no longer there.")

    def _message(self, actor: Actor, channel: str, ts: str) -> Message:
        for message in actor.messages(channel):
            if message.ts == ts:
                return message
        raise NotFound("This message is no longer there.")


def _text(given: Json, key: str) -> str:
    value = given.get(key, "")
    if not isinstance(value, str):
        raise Refused(f"{key} must be text.")
    return value


def _target(
    place: Message | Ephemeral | View, block: str, action: str, value: Any
) -> Target:  # Any: as the script sent it
    """The element; among buttons that share an id, the one with this value.

    A message that was edited while somebody pressed its button has new block ids: the button is the one of that action.
    """
    all_of_it = [target for target in targets(place) if target.key[1] == action]
    found = [target for target in all_of_it if target.key[0] == block]
    if not found and not isinstance(place, View):
        found = all_of_it
    exact = [target for target in found if target.element.get("value", "") == value]
    if not found:
        raise NotFound("This is no longer there.")
    return (exact or found)[0]


async def _entered(actor: Actor, element: Json, value: object) -> Simple:
    """What was entered, as the person's client would understand it. Raises Refused."""
    if element["type"] == "file_input":
        return (
            [await _uploaded(actor, each) for each in value if isinstance(each, dict)]
            if isinstance(value, list)
            else None
        )
    if isinstance(value, list):
        return [str(each) for each in value]
    if not isinstance(value, str):
        raise Refused("This cannot be entered here.")
    if element["type"] != "datetimepicker" or not value:
        return value.replace("\r\n", "\n")
    try:
        return datetime.fromisoformat(value).replace(tzinfo=ZoneInfo(actor.person.tz))
    except ValueError as broken:
        raise Refused(f"{value} is not a date and time.") from broken


async def _uploaded(actor: Actor, file: Json) -> str:
    try:
        content = base64.b64decode(_text(file, "content"), validate=True)
    except binascii.Error as broken:
        raise Refused("This file did not arrive whole.") from broken
    if len(content) > MAX_FILE:
        raise Refused("A file may have 10 MB at most here.")
    return await actor.upload(_text(file, "name") or "file", content, _text(file, "type"))
