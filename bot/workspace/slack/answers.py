"""What the bot answers a person with: the body of an acknowledgement, or up to five posts to a response URL."""

import json
from typing import Any

from aiohttp import web

from bot.workspace.slack import acts, validate
from bot.workspace.slack.call import Call, Denied, Json
from bot.workspace.slack.model import Ephemeral, Message, Surprise
from bot.workspace.slack.tickets import ResponseUrl, Tickets
from bot.workspace.slack.world import World

KNOWN = {
    "text", "blocks", "response_type", "replace_original", "delete_original", "thread_ts", "unfurl_links",
    "unfurl_media", "mrkdwn", "attachments", "metadata",
}  # fmt: skip


class Answers:
    """Shows people what the bot answered them."""

    def __init__(self, world: World, tickets: Tickets) -> None:
        self._world = world
        self._tickets = tickets

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.post(f"/{kind}/{{rest:.+}}", self._posted) for kind in ("commands", "actions", "app")]

    async def _posted(self, request: web.Request) -> web.Response:
        place = self._tickets.use(request.path)
        if isinstance(place, str):
            return web.json_response({"ok": False, "error": place}, status=404)
        try:
            body = json.loads(await request.text())
            self.give(place, body)
        except ValueError:
            return web.Response(status=400, text="invalid_payload")
        except Denied as denied:
            return web.json_response({"ok": False, "error": denied.error} | denied.more, status=400)
        self._world.effects["response_url", f"{place.path}:{body.get('text') or ''}"] += 1
        return web.Response(text="ok")

    def give(self, place: ResponseUrl, body: Any) -> None:  # Any: whatever a caller may have sent
        """Show it where it belongs. `body` is any JSON. Raises Denied with nothing shown."""
        if not isinstance(body, dict):
            raise Denied("invalid_arguments")
        if unknown := set(body) - KNOWN:
            self._world.surprises.extend(Surprise("response_url", f"unknown argument: {key}") for key in unknown)
            raise Denied("invalid_arguments")
        blocks = self._blocks(body)
        text = str(body.get("text") or "")
        if body.get("delete_original"):
            self._drop(place)
        elif not text and not blocks:
            raise Denied("no_text")
        elif body.get("replace_original") and (original := self._original(place)) is not None:
            self._change(original, text, blocks)
        elif body.get("response_type") == "in_channel":
            bot = self._world.app
            acts.post(
                self._world,
                place.channel,
                bot.user_id,
                text,
                blocks=blocks,
                bot_id=bot.bot_id,
                thread_ts=str(body.get("thread_ts") or ""),
            )
        else:
            self.whisper(place.channel, place.user, text, blocks, str(body.get("thread_ts") or place.thread_ts))

    def whisper(self, channel: str, user: str, text: str, blocks: list[Json], thread_ts: str = "") -> None:
        """Show something to one person only."""
        world = self._world
        sender = world.app.user_id
        world.save(Ephemeral(channel, user, world.next_ts(), text, blocks, thread_ts, sender))

    def _blocks(self, body: Json) -> list[Json]:
        given: Any = body.get("blocks") or []  # Any: not checked yet
        if found := validate.message(given):
            raise Denied("invalid_blocks", errors=found)
        return Call(self._world, self._tickets, {}).numbered(given)

    def _original(self, place: ResponseUrl) -> Message | Ephemeral | None:
        if place.ephemeral:
            mine = (e for e in self._world.ephemerals if e.ts == place.ts and e.user == place.user)
            return next(mine, None)
        return self._world.messages.get(place.channel, {}).get(place.ts)

    def _change(self, original: Message | Ephemeral, text: str, blocks: list[Json]) -> None:
        if isinstance(original, Message):
            acts.edit(self._world, original, text=text, blocks=blocks)
        else:
            original.text, original.blocks = text, blocks
            self._world.save(original)

    def _drop(self, place: ResponseUrl) -> None:
        original = self._original(place)
        if isinstance(original, Message):
            acts.delete(self._world, original)
        elif original is not None:
            self._world.remove(original)
