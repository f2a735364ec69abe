"""What may be wanted outside, as data, and the small pieces of which consequences are made."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.incident.model import Actor, Event, Frozen, Incident, State
from bot.incident.schemes import level_of

#: Where a message goes: the alerts channel, the thread of the announcement there, the incident's room, whoever leads by
#: then (where nobody does, the room), `dm:<user>`, or `channel:<id>` for a room that it has left.
ALERTS, ALERTS_THREAD, ROOM, LEAD = "alerts", "alerts-thread", "room", "lead"
#: How the actors begin who have no Slack account that we know.
GITHUB = "github:"
#: Notices that whoever reads the issue has as comments anyway.
_COMMENTED = frozenset({"update", "resolved", "declined", "merged", "published_notice"})


class Landmark(StrEnum):
    """What an effect can bring about, and others can wait for."""

    ROOM = "room"
    PRIVATE_ROOM = "private_room"
    ANNOUNCEMENT = "announcement"
    CARD = "card"
    WELCOME = "welcome"
    ISSUE = "issue"


class EffectKind(StrEnum):
    """Every kind of outside effect; `bot/workflows/performers.py` says how each is done and found again."""

    ROOM = "room"
    INVITE = "invite"
    POST = "post"
    PIN = "pin"
    RETRACT = "retract"
    ISSUE = "issue"
    COMMENT = "comment"
    ISSUE_STATE = "issue_state"
    ISSUE_BLANK = "issue_blank"
    CAPTURE = "capture"
    MIRROR = "mirror"
    HEAR = "hear"
    REPLY = "reply"
    ANSWER = "answer"
    PUBLISH = "publish"
    AMEND = "amend"
    VERIFY = "verify"
    TELL = "tell"
    CATCH_UP = "catch_up"
    ASSESS = "assess"
    ROUND = "round"
    FOLLOW_UP = "follow_up"
    ITEM_ISSUE = "item_issue"


SERVICE = {
    EffectKind.ROOM: "slack",
    EffectKind.INVITE: "slack",
    EffectKind.POST: "slack",
    EffectKind.PIN: "slack",
    EffectKind.RETRACT: "slack",
    EffectKind.ISSUE: "github",
    EffectKind.COMMENT: "github",
    EffectKind.ISSUE_STATE: "github",
    EffectKind.ISSUE_BLANK: "github",
    EffectKind.CAPTURE: "slack",
    EffectKind.MIRROR: "github",
    EffectKind.HEAR: "github",
    EffectKind.REPLY: "github",
    EffectKind.ANSWER: "slack",
    EffectKind.PUBLISH: "git",
    EffectKind.AMEND: "git",
    EffectKind.VERIFY: "web",
    EffectKind.TELL: "slack",
    EffectKind.CATCH_UP: "slack",
    EffectKind.ASSESS: "agents",
    EffectKind.ROUND: "slack",
    EffectKind.FOLLOW_UP: "git",
    EffectKind.ITEM_ISSUE: "github",
}


#: What goes on while everything is stopped: answers to whoever asked, what is only read, and what is taken back.
GOES_ON = frozenset(
    {
        EffectKind.ANSWER,
        EffectKind.REPLY,
        EffectKind.CAPTURE,
        EffectKind.HEAR,
        EffectKind.VERIFY,
        EffectKind.RETRACT,
        EffectKind.ISSUE_BLANK,
    }
)


class Wanted(Frozen):
    """One outside effect to bring about.

    `needs` is a landmark that has to be there first (or have failed for good); `line` keeps effects in order; `at` is
    the time before which it is not to happen.
    `request` holds ids and the text to say, never what can be read from the incident when the effect is performed.
    """

    kind: EffectKind
    provides: Landmark | None = None
    needs: Landmark | None = None
    line: str | None = None
    at: datetime | None = None
    request: dict[str, str] = {}

    @property
    def service(self) -> str:
        """The outside service it goes to; its lane is named so."""
        return SERVICE[self.kind]


@dataclass(frozen=True)
class Happened:
    """One event, with the incident before (None: it is new) and after; `number` is the event's on its timeline."""

    before: Incident | None
    incident: Incident
    event: Event
    number: int
    owner: Actor | None

    @property
    def queued(self) -> bool:
        return self.incident.state is State.QUEUED


def has_room(incident: Incident) -> bool:
    """Whether it lives in a room of its own; otherwise in the thread of its announcement."""
    return incident.private or incident.places.room is not None or level_of(incident).room


def invite(people: tuple[Actor | None, ...], needs: Landmark = Landmark.ROOM) -> Wanted:
    """Invite those who are Slack accounts, each once."""
    known = dict.fromkeys(person for person in people if person and person[:1] in {"U", "W"})
    return Wanted(kind=EffectKind.INVITE, needs=needs, request={"people": ",".join(known)})


def post(
    what: str,
    to: str,
    *,
    provides: Landmark | None = None,
    needs: Landmark | None = None,
    line: str | None = None,
    event: int | None = None,
    at: datetime | None = None,
) -> Wanted:
    """A message: `what` names its view; messages about events come in their order. `at` is when it is to be said."""
    request = {"say": what, "to": to} | ({} if event is None else {"event": str(event)})
    ordered = line or (to if what == "change" else None)
    waits = needs or (Landmark.ANNOUNCEMENT if to == ALERTS_THREAD else None)
    return Wanted(kind=EffectKind.POST, provides=provides, needs=waits, line=ordered, at=at, request=request)


def where(incident: Incident) -> str:
    """Where those who work on it read: its room, else the thread of its announcement."""
    return ROOM if has_room(incident) else ALERTS_THREAD


def line(it: Happened) -> list[Wanted]:
    """A line for the people who work on it, where they work on it."""
    return [post("change", where(it.incident), needs=Landmark.CARD, event=it.number)]


def notices(incident: Incident, what: str, event: int | None = None, *, but: Actor = "") -> list[Wanted]:
    """A direct message to everybody who reported it, but not to `but`, who did it.

    Whoever has only GitHub gets it as a comment.
    """
    reporters = [reporter for reporter in incident.reporters if reporter != but]
    told = [post(what, f"dm:{each}", event=event) for each in reporters if not each.startswith(GITHUB)]
    outside = any(each.startswith(GITHUB) for each in reporters) and not incident.private and what not in _COMMENTED
    said = Wanted(kind=EffectKind.COMMENT, needs=Landmark.ISSUE, line="issue", request={"say": what})
    return [*told, *([said] if outside else [])]


def comment(it: Happened) -> list[Wanted]:
    """The issue's comment about the event."""
    if it.incident.private:
        return []
    return [Wanted(kind=EffectKind.COMMENT, needs=Landmark.ISSUE, line="issue", request={"event": str(it.number)})]


def issue_follows(it: Happened, state: str = "") -> list[Wanted]:
    """The comment that says what happened, then the issue's labels and, where `state` says so, whether it is open."""
    return [*comment(it), *labels_follow(it.incident, state)]


def labels_follow(incident: Incident, state: str = "") -> list[Wanted]:
    """The issue's labels and, where `state` is `open` or `closed`, whether it is open."""
    if incident.private:
        return []
    request = {"state": state} if state else {}
    return [Wanted(kind=EffectKind.ISSUE_STATE, needs=Landmark.ISSUE, line="issue", request=request)]
