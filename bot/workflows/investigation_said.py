"""What is said about an investigation: how far it is, and what it came to."""

from bot.deps import WorkflowDeps
from bot.incident.model import Incident
from bot.investigation.model import Kind
from bot.storage import investigations
from bot.views.blocks import Rendered
from bot.views.evidence import evidence_report


async def findings(deps: WorkflowDeps, id: str) -> Rendered | None:
    """What it came to; None where it ended before anything was known."""
    async with deps.database.read() as connection:
        one = await investigations.get(connection, id)
    if one is None or (one.kind is Kind.POSTMORTEM and one.findings is None):
        return None
    return evidence_report(one.report) if one.report else None


async def progress(deps: WorkflowDeps, incident: Incident, id: str) -> Rendered | None:
    """How far it is; None where no model looks: that is over soon, and told with what was found."""
    return None
