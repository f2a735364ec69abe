"""Verbs done at once: what was typed after one, as the request that its form would make; None lets the form ask."""

from collections.abc import Callable

from bot.incident.asking import About
from bot.incident.model import Incident, State
from bot.incident.requests import (
    Acknowledge,
    AddLink,
    Call,
    ChangeSeverity,
    ChangeStatus,
    Close,
    Decline,
    Escalate,
    MakePrivate,
    Merge,
    Note,
    OfferLead,
    PlayRole,
    PostUpdate,
    Reopen,
    Resolve,
    TakeLead,
)
from bot.incident.requests_investigation import Investigate
from bot.incident.verbs import Command
from handlers.slack.heard import Heard

Inline = Callable[[Command, Heard, Incident], About | None]


def _update(said: Command, heard: Heard, about: Incident) -> About | None:
    return PostUpdate(actor=heard.actor, channel=heard.channel, incident=about.id, text=said.text)


def _note(said: Command, heard: Heard, about: Incident) -> About | None:
    return Note(actor=heard.actor, channel=heard.channel, incident=about.id, text=said.text)


def _severity(said: Command, heard: Heard, about: Incident) -> About | None:
    """Without a reason the form asks for it."""
    if not said.text:
        return None
    return ChangeSeverity(
        actor=heard.actor, channel=heard.channel, incident=about.id, severity=said.word, reason=said.text
    )


def _status(said: Command, heard: Heard, about: Incident) -> About | None:
    """A word that is no stage opens the form."""
    if said.word.casefold() not in set(State):
        return None
    state = State(said.word.casefold())
    return ChangeStatus(actor=heard.actor, channel=heard.channel, incident=about.id, state=state, note=said.text)


def _role(said: Command, heard: Heard, about: Incident) -> About | None:
    """`role scribe`, `role scribe @bob`, `role scribe leave`; who is not named is oneself."""
    words = said.text.casefold().split()
    leave = "leave" in (said.word.casefold(), *words)
    name = " ".join(word for word in (said.word, *said.text.split()) if word.casefold() != "leave")
    if not name:
        return None
    who = said.person or heard.actor
    return PlayRole(actor=heard.actor, channel=heard.channel, incident=about.id, role=name, person=who, leave=leave)


def _handover(said: Command, heard: Heard, about: Incident) -> About | None:
    """Without a person or a summary the form asks for them."""
    if not said.person or not said.text:
        return None
    return OfferLead(actor=heard.actor, channel=heard.channel, incident=about.id, to=said.person, summary=said.text)


def _call(said: Command, heard: Heard, about: Incident) -> About | None:
    """Somebody and why, or a role."""
    role, reason = ("", said.text) if said.person else (said.text, "")
    return Call(
        actor=heard.actor, channel=heard.channel, incident=about.id, person=said.person, role=role, reason=reason
    )


def _escalate(said: Command, heard: Heard, about: Incident) -> About | None:
    return Escalate(actor=heard.actor, channel=heard.channel, incident=about.id, reason=said.text)


def _ack(said: Command, heard: Heard, about: Incident) -> About | None:
    return Acknowledge(actor=heard.actor, channel=heard.channel, incident=about.id)


def _link(said: Command, heard: Heard, about: Incident) -> About | None:
    return AddLink(actor=heard.actor, channel=heard.channel, incident=about.id, url=said.word, name=said.text)


def _merge(said: Command, heard: Heard, about: Incident) -> About | None:
    """Without the other incident the form asks for it."""
    if not said.other:
        return None
    return Merge(actor=heard.actor, channel=heard.channel, incident=about.id, into=said.other, note=said.text)


def _decline(said: Command, heard: Heard, about: Incident) -> About | None:
    return Decline(actor=heard.actor, channel=heard.channel, incident=about.id, checked=said.text)


def _private(said: Command, heard: Heard, about: Incident) -> About | None:
    return MakePrivate(actor=heard.actor, channel=heard.channel, incident=about.id, reason=said.text)


def _lead(said: Command, heard: Heard, about: Incident) -> About | None:
    """Nobody named: the author takes it, unless somebody leads. Naming somebody takes it over from whoever does.

    Words that name nobody open the form: `lead bob` does not mean oneself.
    """
    if said.text and not said.person:
        return None
    instead_of = about.lead if said.person else None
    lead = said.person or heard.actor
    return TakeLead(actor=heard.actor, channel=heard.channel, incident=about.id, lead=lead, instead_of=instead_of)


def _resolve(said: Command, heard: Heard, about: Incident) -> About | None:
    return Resolve(actor=heard.actor, channel=heard.channel, incident=about.id, fix=said.text)


def _investigate(said: Command, heard: Heard, about: Incident) -> About | None:
    return Investigate(actor=heard.actor, channel=heard.channel, incident=about.id, question=said.text)


def _reopen(said: Command, heard: Heard, about: Incident) -> About | None:
    return Reopen(actor=heard.actor, channel=heard.channel, incident=about.id, reason=said.text)


def _close(said: Command, heard: Heard, about: Incident) -> About | None:
    return Close(actor=heard.actor, channel=heard.channel, incident=about.id, note=said.text)


#: The verbs that are done at once when enough was typed; None means that the form has to ask.
INLINE: dict[str, Inline] = {
    "update": _update,
    "note": _note,
    "severity": _severity,
    "status": _status,
    "lead": _lead,
    "investigate": _investigate,
    "resolve": _resolve,
    "reopen": _reopen,
    "close": _close,
    "role": _role,
    "handover": _handover,
    "call": _call,
    "escalate": _escalate,
    "ack": _ack,
    "link": _link,
    "merge": _merge,
    "decline": _decline,
    "private": _private,
}
#: Verbs that need no word to be done at once.
INLINE_ALONE = frozenset({"lead", "ack"})
