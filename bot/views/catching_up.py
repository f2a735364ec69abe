"""What somebody needs who comes into an incident late: how it stands, what is thought of it, and what was tried."""

from collections.abc import Sequence

from bot.incident.entries import Entry
from bot.incident.model import EventKind, Incident
from bot.incident.schemes import level_of
from bot.incident.timeline import sentence
from bot.investigation.standing import Looked
from bot.views.blocks import (
    Block,
    Rendered,
    actions,
    ago,
    button,
    fields,
    quoted,
    safe,
    section,
    when,
    who,
)
from bot.views.card import headline
from bot.views.foreign import as_written
from bot.views.ids import Click
from bot.views.investigation import thought
from bot.views.words import STATES, impact, sign

_MORE = "…"


def caught_up(incident: Incident, looked: Looked, tried: Sequence[Entry]) -> Rendered:
    """For one reader, about an incident that they may see. `tried` are entries of its timeline, oldest first."""
    since = incident.milestones.started or incident.milestones.declared
    facts = [
        ("Severity", level_of(incident).title),
        ("Status", STATES[incident.state]),
        ("Since", f"{when(since)} ({ago(since)})" if since else when(None)),
        ("Lead", who(incident.lead)),
        ("Service", safe(incident.service, 200)),
        ("Affected", impact(incident)),
    ]
    blocks: list[Block] = [section(f"{sign(incident)} *{headline(incident)}*"), fields(facts)]
    blocks.append(section(f"*What was reported*\n{quoted(incident.report.what, 600, _MORE)}"))
    blocks.append(section(_last_update(incident)))
    blocks += [section(f"*What is thought*\n{told}")] if (told := thought(looked.last)) else []
    blocks += [section("\n".join(["*What was tried*", *map(_line, tried)]))] if tried else []
    lead = (
        []
        if incident.lead or not incident.is_open
        else [button("Take the lead", Click.LEAD_TAKE, incident.id, style="primary")]
    )
    blocks.append(actions(*lead, button("Show", Click.SHOW, incident.id)))
    return as_written(Rendered(text=f"How {headline(incident)} stands", blocks=blocks))


def _last_update(incident: Incident) -> str:
    update = incident.last_update
    if update is None:
        return "*Last update*\nNone yet."
    more = f"\n*Next* {safe(update.next_steps, 300, _MORE)}" if update.next_steps else ""
    return f"*Last update* {ago(update.at)} by {who(update.by)}\n{quoted(update.text, 600, _MORE)}{more}"


def _line(entry: Entry) -> str:
    """One thing that was tried: when, and by whom."""
    if entry.event.kind is EventKind.PINNED:
        said = safe(entry.text, 250, _MORE) or "a message"
        return f"• {when(entry.at)} {who(entry.by or entry.event.by)}: {said}"
    data = {key: safe(value, 100, _MORE) for key, value in entry.event.data.items()}
    event = entry.event.model_copy(update={"text": safe(entry.text, 250, _MORE), "data": data})
    return f"• {when(entry.at)} {sentence(event, who)}"
