"""What the owner reads of by themselves, about no incident: where there is no owner, it is said among the alerts."""

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.incident.wanted import EffectKind, Wanted
from bot.storage.effects import Effect
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
    await deps.slack.post(await _where(deps, effect), said.text, said.blocks, marker=effect.marker)
    return {}


async def find(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """The message, after a lost answer."""
    found = await deps.slack.find_post(await _where(deps, effect), effect.marker, since=effect.created_at)
    return None if found is None else {}


async def _message(deps: WorkflowDeps, effect: Effect) -> Rendered:
    match effect.request["say"]:
        case "baseline":
            return await _baseline(deps)
        case "site":
            return site_refused(effect.request["why"])
        case unknown:
            raise LookupError(f"no message to the owner is called {unknown}")


async def _baseline(deps: WorkflowDeps) -> Rendered:
    """What a repository held when we first saw it."""
    items = [item for reading in await deps.documents.readings() for item in reading.items if item.is_open]
    issues = await deps.github.open_issues(LABEL) if deps.github is not None else ()
    return baseline(await deps.documents.cards(), len(items), sum(item.safe for item in items), issues)


async def _where(deps: WorkflowDeps, effect: Effect) -> str:
    to = effect.request["to"]
    return await deps.slack.open_dm(to) if to else deps.alerts_channel
