"""What is said about an investigation: how far it is, what it came to, and one line of it on the incident's card."""

from bot.deps import WorkflowDeps
from bot.incident.model import Incident
from bot.investigation.model import Kind
from bot.investigation.standing import Money
from bot.storage import budget
from bot.views import investigation_findings, investigation_progress
from bot.views.blocks import Rendered
from bot.views.investigation import looked_line
from bot.workflows.looking import no_model, seen


async def findings(deps: WorkflowDeps, id: str) -> Rendered | None:
    """What it came to; None where it ended before anything was known."""
    one, _, spent = await seen(deps, id)
    if one.kind is Kind.POSTMORTEM and one.findings is None:
        return None
    async with deps.database.read() as connection:
        issue = await budget.of_issue(connection, one.incident_id)
    money = Money(run=spent, issue=issue, caps=deps.file.agents.caps)
    return investigation_findings.findings(one, money, deps.hosts)


async def progress(deps: WorkflowDeps, incident: Incident, id: str) -> Rendered | None:
    """How far it is, for the first time; None where it is over already or no model looks: what is found is all then."""
    one, _, _ = await seen(deps, id)
    if one.is_over or await no_model(deps, incident):
        return None
    return await shown(deps, id)


async def shown(deps: WorkflowDeps, id: str) -> Rendered:
    """How far it is now, or how it ended."""
    one, steps, spent = await seen(deps, id)
    return investigation_progress.progress(one, steps, Money(run=spent, caps=deps.file.agents.caps))


async def looked(deps: WorkflowDeps, incident_id: str) -> str:
    """The line on the card."""
    return looked_line(await deps.incidents.looked(incident_id), deps.file.agents.caps)
