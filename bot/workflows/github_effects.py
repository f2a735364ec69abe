"""What we do on GitHub beside filing and commenting: label, open, close, answer a wish, and look what people did."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.github import GitHub
from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.errors import Permanent
from bot.incident import heard
from bot.incident.heard import History, hear
from bot.incident.model import HOLDFAST
from bot.investigation.model import Findings
from bot.storage import effects, github, incidents
from bot.storage.effects import Effect
from bot.views import github_comments
from bot.views import issue as issues
from bot.workflows.github_people import rights_of
from bot.workflows.transition import Change, House, saved


async def set_issue_state(deps: WorkflowDeps, effect: Effect) -> Result:
    """Labels by what is to change since we last set them, so that people's edits stay; open or closed where asked."""
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    number = incident.places.issue_number
    if number is None:
        return {}
    async with deps.database.read() as connection:
        known = await github.issue(connection, number)
    wanted = issues.labels(incident)
    add, remove = issues.changed_labels(known.labels if known else (), wanted)
    if add or remove:
        if known is not None:  # were we to die halfway, nobody would know what is on: then all of ours are set anew
            async with deps.database.write() as connection:
                await github.change(connection, number, labels=[])
        await client(deps).relabel(number, add, remove)
    if state := effect.request.get("state"):
        await client(deps).set_state(number, is_open=state == "open")
    return {"number": number, "labels": list(wanted)}


async def issue_state_set(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """Remember what we have put on, and that an issue which we opened is no question any more."""
    incident = await incidents.locked(connection, effect.incident_id)  # before its issue, as everywhere
    if "number" in result:
        await github.change(connection, result["number"], labels=result["labels"])
    if effect.request.get("state") == "open" and incident.places.closed_by is not None:
        places = incident.places.model_copy(update={"closed_by": None})
        await incidents.save(connection, incident.model_copy(update={"places": places}), (), now)
    await effects.want_shown(connection, effect.incident_id)


async def look(deps: WorkflowDeps, effect: Effect) -> Result:
    """What was done to the issue since we last looked."""
    incident = await deps.incidents.by_id(effect.incident_id, HOLDFAST)
    number = incident.places.issue_number
    if number is None or incident.private:
        return {}
    async with deps.database.read() as connection:
        known = await github.issue(connection, number)
    history = await client(deps).history(number, known.last if known else 0)
    return {"number": number, "history": history.model_dump(mode="json")}


async def seen(deps: WorkflowDeps, connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """What people did that still holds moves the incident; whoever looked a moment earlier has heard some of it."""
    if "number" not in result:
        return
    number, history = result["number"], History.model_validate(result["history"])
    incident = await incidents.locked(connection, effect.incident_id)
    known = await github.issue(connection, number)
    heard_until = known.last if known else 0
    for done in history.standing:
        if done.id > heard_until:
            rights = rights_of(deps.file, deps.people, done.login, done.person and history.by_collaborator(done))
            if moved := hear(incident, done, rights, now):
                change = Change(f"{effect.id}:{done.id}", rights.actor, f"github_{done.kind}")
                incident = await saved(connection, change, incident, moved, now, House.of(deps.file))
    if history.last >= heard_until:
        await github.change(connection, number, last=history.last, stand=history.stand)


async def reply(deps: WorkflowDeps, effect: Effect) -> Result:
    """Answer on an issue that is no incident's."""
    number = int(effect.request["number"])
    if effect.request["say"] == "assessed":
        found = Findings.model_validate_json(effect.request["assessment"])
        if not found.known:
            await client(deps).relabel(number, [heard.NEEDS_HUMAN], [])
        await client(deps).comment(number, github_comments.assessed(found, effect.id))
    else:
        await client(deps).comment(number, github_comments.feature(effect.id))
    return {}


async def find_reply(deps: WorkflowDeps, effect: Effect) -> Result | None:
    number, marker = int(effect.request["number"]), issues.marker(effect.id)
    return {} if await client(deps).has_comment(number, marker, since=effect.created_at) else None


async def nothing_to_remember(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
    """The row says all."""


def client(deps: WorkflowDeps) -> GitHub:
    """Raises Permanent where GitHub is not set up."""
    if deps.github is None:
        raise Permanent("GitHub is not set up, so there is no issue.")
    return deps.github
