"""Being spoken to, in a channel or directly: always answered, with a report button, an incident or help."""

import re

from bot.deps import HandlerDeps
from bot.errors import NotFound
from bot.incident.verbs import Command, parse
from bot.views.blocks import Rendered
from bot.views.replies import draft_reply, greeting, shown_reply
from handlers.slack import show
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:]*")


async def spoken(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A mention, or a direct message. One text can arrive as both, and is answered once."""
    direct = heard.event.get("channel_type") == "im"
    ours = heard.name == "app_mention" or direct
    by_a_person = heard.actor and not heard.event.get("bot_id") and heard.event.get("subtype") in (None, "file_share")
    if ours and by_a_person and screen.seen.first(f"{heard.channel}:{heard.event.get('ts')}"):
        screen.write(await _reply(deps.redactor.text(_MENTION.sub("", heard.text)), heard, deps))
    return None


async def _reply(text: str, heard: Heard, deps: HandlerDeps) -> Rendered:
    said = parse(text)
    if not isinstance(said, Command):
        return draft_reply(said.text) if said.text else greeting()
    if said.verb == "help" or said.nearest:
        return show.help_for(deps, verb=said.word, nearest=said.verb if said.nearest else "")
    if said.verb == "new":
        return draft_reply(said.text) if said.text else greeting()
    return await _standing(said, heard, deps)


async def _standing(said: Command, heard: Heard, deps: HandlerDeps) -> Rendered:
    """How the incident stands, with the buttons for what was asked; the list where none is meant."""
    try:
        found = await (
            deps.incidents.by_ref(said.ref, heard.actor, heard.channel)
            if said.ref
            else deps.incidents.in_room(heard.channel, heard.actor, heard.channel)
        )
    except NotFound:
        return draft_reply(said.said)
    return shown_reply(found) if found else await show.list_for(heard.actor, deps)
