"""What people do to an incident: each act checks its own words, moves along the table, and records what happened."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from bot.errors import Refused
from bot.incident.asking import refused, required
from bot.incident.catalogue import Catalogue
from bot.incident.lifecycle import WORKING, move
from bot.incident.model import (
    HOLDFAST,
    Actor,
    Event,
    EventKind,
    Incident,
    Milestones,
    Moved,
    Places,
    Report,
    State,
    Update,
)
from bot.incident.postmortems import begun_if_due
from bot.incident.report import answers, title
from bot.incident.schemes import level_of
from bot.incident.schemes import scheme as scheme_of
from bot.incident.severity import Answers, Scheme, assess

#: A clock that is a little ahead of ours is no lie about the future.
SKEW = timedelta(minutes=1)


def check_started(report: Report, at: datetime) -> None:
    """Raises Refused for a report from the future."""
    if report.started and report.started > at + SKEW:
        raise refused(started="It cannot have started in the future. Look at the date and the time zone.")


def acknowledged(incident: Incident, by: Actor, at: datetime) -> Incident:
    """The first person who takes it in hand acknowledges it; the bot does not."""
    return incident if by == HOLDFAST else reached(incident, "acknowledged", at)


def reached(incident: Incident, milestone: Literal["acknowledged", "paged"], at: datetime) -> Incident:
    """A milestone that counts from the first time on."""
    if getattr(incident.milestones, milestone):
        return incident
    return incident.model_copy(update={"milestones": incident.milestones.model_copy(update={milestone: at})})


def declare(
    report: Report,
    *,
    id: str,
    number: int,
    by: Actor,
    at: datetime,
    trusted: bool,
    scheme: Scheme,
    catalogue: Catalogue,
    private: bool = False,
    test: bool = False,
    origin: str = "",
) -> Moved:
    """A new incident, triaging where the reporter is trusted, else queued. `origin` is the channel it was said in."""
    check_started(report, at)
    assessed = assess(scheme, answers(report, catalogue))
    started = min(report.started, at) if report.started else None
    incident = Incident(
        id=id,
        number=number,
        title=title(report, catalogue),
        state=State.REPORTED,
        severity=assessed.level,
        severity_reason=assessed.reason,
        scheme=scheme.id,
        report=report,
        reporter=by,
        private=private or report.security,
        test=test,
        milestones=Milestones(started=started, detected=at, declared=at),
        places=Places(origin=origin),
    )
    declared = Event(kind=EventKind.DECLARED, at=at, by=by, data={"severity": incident.severity})
    moved = move(incident, State.TRIAGING if trusted else State.QUEUED, HOLDFAST, at)
    return Moved(incident=moved.incident, events=(declared, *moved.events))


def accept(incident: Incident, by: Actor, at: datetime) -> Moved:
    """A queued report is let in."""
    if incident.state is not State.QUEUED:
        raise Refused(f"{incident.key} does not wait to be let in; it is {incident.state}.")
    return move(incident, State.TRIAGING, by, at)


def decline(incident: Incident, checked: str, by: Actor, at: datetime) -> Moved:
    """Nothing is wrong; `checked` tells the reporter what was looked at."""
    required(checked=(checked, "Say what you checked; the reporter reads it."))
    return move(incident, State.DECLINED, by, at, checked)


def found_healthy(incident: Incident, checked: str, at: datetime) -> Moved:
    """It was seen to work, and nobody has it in hand yet: declined with what was checked. Where somebody has, or said
    before that it is still broken, that is for them to say.
    """
    if incident.state not in (State.TRIAGING, State.INVESTIGATING):
        return Moved(incident=incident, events=())
    if incident.lead or incident.last_update:
        seen = Event(kind=EventKind.SUGGESTED_HEALTHY, at=at, by=HOLDFAST, text=checked)
        return Moved(incident=incident, events=(seen,))
    moved = decline(incident, checked, HOLDFAST, at)
    return Moved(incident=moved.incident.model_copy(update={"found_healthy": True}), events=moved.events)


def change_status(incident: Incident, to: State, by: Actor, at: datetime, note: str = "") -> Moved:
    """To another stage of work. What ends or reopens an incident asks for more, and is an act of its own."""
    if to not in WORKING and incident.state is not to:
        raise Refused(
            f"A change of status moves between {', '.join(WORKING)}. {_INSTEAD_OF_STATUS.get(to, '')}".strip()
        )
    if incident.state not in WORKING and to in WORKING:
        hint = "accept it first" if incident.state is State.QUEUED else "reopen it, with a reason, to go on"
        raise Refused(f"{incident.key} is {incident.state}; {hint}.")
    moved = move(incident, to, by, at, note)
    return Moved(incident=acknowledged(moved.incident, by, at), events=moved.events)


_INSTEAD_OF_STATUS: Mapping[State, str] = {
    State.RESOLVED: "To end it use *Resolve*; it asks what fixed it.",
    State.CLOSED: "To close it use *Close*.",
    State.DECLINED: "To decline it use *Decline*; it asks what you checked.",
}


def take_lead(incident: Incident, by: Actor, at: datetime, instead_of: Actor | None = None) -> Moved:
    """`by` leads from now on. Whoever takes it over from somebody names whom, so that of two clicks one wins."""
    if incident.lead and incident.lead not in (by, instead_of):
        raise Refused(f"<@{incident.lead}> leads {incident.key} already. To take over, name yourself as the new lead.")
    return hand_over(incident, by, by, at)


def hand_over(incident: Incident, to: Actor, by: Actor, at: datetime, instead_of: Actor | None = None) -> Moved:
    """`to` leads from now on; `instead_of` is whom `by` saw leading, None where that does not matter."""
    if instead_of and incident.lead and incident.lead not in (to, instead_of):
        raise Refused(f"<@{incident.lead}> leads {incident.key} by now. Look again before you hand it over.")
    if incident.state not in (*WORKING, State.RESOLVED):
        raise Refused(f"{incident.key} is {incident.state}, so nobody needs to lead it now.")
    if incident.lead == to:
        raise Refused(f"You already lead {incident.key}." if to == by else f"<@{to}> already leads {incident.key}.")
    data = {"lead": to, **({"from_lead": incident.lead} if incident.lead else {})}
    event = Event(kind=EventKind.LEAD_CHANGED, at=at, by=by, data=data)
    led = incident.model_copy(update={"lead": to})
    return Moved(incident=acknowledged(led, to, at), events=(event,))


def led(moved: Moved, by: Actor, at: datetime) -> Moved:
    """Where nobody leads, whoever acts first does from now on; those who reported it only add to their report."""
    incident = moved.incident
    nobody = incident.lead is None and incident.state in WORKING
    if not nobody or by == HOLDFAST or by in incident.reporters:
        return moved
    event = Event(kind=EventKind.LEAD_CHANGED, at=at, by=HOLDFAST, data={"lead": by, "first": "yes"})
    leads = acknowledged(incident.model_copy(update={"lead": by}), by, at)
    return Moved(incident=leads, events=(*moved.events, event))


def post_update(
    incident: Incident, text: str, by: Actor, at: datetime, next_steps: str = "", next_update: int | None = None
) -> Moved:
    """What we know now. `next_update` is in minutes; None leaves it to the severity."""
    required(text=(text, "Say what you know now, or that nothing has changed."))
    if next_update is not None and not 1 <= next_update <= 7 * 24 * 60:
        raise refused(next_update="Choose between a minute and a week.")
    if incident.state not in (*WORKING, State.RESOLVED):
        raise Refused(f"{incident.key} is {incident.state}, so there is nothing to update.")
    every = timedelta(minutes=next_update) if next_update else level_of(incident).update_every
    expected = at + every if every and incident.is_open else None
    update = Update(text=text.strip(), next_steps=next_steps.strip(), next_at=expected, at=at, by=by)
    said = f"{update.text}\nNext: {update.next_steps}" if update.next_steps else update.text
    event = Event(kind=EventKind.UPDATED, at=at, by=by, text=said)
    return Moved(incident=incident.model_copy(update={"last_update": update}), events=(event,))


def answer_severity(incident: Incident, said: Answers, reason: str, by: Actor, at: datetime) -> Moved:
    """To the level that the answers come to, with their reason and whatever somebody adds to it."""
    assessed = assess(scheme_of(incident.scheme), said)
    return change_severity(incident, assessed.level, f"{assessed.reason} {reason.strip()}".strip(), by, at)


def change_severity(incident: Incident, level: str, reason: str, by: Actor, at: datetime) -> Moved:
    """To another level of the scheme it was declared under."""
    if incident.state in (State.MERGED, State.DECLINED):
        raise Refused(f"{incident.key} is {incident.state}; its severity no longer matters.")
    before = level_of(incident)
    after = scheme_of(incident.scheme).level(level)
    if after == before:
        raise refused(severity=f"{incident.key} is {before.wording} already.")
    required(reason=(reason, "Say why, so that others can follow."))
    event = Event(
        kind=EventKind.SEVERITY_CHANGED,
        at=at,
        by=by,
        text=reason.strip(),
        data={"from": before.id, "to": after.id},
    )
    changed = incident.model_copy(update={"severity": after.id, "severity_reason": reason.strip()})
    return begun_if_due(Moved(incident=changed, events=(event,)), at)
