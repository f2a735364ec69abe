"""What is said in channels: the announcement, the room's welcome and topic, and a line for each change."""

import re
from collections.abc import Sequence

from bot.incident.model import Event, EventKind, Incident, State
from bot.incident.roles import Role
from bot.incident.timeline import sentence
from bot.views.blocks import (
    FALLBACK,
    TOPIC,
    Block,
    Rendered,
    actions,
    button,
    context,
    cut,
    linked,
    one_line,
    quoted,
    room,
    safe,
    section,
    when,
    who,
)
from bot.views.card import card_buttons, headline
from bot.views.github_messages import github_line
from bot.views.ids import Click
from bot.views.people import panel
from bot.views.words import STATES, impact, marks, severity, sign

_SLACK_FILE = re.compile(r"F[A-Z0-9]{2,30}")


def say(text: str, *more: Block) -> Rendered:
    """One paragraph of mrkdwn, with further blocks below it."""
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), *more])


def announcement(incident: Incident, problems: Sequence[str] = ()) -> Rendered:
    """The message in the alerts channel, edited in place; updates follow in its thread."""
    if incident.private:
        return gone_private(incident)
    first = f"{sign(incident)} *{headline(incident)}*"
    since = incident.milestones.started or incident.milestones.declared
    facts = f"{safe(incident.service, 200)} · since {when(since)} · affected: {impact(incident).lower()}"
    lines = [first, facts, _where(incident)]
    if incident.merged_into:
        lines.append(f"It is the same as *{incident.merged_into}*, which goes on for both.")
    if incident.state is State.QUEUED:
        lines.append("This report waits for a responder to accept it. Until then nobody is called.")
    if incident.resolution:
        lines.append(f"Resolved {when(incident.resolution.ended)}. {safe(incident.resolution.fix, 600)}")
    blocks = [section("\n".join(lines))]
    blocks += [context(*(f"⚠️ {safe(problem, 300)}" for problem in problems[:10]))] if problems else []
    if incident.state is State.QUEUED:
        blocks.append(actions(*card_buttons(incident)))
    elif incident.is_open:
        blocks.append(actions(button("Show", Click.SHOW, incident.id)))
    return Rendered(text=headline(incident), blocks=blocks)


def moved_card(incident: Incident) -> Rendered:
    """What takes the place of a card that went on to the incident's room: where it is now."""
    if incident.private:
        return gone_private(incident)
    return say(f"{marks(incident)}*{incident.key}* continues in {room(incident.places.room)}; its card is there.")


def gone_private(incident: Incident) -> Rendered:
    """What is left in public of an incident that was made private: that it goes on elsewhere, and nothing about it."""
    return say(f"*{incident.key}* has moved and goes on elsewhere. Whoever has a part in it has been invited there.")


def welcome(incident: Incident, roles: Sequence[Role] = ()) -> Rendered:
    """The first message in the room: what was reported, what to do first, and who does what (edited in place)."""
    report = incident.report
    said = f"{who(incident.reporter)} reported:\n{quoted(report.what, 2000)}"
    details = [f"*Expected* {safe(report.expected, 400)}" if report.expected else ""]
    details += [f"*Link* {linked(report.link, report.link)}" if report.link else ""]
    details += [f"*Found by* {safe(report.found_by, 200)}" if report.found_by else ""]
    known = "\n".join(line for line in details if line)
    steps = "Take the lead, say what you know with `/incident update`, and end it with `/incident resolve`."
    blocks = [section(f"{marks(incident)}*{incident.key}* in {safe(incident.service, 200)}. {said}")]
    blocks += [section(known)] if known else []
    blocks += [context(steps, f"{severity(incident.severity)}: {safe(incident.severity_reason, 300)}")]
    blocks += panel(incident, roles)
    return Rendered(text=f"{marks(incident)}{incident.key}: {safe(one_line(report.what, 300))}", blocks=blocks)


def screenshots(incident: Incident) -> Rendered | None:
    """The pictures of the report, shown to whoever works on it; they stay in Slack."""
    ids = [file for file in incident.report.screenshots if _SLACK_FILE.fullmatch(file)]
    if not ids:
        return None
    shown: list[Block] = [
        {"type": "image", "slack_file": {"id": file}, "alt_text": f"Screenshot {place} of the report"}
        for place, file in enumerate(ids, start=1)
    ]
    return Rendered(text=f"{marks(incident)}{incident.key}: screenshots of the report", blocks=shown)


def pins_told(incident: Incident) -> Rendered:
    """Once, after the first pin: who else reads it, and how to take it back."""
    text = "A pushpin (📌) puts a message on the timeline and into the issue, where others read it."
    more = "Take the reaction back to take it out again. A star (⭐) keeps it for the people here."
    return say(f"{marks(incident)}{text}", context(more))


def topic(incident: Incident) -> str:
    """The room's topic: at most 250 characters, escaped as in a message. What changes often stands on the card: Slack
    says so in the room each time a topic changes."""
    ends = " · closed; this room stays readable" if incident.state is State.CLOSED else ""
    issue = f" · {incident.places.issue_url}" if incident.places.issue_url else ""
    facts = f"{marks(incident)}{incident.key} · {severity(incident.severity)}{ends}"
    title = safe(one_line(incident.title, 120))
    space = max(1, TOPIC - len(f"{facts} · {issue}"))
    return cut(f"{facts} · {cut(title, space, '…')}{issue}", TOPIC, "…")


def update_line(incident: Incident, event: Event) -> Rendered:
    """An update, for the room and the announcement's thread: this one, however late it is posted."""
    head = f"{marks(incident)}*Update* {when(event.at)} · {incident.key} · {STATES[incident.state]} · {who(event.by)}"
    return say(f"{head}\n{safe(event.text, 2700)}")


#: Kinds that are no news for a channel: it shows them already.
_NO_NEWS = {EventKind.DECLARED, EventKind.ROOM_OPENED, EventKind.ISSUE_FILED, EventKind.ROLE_TAKEN}


def change_line(incident: Incident, event: Event) -> Rendered | None:
    """One line for the room and the announcement's thread about what happened; None where it is no news there."""
    if event.kind is EventKind.UPDATED:
        return update_line(incident, event)
    if event.kind is EventKind.NOTED and event.data.get("source") == "github":
        return github_line(incident, event)
    if event.kind in _NO_NEWS:
        return None
    if event.kind is EventKind.REPORTED_AGAIN:
        return worse_line(incident, event)
    escaped = {"text": safe(event.text, 2000), "data": {key: safe(said, 200) for key, said in event.data.items()}}
    return say(f"{marks(incident)}*{incident.key}*: {sentence(event.model_copy(update=escaped), who)}")


def worse_line(incident: Incident, event: Event) -> Rendered:
    """One more report, which makes it worse than it is rated."""
    level, because = safe(event.data.get("severity", ""), 20), safe(event.data.get("because", ""), 200)
    text = f"{marks(incident)}*{incident.key}*: another report would make it {severity(level)}. {because}"
    change = actions(button("Severity", Click.SEVERITY, incident.id))
    return say(text, section(quoted(event.text, 600)), change)


def _where(incident: Incident) -> str:
    places = incident.places
    parts = [f"Lead: {who(incident.lead)}"]
    parts += [f"Room: {room(places.room)}"] if places.room else []
    parts += [linked(places.issue_url, f"Issue #{places.issue_number}")] if places.issue_url else []
    return " · ".join(parts)
