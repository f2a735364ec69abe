"""The first draft of a post-mortem, from what is recorded; what only people know stays to be written."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date

from bot.incident.catalogue import ERROR_KINDS
from bot.incident.entries import Entry, Kept, shown
from bot.incident.facts import IMPACT_PARTS
from bot.incident.figures import figures, span, utc
from bot.incident.model import ALERTMANAGER, HOLDFAST, Actor, EventKind, Impact, Incident
from bot.incident.schemes import level_of
from bot.incident.text import readable
from bot.incident.timeline import sentence
from bot.postmortem.document.cells import address, prose
from bot.postmortem.document.model import Document, Fact, Moment, Part, Planned, Words

Name = Callable[[Actor], str]
#: A mention as Slack writes it, and as it stands in what was typed after a command.
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>|(?<![\w.])@([UW][A-Z0-9]*\d[A-Z0-9]*)\b")
#: Says more to those who work on it than to those who read of it later.
_LEFT_OUT = {EventKind.ROOM_OPENED, EventKind.ISSUE_FILED}


def by_role(incident: Incident, roles: Callable[[str], str]) -> Name:
    """People as their parts in the incident, so that a document names nobody. `roles` says what a role is called."""
    parts = {person: roles(role) for role, people in incident.roles.items() for person in people}
    parts |= dict.fromkeys(incident.reporters, "the reporter")
    known = parts | {HOLDFAST: "Holdfast", ALERTMANAGER: "Alertmanager"}
    if incident.lead:
        known[incident.lead] = "the person in charge"
    return lambda actor: known.get(actor, "a responder")


def first_draft(
    incident: Incident,
    entries: Sequence[Entry],
    kept: Sequence[Kept],
    *,
    name: Name,
    owner: Name,
    services: Collection[str],
) -> Document:
    """Everything that is known, in its place. `name` says how the document speaks of people, `owner` who does an item;
    `services` are those of the catalogue: what a reporter called it instead is no word for an action item.

    What stands in `incident` and `entries` may leave Slack already: secrets are out of it, and so is what is internal.
    """
    public = [entry for entry in shown(entries, internal=False) if entry.event.kind not in _LEFT_OUT]
    told = _by_parts(incident, name)
    return Document(
        title=told.title,
        date=_day(told),
        facts=tuple(_facts(told)),
        timeline=tuple(_moment(entry, name) for entry in public),
        plan=(*_proposed(kept, name, owner), *_missing(told, public, services)),
        parts={part: text for part, text in _parts(told, public).items() if text},
    )


def _by_parts(incident: Incident, name: Name) -> Incident:
    """The incident, with every mention in what people wrote as the document speaks of people."""
    ended = incident.resolution
    written = {
        "title": mentioned(incident.title, name),
        "severity_reason": mentioned(incident.severity_reason, name),
        "impact": Impact(**{part: mentioned(getattr(incident.impact, part), name) for part in IMPACT_PARTS}),
        "links": tuple(link.model_copy(update={"name": mentioned(link.name, name)}) for link in incident.links),
        "resolution": ended
        and ended.model_copy(update={"fix": mentioned(ended.fix, name), "cause": mentioned(ended.cause, name)}),
    }
    return incident.model_copy(update=written)


def _day(incident: Incident) -> date:
    begun = incident.milestones.started or incident.milestones.declared
    return begun.astimezone(UTC).date() if begun else date.min


def _facts(incident: Incident) -> Iterator[Fact]:
    """The table at the top, in the order in which it is read."""
    told = figures(incident.milestones)
    times = incident.milestones
    begun = times.started or times.declared
    since = utc(begun) if begun else "not recorded"
    ran = f"{span(told.resolve)} ({since} to {utc(times.restored)})" if times.restored else "not over yet"
    services = ", ".join(filter(None, (incident.service, incident.impact.services)))
    severity = f"{level_of(incident).title}: {incident.severity_reason}"
    issue = incident.places.issue_url or ""
    yield Fact(name="Incident", value=Words(text=incident.key))
    yield Fact(name="Duration", value=Words(text=ran))
    yield Fact(name="Severity", value=Words(text=severity))
    yield Fact(name="Affected services", value=Words(text=services))
    yield Fact(
        name="Issue",
        value=Words(text=f"#{incident.places.issue_number}", url=address(issue)) if issue else Words(text="none filed"),
    )
    yield Fact(name="Time to detect", value=Words(text=span(told.detect)))
    yield Fact(name="Time to acknowledge", value=Words(text=span(told.acknowledge)))
    yield Fact(name="Time to mitigate", value=Words(text=span(told.mitigate)))
    yield Fact(name="Time to resolve", value=Words(text=span(told.resolve)))
    yield Fact(name="Status", value=Words(text="Draft"))


def _moment(entry: Entry, name: Name) -> Moment:
    source = entry.source
    if source is None:
        said, where = mentioned(sentence(entry.event, name), name), Words(text="Holdfast")
    else:
        brought = [(source.pictures, "picture"), (source.files, "file")]
        rest = [f"({count} {what}{'s' if count > 1 else ''} in Slack)" for count, what in brought if count]
        said = f"{name(entry.by)}: {' '.join([readable(mentioned(entry.text, name)), *rest])}"
        where = Words(text="Slack", url=address(source.permalink))
    at = entry.at.astimezone(UTC).replace(second=0, microsecond=0)
    return Moment(at=at, text=said[:1].upper() + said[1:], source=where)


def mentioned(text: str, name: Name) -> str:
    """With every mention in the document's own words for people."""
    return _MENTION.sub(lambda found: name(found[1] or found[2]), text)


