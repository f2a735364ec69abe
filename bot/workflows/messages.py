"""Which view an effect says: from its request and the incident as it stands now."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Awaitable, Callable, Mapping

from bot.deps import WorkflowDeps
from bot.incident.model import HOLDFAST, Actor, Event, EventKind, Incident
from bot.postmortem.document.model import Part
from bot.storage.effects import Effect
from bot.views import alerts, github_comments, github_messages, messages, notices, people, postmortem_messages
from bot.views import issue as issues
from bot.views.blocks import Rendered
from bot.views.card import card
from bot.workflows import investigation_said
from bot.workflows.drafting import Draft, document_of
from bot.workflows.leaving import event_leaving, incident_leaving

#: Slack allows 80 characters; the key and a suffix need some of them.
SLUG = 60

#: What is rendered from the incident alone.
_OF_INCIDENT: Mapping[str, Callable[[Incident], Rendered | None]] = {
    "card": lambda incident: card(incident, ()),
    "announcement": messages.announcement,
    "screenshots": messages.screenshots,
    "reported": notices.reported_notice,
    "queued": notices.queued_notice,
    "accepted": notices.accepted_notice,
    "investigating": notices.investigating_notice,
    "merged": notices.merged_notice,
    "published_notice": postmortem_messages.published_notice,
    "gone_private": messages.gone_private,
    "offer": people.offer,
    "issue_closed": github_messages.issue_closed,
    "issue_reopened": github_messages.issue_reopened,
    "pins": messages.pins_told,
}


def _declined(incident: Incident, event: Event) -> Rendered:
    said = notices.healthy_notice if event.by == HOLDFAST else notices.declined_notice
    return said(incident, event.text)


#: What is rendered from the incident and the event that it is about.
_OF_EVENT: Mapping[str, Callable[[Incident, Event], Rendered | None]] = {
    "called": people.called,
    "escalation": people.escalation,
    "change": messages.change_line,
    "stopped": alerts.stopped,
    "review_asked": postmortem_messages.review_asked,
    "published": postmortem_messages.published,
    "joined": lambda incident, event: notices.joined_notice(incident, event.text),
    "update": lambda incident, event: notices.update_notice(incident, event.text),
    "declined": _declined,
}


def reader(effect: Effect) -> Actor:
    """Whom a direct message is for."""
    return effect.request["to"].removeprefix("dm:")


async def message(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    """What to post; None where there is nothing to say."""
    match effect.request["say"]:
        case "welcome":
            return messages.welcome(incident, deps.file.roles)
        case "duties":
            return people.duties(incident, await _event(deps, effect), deps.file.roles)
        case "resolved":
            return notices.resolved_notice(incident, reader(effect))
        case "findings":
            return await investigation_said.findings(deps, incident, effect.request["investigation"])
        case "investigation":
            return await investigation_said.begun(deps, incident, effect.request["investigation"])
        case what if what in _OF_DOCUMENT:
            return await _OF_DOCUMENT[what](deps, effect, incident)
        case what if what in _OF_EVENT:
            return _OF_EVENT[what](incident, await _event(deps, effect))
        case what if what in _OF_INCIDENT:
            return _OF_INCIDENT[what](incident)
        case unknown:
            raise LookupError(f"no message is called {unknown}")


async def _begun(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    draft = await document(deps, incident)
    return postmortem_messages.begun(incident, await _event(deps, effect), draft.document.waiting)


async def _due(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    draft, event = await document(deps, incident), await _event(deps, effect)
    return postmortem_messages.due(incident, event, draft.document.waiting, deps.clock.now())


async def _ownerless(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    asked = effect.request.get("items", "").split(",")
    items = (await document(deps, incident)).reading.ownerless
    return postmortem_messages.ownerless(incident, [item for item in items if item.identity.digest in asked])


async def _clash(deps: WorkflowDeps, effect: Effect, incident: Incident) -> Rendered | None:
    event = await _event(deps, effect)
    theirs = (await document(deps, incident)).part(Part(event.data["part"]))
    return postmortem_messages.clash(incident, event, event.text, theirs)


#: What needs the post-mortem as it stands.
_OF_DOCUMENT: Mapping[str, Callable[[WorkflowDeps, Effect, Incident], Awaitable[Rendered | None]]] = {
    "postmortem": _begun,
    "postmortem_due": _due,
    "ownerless": _ownerless,
    "clash": _clash,
}


async def document(deps: WorkflowDeps, incident: Incident) -> Draft:
    """Its post-mortem as it stands now."""
    return await document_of(incident, deps)


async def comment(deps: WorkflowDeps, effect: Effect, incident: Incident) -> str | None:
    """The issue's comment about what happened, or to its reporter; None where it is no news there."""
    if "event" not in effect.request:
        return github_comments.notice(effect.request["say"], incident, effect.id)
    event = event_leaving(deps, incident, await _event(deps, effect))
    incident = incident_leaving(deps, incident)
    told = _COMMENTS.get(event.kind)
    return told(incident, event, effect.id) if told else None


def _resolved(incident: Incident, event: Event, id: str) -> str | None:
    if incident.resolution is None:  # open again by now; a comment of its own says so
        return None
    said = issues.resolved_comment(incident.resolution, incident.milestones.started, id)
    return github_comments.with_question(said, incident)


def _noted(incident: Incident, event: Event, id: str) -> str | None:
    return github_comments.still_open(event.data.get("commit", ""), id) if event.data.get("what") == "ours" else None


#: The issue's comment about each kind of event; other kinds are no news there.
_COMMENTS: Mapping[EventKind, Callable[[Incident, Event, str], str | None]] = {
    EventKind.UPDATED: lambda incident, event, id: issues.update_comment(event.text, id),
    EventKind.SEVERITY_CHANGED: lambda incident, event, id: issues.severity_comment(incident, id),
    EventKind.RESOLVED: _resolved,
    EventKind.NOTED: _noted,
    EventKind.REOPENED: lambda incident, event, id: issues.reopened_comment(event.text, id),
    EventKind.DECLINED: lambda incident, event, id: issues.declined_comment(event.text, id),
    EventKind.MERGED: lambda incident, event, id: issues.merged_comment(event.data["into"], event.text, id),
    EventKind.MERGED_IN: lambda incident, event, id: issues.merged_in_comment(event.data["from"], event.text, id),
    EventKind.POSTMORTEM_PUBLISHED: lambda incident, event, id: issues.published_comment(incident, id),
}


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
