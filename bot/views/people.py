"""What people are told about their part in an incident: the panel of roles, their duties, offers, calls."""

from collections.abc import Sequence

from bot.incident.model import Event, Incident
from bot.incident.roles import LEAD, Role
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    button,
    context,
    cut,
    divider,
    quoted,
    room,
    safe,
    section,
    who,
)
from bot.views.card import headline
from bot.views.ids import Click
from bot.views.words import marks


def panel(incident: Incident, roles: Sequence[Role]) -> list[Block]:
    """Who does what, with a button to join each part."""
    blocks = [divider(), section(f"*{LEAD.name}* {who(incident.lead)}", _lead_button(incident))]
    for role in roles[:40]:
        names = ", ".join(who(person) for person in incident.roles.get(role.id, ())) or "nobody yet"
        join = button("Join", Click.ROLE_JOIN, f"{incident.id}:{role.id}")
        blocks.append(section(f"*{safe(role.name, 80)}* {names}", join if incident.is_open else None))
    if incident.is_open:
        blocks.append(actions(button("Leave, or name somebody", Click.ROLE, incident.id)))
    return blocks


def _lead_button(incident: Incident) -> Block | None:
    if not incident.is_open:
        return None
    if incident.lead is None:
        return button("Take the lead", Click.LEAD_TAKE, incident.id, style="primary")
    return button("Hand over", Click.HANDOVER, incident.id)


def duties(incident: Incident, event: Event, roles: Sequence[Role]) -> Rendered:
    """To whoever has just got a part: what is expected of them, in a few lines."""
    known = {role.id: role for role in roles}
    role = known.get(event.data.get("role", ""), LEAD)
    name = event.data.get("role_name", LEAD.name)
    how = "You acted first, so you lead" if event.data.get("first") else f"You are *{safe(name, 80)}* of"
    tasks = "\n".join(f"• {safe(duty, 300)}" for duty in role.duties)
    text = f"{marks(incident)}{how} {_named(incident)}.\n{tasks}".rstrip()
    step = "`/incident handover @somebody` passes it on." if role is LEAD else "`/incident role leave` ends it."
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), context(f"{step}{_where(incident)}")])


def offer(incident: Incident) -> Rendered:
    """To whoever is asked to take the lead, until it is answered."""
    offered = incident.handover
    if offered is None:
        lead = who(incident.lead)
        text = f"{marks(incident)}The lead of {_named(incident)} was offered to you here. Now it is with {lead}."
        return Rendered(text=cut(text, FALLBACK), blocks=[section(text)])
    text = f"{marks(incident)}{who(offered.by)} asks you to take the lead of {_named(incident)}."
    answers = actions(
        button("Take the lead", Click.OFFER_ACCEPT, incident.id, style="primary"),
        button("I can't", Click.OFFER_DECLINE, incident.id),
    )
    blocks = [section(text), section(quoted(offered.summary)), answers, *_small(incident)]
    return Rendered(text=cut(text, FALLBACK), blocks=blocks)


def called(incident: Incident, event: Event) -> Rendered:
    """To whoever is asked to come."""
    text = f"{marks(incident)}{who(event.by)} asks you to come to {_named(incident)}."
    why = [section(quoted(event.text))] if event.text else []
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), *why, *_small(incident)])


def escalation(incident: Incident, event: Event) -> Rendered:
    """To the owner: what is needed, how bad it is, who is on it."""
    text = f"{marks(incident)}{who(event.by)} escalated {_named(incident)}.\n{headline(incident)}"
    answers = actions(
        button("Acknowledge", Click.ACK, incident.id, style="primary"), button("Show", Click.SHOW, incident.id)
    )
    lead = context(f"Lead: {who(incident.lead)}{_where(incident)}")
    blocks = [section(text), section(quoted(event.text)), answers, lead]
    return Rendered(text=cut(text, FALLBACK), blocks=blocks)


def _named(incident: Incident) -> str:
    return f"*{incident.key}* “{safe(incident.title, 150)}”"


def _where(incident: Incident) -> str:
    return f" · Room: {room(incident.places.room)}" if incident.places.room else ""


def _small(incident: Incident) -> list[Block]:
    return [context(f"Room: {room(incident.places.room)}")] if incident.places.room else []
