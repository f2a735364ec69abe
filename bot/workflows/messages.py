"""Which view an effect says: from its request and the incident as it stands now."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Mapping

from bot.deps import WorkflowDeps
from bot.incident.model import Actor, Event, EventKind, Incident
from bot.storage.effects import Effect
from bot.views import alerts, github_comments, github_messages, messages, notices, people
from bot.views import issue as issues
from bot.views.blocks import Rendered
from bot.views.card import card
from bot.workflows.leaving import event_leaving, incident_leaving

#: Slack allows 80 characters; the key and a suffix need some of them.
SLUG = 60

#: What is rendered from the incident alone.
_OF_INCIDENT: Mapping[str, Callable[[Incident], Rendered | None]] = {
    "announcement": messages.announcement,
    "screenshots": messages.screenshots,
    "reported": notices.reported_notice,
    "queued": notices.queued_notice,
    "accepted": notices.accepted_notice,
    "investigating": notices.investigating_notice,
    "merged": notices.merged_notice,
    "gone_private": messages.gone_private,
    "offer": people.offer,
    "issue_closed": github_messages.issue_closed,
    "issue_reopened": github_messages.issue_reopened,
    "pins": messages.pins_told,
}


#: What is rendered from the incident and the event that it is about.
_OF_EVENT: Mapping[str, Callable[[Incident, Event], Rendered | None]] = {
    "called": people.called,
    "escalation": people.escalation,
    "change": messages.change_line,
    "stopped": alerts.stopped,
    "joined": lambda incident, event: notices.joined_notice(incident, event.text),
    "update": lambda incident, event: notices.update_notice(incident, event.text),
    "declined": lambda incident, event: notices.declined_notice(incident, event.text),
}


def reader(effect: Effect) -> Actor:
    """Whom a direct message is for."""
    return effect.request["to"].removeprefix("dm:")


async def message(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    """What to post; None where there is nothing to say."""
    match effect.request["say"]:
        case "card":
            return card(incident, ())
        case "welcome":
            return messages.welcome(incident, deps.file.roles)
        case "duties":
            return people.duties(incident, await _event(deps, effect), deps.file.roles)
        case "resolved":
            return notices.resolved_notice(incident, reader(effect))
        case what if what in _OF_EVENT:
            return _OF_EVENT[what](incident, await _event(deps, effect))
        case what if what in _OF_INCIDENT:
            return _OF_INCIDENT[what](incident)
        case unknown:
            raise LookupError(f"no message is called {unknown}")


async def comment(deps: WorkflowDeps, effect: Effect, incident: Incident) -> str | None:
    """The issue's comment about what happened, or to its reporter; None where it is no news there."""
    if "event" not in effect.request:
        return github_comments.notice(effect.request["say"], incident, effect.id)
    event = event_leaving(deps, incident, await _event(deps, effect))
    incident = incident_leaving(deps, incident)
    match event.kind:
        case EventKind.UPDATED:
            return issues.update_comment(event.text, effect.id)
        case EventKind.SEVERITY_CHANGED:
            return issues.severity_comment(incident, effect.id)
        case EventKind.RESOLVED if incident.resolution:
            said = issues.resolved_comment(incident.resolution, incident.milestones.started, effect.id)
            return github_comments.with_question(said, incident)
        case EventKind.NOTED if event.data.get("what") == "ours":
            return github_comments.still_open(event.data.get("commit", ""), effect.id)
        case EventKind.REOPENED:
            return issues.reopened_comment(event.text, effect.id)
        case EventKind.DECLINED:
            return issues.declined_comment(event.text, effect.id)
        case EventKind.MERGED:
            return issues.merged_comment(event.data["into"], event.text, effect.id)
        case EventKind.MERGED_IN:
            return issues.merged_in_comment(event.data["from"], event.text, effect.id)
    return None


async def _event(deps: WorkflowDeps, effect: Effect) -> Event:
    return await deps.incidents.event(effect.incident_id, int(effect.request["event"]))


def digest(rendered: Rendered) -> str:
    """A short word for what is shown, so that an edit which changes nothing is not made."""
    return hashlib.sha256(json.dumps([rendered.text, rendered.blocks], sort_keys=True).encode()).hexdigest()


def room_name(incident: Incident) -> str:
    """`inc-12-nextcloud`; a private room is named by its key alone. Lower case, digits and hyphens, at most 80."""
    key = f"inc-{incident.number}"
    letters = unicodedata.normalize("NFKD", incident.service).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:SLUG].rstrip("-")
    return key if incident.private or not slug else f"{key}-{slug}"
