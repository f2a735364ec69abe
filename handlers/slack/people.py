"""Who is who changes: names, time zones and accounts, as Slack tells us of them."""

from bot.deps import HandlerDeps
from bot.ports import Person
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack


async def changed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Somebody has joined, or their name, zone or account has changed; from now on we know."""
    user = heard.event.get("user")
    if isinstance(user, dict) and heard.actor:
        deps.people.refresh(Person.of(user))
    return None
