"""What is said about an investigation: how far it is, what it came to, and one line of it on the incident's card."""

from bot.budget.caps import Totals
from bot.deps import WorkflowDeps
from bot.incident.model import Incident
from bot.investigation.model import Investigation, Kind, State
from bot.investigation.standing import Money
from bot.storage import budget, investigations
from bot.storage.fixes import fixes
from bot.views import investigation_findings, investigation_progress
from bot.views.blocks import Rendered
from bot.views.investigation import looked_line
from bot.workflows.looking import no_model


async def findings(deps: WorkflowDeps, incident: Incident, id: str) -> Rendered | None:
    """What it came to; None where it ended before anything was known, or was for the written record and added none."""
    one, money = await _standing(deps, id)
    if one.kind is Kind.POSTMORTEM and one.findings is None:
        return None
    proposes = deps.file.remediation != "off" and await _proposes(deps, incident, id)
    return investigation_findings.findings(one, money, deps.hosts, incident.severity, proposes=proposes)


async def begun(deps: WorkflowDeps, incident: Incident, id: str) -> Rendered | None:
    """The live message; None where no model looks, which is soon over and told with what was found."""
    async with deps.database.read() as connection:
        one = await investigations.get(connection, id)
    if one is None or one.is_over or await no_model(deps, incident):
        return None
    return await progress(deps, id)


async def progress(deps: WorkflowDeps, id: str) -> Rendered:
    """How far it is; once it is over, in one line."""
    one, money = await _standing(deps, id)
    async with deps.database.read() as connection:
        steps = await investigations.steps(connection, id)
    return investigation_progress.progress(one, steps, money)


async def looked(deps: WorkflowDeps, incident: Incident) -> str:
    """The card's line about it; empty where nobody looks, or only rules have: that stands in its own message."""
    known = await deps.incidents.looked(incident.id)
    if known.last is None or (known.cost == Totals() and known.last.state is State.DONE):
        return ""
    return looked_line(known, deps.file.agents.caps)


async def _proposes(deps: WorkflowDeps, incident: Incident, id: str) -> bool:
    """Whether agents proposed a fix while they looked, or drafted a change."""
    async with deps.database.read() as connection:
        return bool(await fixes(connection, incident.id, id))


async def _standing(deps: WorkflowDeps, id: str) -> tuple[Investigation, Money]:
    async with deps.database.read() as connection:
        one = await investigations.get(connection, id)
        assert one is not None, "an investigation is never deleted"
        run, issue = await budget.of_run(connection, id), await budget.of_issue(connection, one.incident_id)
    return one, Money(run=run, issue=issue, caps=deps.file.agents.caps)
