"""Being spoken to, in a channel or directly: what was said is stored, and its answer follows as an effect."""

import re

from bot.deps import HandlerDeps
from bot.incident.requests import Spoken
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack

_MENTION = re.compile(r"^\s*<@[A-Z0-9]+(?:\|[^>]*)?>[\s,:]*")


async def spoken(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """A mention, or a direct message. One text can arrive as both, and again, and elsewhere; its id is one."""
    direct = heard.event.get("channel_type") == "im"
    ours = heard.name == "app_mention" or direct
    by_a_person = heard.actor and not heard.event.get("bot_id") and heard.event.get("subtype") in (None, "file_share")
    stamp = heard.event.get("ts")
    if ours and by_a_person and isinstance(stamp, str):
        said = Spoken(actor=heard.actor, channel=heard.channel, text=_MENTION.sub("", heard.text), message=stamp)
        await deps.start("spoken", f"said:{heard.channel}:{stamp}", said.model_dump(mode="json"))
    return None
