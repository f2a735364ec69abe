"""What Slack makes of what people type: names become mentions, links are wrapped, signs are escaped."""

import re

from bot.errors import NotFound
from bot.workspace.slack.model import Block
from bot.workspace.slack.world import World

_TOKEN = re.compile(r"(?<![\w@])@([\w.-]+)|(?<![\w#])#([\w-]+)|(https?://[^\s<>]+)")
_SENT = re.compile(r"<@(\w+)>|<#(\w+)\|[^>]*>|<(https?://[^>|]+)>")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(world: World, text: str, *, named: bool = False) -> str:
    """As it goes out; a name is found however it is written, as in Slack's own list of names.

    `named` adds the person's name to a mention, as slash commands have it.
    """

    def token(match: re.Match[str]) -> str:
        person, channel, link = match.groups()
        if link:
            return f"<{link}>"
        try:
            return _person(world, person.lower(), named=named) if person else _channel(world, channel)
        except NotFound:
            return match[0]

    return _TOKEN.sub(token, escaped(text))


def _person(world: World, name: str, *, named: bool) -> str:
    found = world.person(name)
    return f"<@{found.id}|{found.name}>" if named else f"<@{found.id}>"


def _channel(world: World, name: str) -> str:
    found = world.channel(name)
    return f"<#{found.id}|{found.name}>"


def rich(text: str, block_id: str) -> Block:
    """The rich_text block Slack's client sends with a typed message."""
    leaves: list[Block] = []
    at = 0
    for match in _SENT.finditer(text):
        _plain(leaves, text[at : match.start()])
        person, channel, link = match.groups()
        if person:
            leaves.append({"type": "user", "user_id": person})
        elif channel:
            leaves.append({"type": "channel", "channel_id": channel})
        else:
            leaves.append({"type": "link", "url": link.replace("&amp;", "&")})
        at = match.end()
    _plain(leaves, text[at:])
    section = {"type": "rich_text_section", "elements": leaves}
    return {"type": "rich_text", "block_id": block_id, "elements": [section]}


def _plain(leaves: list[Block], text: str) -> None:
    if text:
        words = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        leaves.append({"type": "text", "text": words})
