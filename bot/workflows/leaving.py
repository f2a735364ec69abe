"""What leaves Slack has been through the outgoing filter here: an incident's texts, and those of its events."""

from typing import Any

from bot.deps import WorkflowDeps
from bot.incident.model import Event, Incident
from bot.outgoing import Outgoing


def outgoing(deps: WorkflowDeps, incident: Incident) -> Outgoing:
    """The filter for this incident: its people by their roles, others by their names."""
    roles = {incident.reporter: "the reporter"} | ({incident.lead: "the lead"} if incident.lead else {})
    return Outgoing(deps.redactor, lambda person: deps.people.get(person).name, roles)


def incident_leaving(deps: WorkflowDeps, incident: Incident) -> Incident:
    """The incident with every text of it filtered."""
    text = outgoing(deps, incident).text
    report = incident.report
    words = ("service", "what", "link", "expected", "found_by")
    changed: dict[str, Any] = {
        "title": text(incident.title),
        "severity_reason": text(incident.severity_reason),
        "report": report.model_copy(update={name: text(getattr(report, name)) for name in words}),
    }
    if (ended := incident.resolution) is not None:
        changed["resolution"] = ended.model_copy(update={"fix": text(ended.fix), "cause": text(ended.cause)})
    return incident.model_copy(update=changed)


def event_leaving(deps: WorkflowDeps, incident: Incident, event: Event) -> Event:
    """The event with its text filtered."""
    return event.model_copy(update={"text": outgoing(deps, incident).text(event.text)})
