"""`/incident catchup`, and somebody who comes into an incident's room: how it stands, only for them."""

from functools import partial

from bot.deps import HandlerDeps
from bot.incident.catching_up import tried
from bot.incident.model import Incident
from bot.incident.requests_investigation import CatchUp
from bot.views.blocks import Rendered
from bot.views.catching_up import caught_up
from bot.views.forms.parts import Memory, View, message
from handlers.slack.heard import Heard
from handlers.slack.screen import Screen
from handlers.slack.show import was_read
from handlers.slack.submit import Ack


async def told(incident: Incident, heard: Heard, deps: HandlerDeps) -> Rendered:
    """How the incident stands, for somebody who may see it."""
    was_read(heard.actor, "catchup", incident)
    entries = await deps.incidents.entries(incident.id)
    return caught_up(incident, await deps.incidents.looked(incident.id), tried(entries))


async def clicked(heard: Heard, screen: Screen, deps: HandlerDeps) -> Ack:
    """*Catch me up*, where an incident was picked."""
    memory = Memory(incident=heard.value, channel=heard.channel or heard.memory.channel)
    await screen.open_filled("Incident", memory, partial(_shown, memory, heard, deps))
    return None


async def came(heard: Heard, deps: HandlerDeps) -> None:
    """Somebody came into a channel; whether there is anything to catch up with is decided with the incident at hand."""
    stamp = heard.event.get("event_ts")
    if heard.name == "member_joined_channel" and heard.actor and heard.channel and isinstance(stamp, str):
        request = CatchUp(actor=heard.actor, channel=heard.channel, stamp=stamp)
        id = f"catch_up:{heard.channel}:{heard.actor}:{stamp}"
        await deps.start("catch_up", id, request.model_dump(mode="json"))


async def _shown(memory: Memory, heard: Heard, deps: HandlerDeps) -> View:
    incident = await deps.incidents.by_id(memory.incident, heard.actor, memory.channel)
    reply = await told(incident, heard, deps)
    return message(incident.key, *reply.blocks, memory=memory)
