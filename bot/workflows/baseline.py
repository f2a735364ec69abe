"""The first contact with a repository: one message that says what is there, and that nothing of it is queued."""

from bot.deps import WorkflowDeps
from bot.durable.ledger import Result
from bot.incident.model import Place
from bot.storage.effects import Effect
from bot.views.postmortem_messages import baseline

#: The label of issues that stand for incidents.
LABEL = "incident"


async def tell(deps: WorkflowDeps, effect: Effect) -> Result:
    """To the owner, where there is one; else where incidents are announced."""
    readings = await deps.documents.readings()
    items = [item for reading in readings for item in reading.items if item.is_open]
    issues = await deps.github.open_issues(LABEL) if deps.github is not None else ()
    cards = await deps.documents.cards()
    said = baseline(cards, len(items), sum(item.safe for item in items), issues)
    await deps.slack.post(await _where(deps, effect), said.text, said.blocks, marker=effect.marker)
    return {}


async def find(deps: WorkflowDeps, effect: Effect) -> Result | None:
    """The message, after a lost answer."""
    found: Place | None = await deps.slack.find_post(await _where(deps, effect), effect.marker, since=effect.created_at)
    return None if found is None else {}


async def _where(deps: WorkflowDeps, effect: Effect) -> str:
    return effect.request["channel"] or await deps.slack.open_dm(effect.request["actor"])
