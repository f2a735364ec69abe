"""Everything that is known about an incident beside its card: the report, the times, who takes part."""

from collections.abc import Sequence

from bot.incident.model import Incident, Milestones
from bot.incident.roles import Role
from bot.views.blocks import Block, context, divider, linked, quoted, safe, section, when, who

#: In the order in which they happen.
_TIMES = {
    "started": "started",
    "detected": "noticed",
    "declared": "reported",
    "paged": "called",
    "acknowledged": "taken in hand",
    "identified": "cause found",
    "mitigated": "mitigated",
    "restored": "back",
    "all_clear": "resolved",
    "closed": "closed",
}
assert _TIMES.keys() == Milestones.model_fields.keys()


def details(incident: Incident, roles: Sequence[Role]) -> list[Block]:
    """The report in full, who reported it, who plays which part, and every time that is known."""
    report = incident.report
    said = [f"*{who(incident.reporter)} reported*\n{quoted(report.what, 1500)}"]
    said += [f"*Expected* {safe(report.expected, 500)}"] if report.expected else []
    said += [f"*Link* {linked(report.link, report.link)}"] if report.link else []
    said += [f"*Noticed by* {safe(report.found_by, 200)}"] if report.found_by else []
    also = ", ".join(who(person) for person in incident.also_reported[:30])
    said += [f"*Also reported by* {also}"] if also else []
    named = {role.id: role.name for role in roles}
    parts = [
        f"*{safe(named.get(id, id), 80)}* {', '.join(who(person) for person in people)}"
        for id, people in incident.roles.items()
    ]
    known = ((words, getattr(incident.milestones, name)) for name, words in _TIMES.items())
    times = [f"{words} {when(at)}" for words, at in known if at is not None]
    blocks = [divider(), section("\n".join(said)), *([section("\n".join(parts))] if parts else [])]
    return [*blocks, context(f"*Severity* {safe(incident.severity_reason, 500)}", *times[:9])]
