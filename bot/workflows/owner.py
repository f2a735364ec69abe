"""What the owner reads of by themselves, about no incident: where there is no owner, it is said among the alerts."""

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.incident.wanted import EffectKind, Wanted
from bot.storage import approvals, incidents, items
from bot.storage.effects import Effect
from bot.views.approval_messages import handed_over, still_waits
from bot.views.blocks import Rendered
from bot.views.postmortem_messages import baseline, site_refused

#: The label of issues that stand for incidents.
LABEL = "incident"


def wanted(deps: WorkflowDeps, what: str, why: str = "") -> Wanted:
    """The effect that says it; `what` names the message."""
    return Wanted(kind=EffectKind.TELL, request={"say": what, "to": deps.file.slack.owner or "", "why": why})


async def tell(deps: WorkflowDeps, effect: Effect) -> Result:
    """Say it, once."""
    said = await _message(deps, effect)
    if said is None:
        return {}
    await deps.slack.post(await _where(deps, effect), said.text, said.blocks, marker=effect.marker)
    return {}


async def find(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """The message, after a lost answer."""
    found = await deps.slack.find_post(await _where(deps, effect), effect.marker, since=effect.created_at)
    return None if found is None else {}


async def _message(deps: WorkflowDeps, effect: Effect) -> Rendered | None:
    match effect.request["say"]:
        case "baseline":
            return await _baseline(deps)
        case "handed_over":
            return await _handed_over(deps, effect)
        case "asked_again":
            return await _asked_again(deps, effect)
        case "site":
            return site_refused(effect.request["why"])
        case unknown:
            raise LookupError(f"no message to the owner is called {unknown}")


async def _handed_over(deps: WorkflowDeps, effect: Effect) -> Rendered | None:
    """What needs a person, each with its reason; among the alerts nothing of what is private."""
    async with deps.database.read() as connection:
        found = [await items.get(connection, id) for id in effect.request["items"].split(",")]
        known = [item for item in found if item is not None]
        if not effect.request["to"]:
            abouts = {item.incident_id: await incidents.get(connection, item.incident_id) for item in known}
            known = [item for item in known if (about := abouts[item.incident_id]) is None or not about.private]
    return handed_over(known)


async def _asked_again(deps: WorkflowDeps, effect: Effect) -> Rendered | None:
    """What somebody wanted to be asked again about; nothing where it was decided meanwhile."""
    async with deps.database.read() as connection:
        asked = await approvals.get(connection, effect.request["approval"])
        item = await items.get(connection, asked.item_id) if asked else None
    return still_waits(asked, item) if asked and item and asked.is_pending else None


async def _baseline(deps: WorkflowDeps) -> Rendered:
    """What a repository held when we first saw it."""
    items = [item for reading in await deps.documents.readings() for item in reading.items if item.is_open]
    issues = await deps.github.open_issues(LABEL) if deps.github is not None else ()
    return baseline(await deps.documents.cards(), len(items), sum(item.safe for item in items), issues)


async def _where(deps: WorkflowDeps, effect: Effect) -> str:
    to = effect.request["to"]
    return await deps.slack.open_dm(to) if to else deps.alerts_channel
