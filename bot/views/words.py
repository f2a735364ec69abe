"""The words for states, severities and marks, said the same way in every view."""

from bot.incident.model import Incident, Scope, State
from bot.incident.schemes import level_of

STATES: dict[State, str] = {
    State.REPORTED: "Reported",
    State.QUEUED: "Waiting for review",
    State.TRIAGING: "Triaging",
    State.INVESTIGATING: "Investigating",
    State.IDENTIFIED: "Cause identified",
    State.MITIGATING: "Mitigating",
    State.MONITORING: "Monitoring",
    State.RESOLVED: "Resolved",
    State.CLOSED: "Closed",
    State.DECLINED: "Declined",
    State.MERGED: "Merged",
}

SCOPES: dict[Scope, str] = {
    Scope.JUST_ME: "Just the reporter",
    Scope.MULTIPLE: "Several people",
    Scope.NOT_SURE: "Not known yet",
}


def severity(level: str) -> str:
    """`SEV2`, but `severity P1`: P1 alone could be a priority."""
    return level if level.upper().startswith("SEV") else f"severity {level}"


def marks(incident: Incident) -> str:
    """What must not be overlooked, before the title: a test, something private, a person needed."""
    flags = ((incident.test, "[TEST]"), (incident.private, "[PRIVATE]"), (incident.needs_human, "[NEEDS A PERSON]"))
    return "".join(word + " " for on, word in flags if on)


#: By rank, the worst first; seen before anything is read.
_SIGNS = ("🔴", "🟠", "🟡", "🔵")


def sign(incident: Incident) -> str:
    """How bad it is, or that it is over, at a glance."""
    if not incident.is_open:
        return "✅" if incident.state in (State.RESOLVED, State.CLOSED) else "⚪"
    return _SIGNS[min(level_of(incident).rank, len(_SIGNS)) - 1]


def impact(incident: Incident) -> str:
    """Who is affected, and what else the reporter answered."""
    report = incident.report
    answers = (
        (report.several_services, "several services"),
        (report.data_at_risk, "data may be at risk"),
        (report.security, "security"),
        (report.workaround, "there is a workaround"),
    )
    return ", ".join([SCOPES[report.scope], *(words for said, words in answers if said)])
