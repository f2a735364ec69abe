"""Who may have something looked into, what is looked into by itself, and when no model is asked."""

from collections.abc import Collection, Sequence

from bot.errors import NotFound, Refused
from bot.incident.model import Actor, Incident, State
from bot.incident.policy import UNSEEN, NotAllowed, Rights, may_see, trusted_reporter
from bot.incident.schemes import level_of
from bot.incident.severity import Starts
from bot.investigation.model import Investigation, Kind

_BEGINS = {
    Starts.INVESTIGATION_AND_ESCALATION: Kind.INVESTIGATION,
    Starts.INVESTIGATION: Kind.INVESTIGATION,
    Starts.TRIAGE: Kind.TRIAGE,
    Starts.NOTHING: None,
}
#: Nobody has vouched for it yet: until somebody does, it costs nothing and reaches no model.
_UNSEEN_YET = frozenset({State.REPORTED, State.QUEUED})


def may_start(
    kind: Kind,
    incident: Incident,
    rights: Rights,
    members: Collection[Actor] = (),
    others: Sequence[Investigation] = (),
) -> None:
    """Asked when somebody wants it, and again when the work begins: by then they may no longer be who they were.

    `others` are the incident's investigations without this one. Raises NotFound where they may not even see the
    incident, NotAllowed where they may not start work, and Refused where it is not the time for it.
    """
    if not may_see(incident, rights, members):
        raise NotFound(UNSEEN)
    if not trusted_reporter(rights):
        raise NotAllowed("Only people who are trusted with incidents can have one looked into; ask one of them.")
    if incident.state in _UNSEEN_YET:
        raise Refused(f"Nobody has accepted {incident.key} yet; it is looked into once somebody has.")
    if kind is not Kind.POSTMORTEM and not incident.is_open:
        raise Refused(f"{incident.key} is {incident.state}; there is nothing to look into unless it is reopened.")
    if any(not each.is_over and _alike(each.kind, kind) for each in others):
        raise Refused(f"{incident.key} is being looked into already. You can stop that, or wait for what it finds.")


def begins(incident: Incident) -> Kind | None:
    """What begins by itself for an incident that was just declared or let in; None: nothing does.

    Whoever reported it is trusted, or somebody who is has accepted it: what waits for that is not open to work.
    """
    if incident.state in _UNSEEN_YET or not incident.is_open:
        return None
    return _BEGINS[level_of(incident).starts]


def why_no_model(
    incident: Incident, *, kill: bool, private: bool, halted: bool, absent: str = "", chosen: bool | None = None
) -> str:
    """Why no model may see this incident now, as a sentence; empty where one may. Asked before every call.

    `kill` and `private` are the configuration's (`agents.kill`, `agents.private`), `halted` says that somebody has
    stopped everything, `absent` why there is no model at all. `chosen` is what people chose for this incident, if they
    did: it decides about a private one, and can keep any other from models.
    """
    if kill:
        return "Models are switched off in the configuration."
    if halted:
        return "Everything is stopped until an approver lets it go on."
    if incident.state in _UNSEEN_YET:
        return "Nobody has accepted this report yet."
    if incident.test:
        return "This incident is a test, and models are not asked about tests."
    if chosen is False:
        return "Somebody chose that no model sees this incident."
    if incident.private and not (private if chosen is None else chosen):
        return "This incident is private, and models do not see private ones here."
    return absent


def _alike(one: Kind, other: Kind) -> bool:
    """Whether two at once would do the same work twice: the written record is a work of its own."""
    return (one is Kind.POSTMORTEM) == (other is Kind.POSTMORTEM)