def _proposed(kept: Sequence[Kept], name: Name, owner: Name) -> Iterator[Planned]:
    """What people proposed while it lasted."""
    for item in kept:
        yield Planned(
            action=mentioned(item.text, name),
            type=item.type,
            owner=owner(item.owner) if item.owner else "",
            due=item.due,
            details=proposed_as(item.key),
        )


def proposed_as(key: str) -> str:
    """What stands in the details of an item that somebody proposed."""
    return f"Proposed as {key}"


def is_proposed(row: Planned) -> bool:
    """Whether somebody proposed it."""
    return row.details.startswith(proposed_as(""))


def _missing(incident: Incident, entries: Sequence[Entry], services: Collection[str]) -> Iterator[Planned]:
    """The alert that did not tell of it. Nothing that a reporter wrote stands in the row, since it may go by itself."""
    if _alerted(entries):
        return
    what = incident.service if incident.service in services else "the service"
    kind = ERROR_KINDS.get(incident.report.error_kind, ERROR_KINDS["other"])
    yield Planned(
        priority="P2",
        action=f"Add an alert that fires when {what} fails like this: {kind.label}",
        type="Alert",
        details=f"No alert told of {incident.key}; a person reported it",
    )


def _alerted(entries: Sequence[Entry]) -> bool:
    return any(entry.event.kind is EventKind.ALERT_FIRED for entry in entries)


def _parts(incident: Incident, entries: Sequence[Entry]) -> dict[Part, str]:
    """The sections that facts alone can fill."""
    ended = incident.resolution
    links = [f"- [{prose(link.name)}]({address(link.url)})" for link in incident.links]
    impact = [
        f"- **{heading}:** {' '.join(prose(said).split())}"
        for part, heading in IMPACT_PARTS.items()
        if (said := getattr(incident.impact, part))
    ]
    return {
        Part.SUMMARY: _summary(incident),
        Part.IMPACT: "\n".join(impact),
        Part.ROOT_CAUSE: prose(ended.cause) if ended else "",
        Part.GAPS: "" if _alerted(entries) else f"No alert told of {incident.key}; a person reported it.",
        Part.RECOVERY: prose(ended.fix) if ended else "",
        Part.SUPPORT: "\n".join(links),
    }


def _summary(incident: Incident) -> str:
    """What is recorded, as sentences that a person can build on."""
    begun = incident.milestones.started or incident.milestones.declared
    told = f"Since {utc(begun)}" if begun else "At a time that is not recorded"
    lines = [f"{told}: {prose(incident.title)}."]
    if incident.resolution:
        fix = prose(incident.resolution.fix)
        lines.append(f"It was over at {utc(incident.resolution.ended)}: {fix}{'' if fix[-1:] in '.!?…' else '.'}")
    return " ".join(" ".join(lines).split())
