"""Who is who, and who is where: names, zones, accounts, and the members of private rooms, as Slack tells us."""

import asyncio

from bot.deps import HandlerDeps
from bot.incident.requests import Membership
from bot.ports import Person
from handlers.slack import catching_up
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.submit import Ack


async def changed(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Somebody has joined, or their name, zone or account has changed; from now on we know."""
    user = heard.event.get("user")
    if isinstance(user, dict) and heard.actor:
        deps.people.refresh(Person.of(user))
    return None


async def came_or_went(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """Somebody came into a channel, or left it: if a private incident lives there, they see it, or no longer; and
    whoever comes into an incident's room is told how it stands.
    """
    await asyncio.gather(_membership(heard, deps), catching_up.came(heard, deps))
    return None


async def _membership(heard: Heard, deps: HandlerDeps) -> None:
    stamp = heard.event.get("event_ts")
    if heard.event.get("channel_type") == "G" and heard.actor and isinstance(stamp, str):
        inside = heard.name == "member_joined_channel"
        told = Membership(actor=heard.actor, channel=heard.channel, inside=inside, stamp=stamp)
        id = f"member:{heard.channel}:{heard.actor}:{stamp}"
        await deps.start("membership", id, told.model_dump(mode="json"))
