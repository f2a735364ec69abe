"""Taking back what was public about an incident that is private now, in Slack and on GitHub."""

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.incident.model import HOLDFAST
from bot.storage import effects, rounds
from bot.storage.effects import Effect
from bot.views import issue as issues
from bot.workflows.github_effects import client

#: The topic of a room that an incident has left.
GONE_TOPIC = "This incident goes on elsewhere."
#: What stays: it is edited until it says only that the incident goes on elsewhere.
_STAYS = frozenset({"announcement", "card", "gone_private"})


async def retract(deps: WorkflowDeps, effect: Effect) -> Result:
    """Take back what we said in the alerts channel and in the room that was left; what is gone is no trouble."""
    left = effect.request.get("left", "")
    async with deps.database.read() as connection:
        said = [*await effects.posted(connection, effect.incident_id)]
        said += [("round", place) for place in await rounds.places(connection, effect.incident_id)]
    for what, place in said:
        if place.channel in (deps.alerts_channel, left) and what not in _STAYS:
            await deps.slack.delete(place)
    if left:
        await deps.slack.set_topic(left, GONE_TOPIC)
    return {}


async def blank_issue(deps: WorkflowDeps, effect: Effect) -> Result:
    """Empty the public issue, take our comments off it, and close it."""
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    if incident.places.issue_number is not None:
        title, body = issues.blank(incident)
        await client(deps).blank(incident.places.issue_number, title, body, issues.MARK)
    return {}
