"""The incident card: one message that says how things stand, edited in place, with the buttons that make sense now."""

from collections.abc import Sequence

from bot.incident.endings import before_closing
from bot.incident.facts import IMPACT_PARTS
from bot.incident.model import Incident, State
from bot.incident.schemes import level_of
from bot.incident.wanted import GITHUB
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    ago,
    button,
    context,
    cut,
    fields,
    header,
    linked,
    one_line,
    quoted,
    room,
    safe,
    section,
    when,
    who,
)
from bot.views.ids import Click
from bot.views.words import STATES, impact, marks, severity, sign


def card(incident: Incident, problems: Sequence[str], looked: str = "") -> Rendered:
    """The card. `problems` are sentences about what could not be done yet, each shown as it is; `looked` is the line
    (`looked_line`) that says what agents did, and what that has cost.
    """
    facts = [
        ("Severity", level_of(incident).title),
        ("Status", STATES[incident.state]),
        ("Lead", who(incident.lead)),
        ("Affected", impact(incident)),
        ("Since", when(incident.milestones.started or incident.milestones.declared)),
        ("Service", safe(incident.service, 200)),
        ("Issue", _issue(incident)),
        ("Room", _room(incident)),
    ]
    blocks: list[Block] = [header(f"{sign(incident)} {marks(incident)}{incident.key} {incident.title}"), fields(facts)]
    blocks += [section(_ended(incident))] if incident.resolution else []
    blocks += _known(incident)
    blocks += [context(looked)] if looked else []
    blocks += [section(_last_update(incident))] if incident.is_open or incident.last_update else []
    blocks += [context(*(f"⚠️ {safe(problem, 300)}" for problem in problems[:10]))] if problems else []
    buttons = card_buttons(incident)
    blocks += [actions(*buttons)] if buttons else []
    return Rendered(text=headline(incident), blocks=blocks)


def _known(incident: Incident) -> list[Block]:
    """What people have written down beside its course: impact, links, how many reported it, what it waits for."""
    said = ((label, getattr(incident.impact, part)) for part, label in IMPACT_PARTS.items())
    impacts = [f"*{label}* {safe(words, 400)}" for label, words in said if words]
    links = " · ".join(linked(each.url, each.name) for each in incident.links[-10:])
    small = [f"Reported by {len(incident.reporters)} people"] if incident.also_reported else []
    small += [f"The same as *{incident.merged_into}*, which goes on for both"] if incident.merged_into else []
    small += [f"The lead is offered to {who(incident.handover.to)}"] if incident.handover else []
    missing = before_closing(incident) if incident.state is State.RESOLVED else ()
    written = incident.places.document_url
    small += [f"Post-mortem: {linked(written, 'published')}"] if written and not incident.private else []
    small += [f"Before closing: {'; '.join(missing)}"] if missing else []
    blocks = [section("\n".join(impacts))] if impacts else []
    blocks += [context(f"Links: {links}")] if links else []
    return blocks + ([context(*small)] if small else [])


def headline(incident: Incident) -> str:
    """The incident in one line, for notifications and lists; safe as mrkdwn."""
    title = safe(one_line(incident.title, 200), 300)
    line = f"{marks(incident)}{incident.key} {title} · {severity(incident.severity)} · {STATES[incident.state]}"
    return cut(line, FALLBACK)


def card_buttons(incident: Incident) -> list[Block]:
    """The buttons that make sense in the incident's state; each opens a form, or acts with the incident's id."""
    if incident.state is State.QUEUED:
        accept = button("Accept", Click.ACCEPT, incident.id, style="primary")
        trusts = [button("Trust this person", Click.TRUST, incident.id)] if incident.reporter.startswith(GITHUB) else []
        return [accept, button("Decline", Click.DECLINE, incident.id), *trusts]
    if incident.state is State.RESOLVED:
        closes = [] if before_closing(incident) else [button("Close", Click.CLOSE, incident.id)]
        return [button("Reopen", Click.REOPEN, incident.id), *closes]
    if incident.state in {State.CLOSED, State.DECLINED}:
        return [button("Reopen", Click.REOPEN, incident.id)]
    if incident.state is State.MERGED:
        return []
    lead = button("Hand over the lead", Click.LEAD, incident.id)
    seen = [button("Acknowledge", Click.ACK, incident.id, style="primary")] if incident.needs_human else []
    return [
        *seen,
        lead if incident.lead else button("Take the lead", Click.LEAD_TAKE, incident.id, style="primary"),
        button("Post update", Click.UPDATE, incident.id),
        button("Severity", Click.SEVERITY, incident.id),
        button("Status", Click.STATUS, incident.id),
        button("Resolve", Click.RESOLVE, incident.id),
    ]


def _issue(incident: Incident) -> str:
    places = incident.places
    if places.issue_url:
        return linked(places.issue_url, f"#{places.issue_number}")
    return "none (private)" if incident.private else "not filed yet"


def _room(incident: Incident) -> str:
    """A severity without a room is talked about in the thread of its announcement."""
    expected = incident.private or level_of(incident).room
    return room(incident.places.room) if incident.places.room or expected else "none, talk in its thread"


def _last_update(incident: Incident) -> str:
    update = incident.last_update
    if update is None:
        return f"*Last update*\nNone yet. Declared {ago(incident.milestones.declared)}."
    head = f"*Last update* {when(update.at)} ({ago(update.at)}) by {who(update.by)}"
    more = f"\n*Next* {safe(update.next_steps, 500)}" if update.next_steps and incident.is_open else ""
    return f"{head}\n{quoted(update.text, 1500)}{more}"


def _ended(incident: Incident) -> str:
    resolution = incident.resolution
    assert resolution is not None
    cause = f"\n*Cause* {safe(resolution.cause, 800)}" if resolution.cause else ""
    return f"*Resolved* {when(resolution.ended)} by {who(resolution.by)}{cause}\n*Fix* {safe(resolution.fix, 1200)}"
