"""Whoever comes into an incident's room late is told how it stands: only they, and not again within the hour."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.slack.client import SlackRefusal
from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.durable.ledger import Result
from bot.incident.catching_up import tried, worth
from bot.incident.model import HOLDFAST
from bot.incident.requests_investigation import CatchUp
from bot.incident.wanted import EffectKind, Wanted
from bot.ports import Outcome
from bot.storage import effects, incidents
from bot.storage.effects import Effect
from bot.views.catching_up import caught_up
from bot.workflows.story import Desk
from bot.workflows.transition import Change

#: They have left again, or the room is gone.
_GONE = frozenset({"user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived"})


async def catch_up(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody came into a channel: if there is something to catch up with, it is told by an effect of its own."""
    request = CatchUp.model_validate(payload)
    found = await desk.incidents.in_room(request.channel, HOLDFAST)
    if found is None or desk.people.get(request.actor).bot:
        return Outcome(ok=True, text="There is nothing to catch up with.")

    async def act(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await incidents.locked(connection, found.id)  # of two that come at once, one is told
        about = {"incident": incident.id, "actor": request.actor}
        last = await effects.last_answer(connection, EffectKind.CATCH_UP, about)
        if not worth(incident, request.actor, last, now):
            return Outcome(ok=True, text="There is nothing to catch up with.")
        wanted = Wanted(kind=EffectKind.CATCH_UP, request=about | {"channel": request.channel})
        await effects.add_answer(connection, id, wanted, now)
        return Outcome(ok=True, text="They are told how it stands.")

    return await desk.transitions.record(Change(id, request.actor, "catch_up"), act)


async def tell(deps: WorkflowDeps, effect: Effect) -> Result:
    """As it stands when it is told; nothing where they have left again, or it has moved."""
    asked = effect.request
    incident = await deps.incidents.by_id(asked["incident"], HOLDFAST)
    if incident.places.room != asked["channel"]:
        return {}
    entries = await deps.incidents.entries(incident.id)
    said = caught_up(incident, await deps.incidents.looked(incident.id), tried(entries))
    try:
        await deps.slack.whisper(asked["channel"], asked["actor"], said.text, said.blocks)
    except SlackRefusal as refusal:
        if refusal.code not in _GONE:
            raise
    return {}
