"""How an incident ends, and how it turns out not to have ended: resolve, confirm, reopen, close."""

from datetime import datetime

from bot.errors import Refused
from bot.incident.acts import SKEW, acknowledged
from bot.incident.asking import refused, required
from bot.incident.lifecycle import move
from bot.incident.model import Actor, Event, EventKind, Incident, Moved, Resolution, State
from bot.incident.postmortem_state import PostmortemState
from bot.incident.postmortems import begun_if_due, missing, required_for, words
from bot.incident.schemes import level_of


def resolve(
    incident: Incident, fix: str, by: Actor, at: datetime, cause: str = "", ended: datetime | None = None
) -> Moved:
    """It works again, since `ended` (None: since now). Possible from every stage of work."""
    required(fix=(fix, "Say what fixed it, or that it recovered by itself."))
    ended = ended or at
    if ended > at + SKEW:
        raise refused(ended="It cannot have ended in the future. Look at the date and the time zone.")
    ended = min(ended, at)
    if incident.milestones.started and ended < incident.milestones.started:
        raise refused(ended="It cannot have ended before it started. Look at the date and the time zone.")
    moved = move(incident, State.RESOLVED, by, at, fix)
    milestones = moved.incident.milestones.model_copy(update={"restored": ended})
    resolution = Resolution(fix=fix.strip(), cause=cause.strip(), ended=ended, by=by)
    resolved = moved.incident.model_copy(update={"milestones": milestones, "resolution": resolution})
    return begun_if_due(Moved(incident=acknowledged(resolved, by, at), events=moved.events), at)


def confirm_fixed(incident: Incident, by: Actor, at: datetime) -> Moved:
    """Somebody who saw it broken says that it works. The state stays."""
    if incident.resolution is None:
        raise Refused(f"{incident.key} is {incident.state}, so there is no fix to confirm yet.")
    if by in incident.resolution.confirmed_by:
        raise Refused("You said so already. Thank you.")
    confirmed = (*incident.resolution.confirmed_by, by)
    resolution = incident.resolution.model_copy(update={"confirmed_by": confirmed})
    event = Event(kind=EventKind.CONFIRMED_FIXED, at=at, by=by)
    return Moved(incident=incident.model_copy(update={"resolution": resolution}), events=(event,))


def reopen(incident: Incident, reason: str, by: Actor, at: datetime) -> Moved:
    """It is not over. A declined report goes back to triaging, an ended incident to investigating."""
    required(reason=(reason, "Say what is still wrong."))
    if incident.state not in (State.RESOLVED, State.CLOSED, State.DECLINED):
        raise Refused(f"{incident.key} is {incident.state}, so it need not be reopened.")
    to = State.TRIAGING if incident.state is State.DECLINED else State.INVESTIGATING
    moved = move(incident, to, by, at, reason)
    # who waived it did not know that it was not over
    written = None if incident.postmortem is PostmortemState.WAIVED else incident.postmortem
    again = moved.incident.model_copy(update={"resolution": None, "postmortem": written, "found_healthy": False})
    return Moved(incident=again, events=moved.events)


def before_closing(incident: Incident) -> tuple[str, ...]:
    """What is still missing before it can be closed, in words that follow *before closing:*."""
    serious = required_for(incident)
    wanting = []
    if incident.state is State.RESOLVED and missing(incident):
        stands = f"it is {words(incident.postmortem)}" if incident.postmortem else "there is none yet"
        wanting.append(f"a published post-mortem ({stands})")
    if serious and incident.lead is None:
        wanting.append("a lead (`/incident lead`)")
    if serious and incident.milestones.restored is None:
        wanting.append("when it ended (`/incident resolve` asks)")
    return tuple(wanting)


def not_yet(incident: Incident) -> str:
    """Why it cannot be closed as it stands, and what that means; empty where it can."""
    if incident.is_open:
        return f"{incident.key} is {incident.state}; resolve it first, then it can be closed."
    wanting = before_closing(incident) if incident.state is State.RESOLVED else ()
    if not wanting:
        return ""
    waived = " An approver may waive the post-mortem with `/postmortem waive`." if missing(incident) else ""
    return (
        f"{incident.key} is {level_of(incident).wording}. Before closing: {'; '.join(wanting)}. "
        f"Nothing is lost; it stays resolved until then.{waived}"
    )


def close(incident: Incident, by: Actor, at: datetime, note: str = "") -> Moved:
    """Nothing is left to do. A severity that calls for a post-mortem closes once that is published or waived."""
    if why := not_yet(incident):
        raise Refused(why)
    return move(incident, State.CLOSED, by, at, note)
