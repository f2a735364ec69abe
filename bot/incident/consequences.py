"""What a change sets off outside: from what happened to the effects that are wanted, as data."""

from enum import StrEnum

from bot.incident.model import Actor, Event, EventKind, Frozen, Incident, Moved, State
from bot.incident.schemes import level_of

#: Where a message goes: the alerts channel, the thread of the announcement there, the incident's room, or `dm:<user>`.
ALERTS, ALERTS_THREAD, ROOM = "alerts", "alerts-thread", "room"


class Landmark(StrEnum):
    """What an effect can bring about, and others can wait for."""

    ROOM = "room"
    ANNOUNCEMENT = "announcement"
    CARD = "card"
    ISSUE = "issue"


class EffectKind(StrEnum):
    """Every kind of outside effect; `bot/workflows/performers.py` says how each is done and found again."""

    ROOM = "room"
    INVITE = "invite"
    POST = "post"
    PIN = "pin"
    ISSUE = "issue"
    COMMENT = "comment"
    ISSUE_STATE = "issue_state"
    CAPTURE = "capture"
    MIRROR = "mirror"


SERVICE = {
    EffectKind.ROOM: "slack",
    EffectKind.INVITE: "slack",
    EffectKind.POST: "slack",
    EffectKind.PIN: "slack",
    EffectKind.ISSUE: "github",
    EffectKind.COMMENT: "github",
    EffectKind.ISSUE_STATE: "github",
    EffectKind.CAPTURE: "slack",
    EffectKind.MIRROR: "github",
}


class Wanted(Frozen):
    """One outside effect to bring about.

    `needs` is a landmark that has to be there first (or have failed for good); `line` keeps effects in order.
    `request` holds ids and the text to say, never what can be read from the incident when the effect is performed.
    """

    kind: EffectKind
    provides: Landmark | None = None
    needs: Landmark | None = None
    line: str | None = None
    request: dict[str, str] = {}

    @property
    def service(self) -> str:
        """The outside service it goes to; its lane is named so."""
        return SERVICE[self.kind]


def consequences(before: Incident | None, moved: Moved, first_event: int, owner: Actor | None) -> tuple[Wanted, ...]:
    """The effects that a change wants, in the order in which people should see them.

    `before` is None for a new incident; `first_event` is the number of the first of `moved.events` on its timeline.
    """
    incident = moved.incident
    wanted: list[Wanted] = []
    for offset, event in enumerate(moved.events):
        wanted += _of(before, incident, event, first_event + offset, owner)
    return tuple(wanted)


def _of(before: Incident | None, incident: Incident, event: Event, number: int, owner: Actor | None) -> list[Wanted]:
    queued = incident.state is State.QUEUED
    match event.kind:
        case EventKind.DECLARED:
            said = _notice(incident, "queued" if queued else "reported")
            return [*_announced(incident, owner), *([] if queued else _opened(incident, owner)), said]
        case EventKind.ACCEPTED:
            return [*_opened(incident, owner), _notice(incident, "accepted")]
        case EventKind.RESOLVED | EventKind.DECLINED | EventKind.REOPENED:
            reopened = event.kind is EventKind.REOPENED
            never_opened = before is not None and before.state is State.DECLINED and before.places.card is None
            begun = _opened(incident, owner) if reopened and never_opened else []
            told = [] if reopened else [_notice(incident, event.kind.value, number)]
            return [*begun, *_line(incident, number), *told, *_issue_follows(incident, number)]
        case EventKind.SEVERITY_CHANGED:
            grown = before is not None and has_room(incident) and not has_room(before) and not queued
            moved_in = _room(incident, owner) if grown else []
            called = [] if grown or before is None else _called(before, incident, owner)
            return [*moved_in, *called, *_line(incident, number), *_issue_follows(incident, number)]
        case EventKind.LEAD_CHANGED:
            invited = [_invite((incident.lead,))] if has_room(incident) and incident.lead else []
            return [*invited, *_line(incident, number), *_looked_into(before, incident)]
        case EventKind.UPDATED:
            also = [_post("change", ALERTS_THREAD, event=number)] if has_room(incident) and not incident.private else []
            told = [] if has_room(incident) or event.by == incident.reporter else [_notice(incident, "update", number)]
            return [*_line(incident, number), *also, *told, *_comment(incident, number)]
        case EventKind.STATE_CHANGED | EventKind.CLOSED | EventKind.CONFIRMED_FIXED if before is not None:
            return _line(incident, number)
        case EventKind.ACTION_ITEM_PROPOSED:
            return _among_us(incident, number)
        case kind if kind in CURATES:
            return _curated(incident, event, number)
    return []


#: What changes the entries that people put on the timeline.
CURATES = {
    EventKind.NOTED,
    EventKind.PINNED,
    EventKind.UNPINNED,
    EventKind.CAPTURED,
    EventKind.MESSAGE_EDITED,
    EventKind.MESSAGE_DELETED,
    EventKind.HIDDEN,
    EventKind.TIME_CORRECTED,
}


def _curated(incident: Incident, event: Event, number: int) -> list[Wanted]:
    """A message is read before it is mirrored, and again after each edit; each change of an entry is mirrored anew."""
    data = event.data
    if event.kind in (EventKind.PINNED, EventKind.MESSAGE_EDITED):
        request = {"channel": data.get("channel", ""), "ts": data.get("ts", "")}
        read = Wanted(kind=EffectKind.CAPTURE, line="capture", request=request)
        return [*_pins_told(incident, event), read]
    if event.kind is EventKind.NOTED:
        if data.get("public"):
            return [*_line(incident, number), *_mirror(incident, str(number))]
        return _among_us(incident, number)
    about = f"{data.get('channel', '')}:{data.get('ts', '')}" if "ts" in data else data.get("entry", "")
    return _mirror(incident, about)


def _among_us(incident: Incident, number: int) -> list[Wanted]:
    """A line in its room, where members are among themselves; the alerts channel has guests too."""
    return _line(incident, number) if has_room(incident) else []


def _mirror(incident: Incident, about: str) -> list[Wanted]:
    """The comment of an entry, by its number or its message, as the entry then stands. A drill has none."""
    if incident.test or (incident.private and incident.places.issue_number is None):
        return []
    return [Wanted(kind=EffectKind.MIRROR, needs=Landmark.ISSUE, line="issue", request={"entry": about})]


def _pins_told(incident: Incident, event: Event) -> list[Wanted]:
    """Once in an incident, where people pin: what a pin does."""
    if not event.data.get("first"):
        return []
    return [_post("pins", ROOM if has_room(incident) else ALERTS_THREAD, needs=Landmark.CARD)]


def has_room(incident: Incident) -> bool:
    """Whether it lives in a room of its own; otherwise in the thread of its announcement."""
    return incident.private or incident.places.room is not None or level_of(incident).room


def _announced(incident: Incident, owner: Actor | None) -> list[Wanted]:
    """In the alerts channel; a private report that waits goes to the owner instead, or nobody would hear of it."""
    if not incident.private:
        return [_post("announcement", ALERTS, provides=Landmark.ANNOUNCEMENT)]
    return [_post("card", f"dm:{owner}")] if owner and incident.state is State.QUEUED else []


def _opened(incident: Incident, owner: Actor | None) -> list[Wanted]:
    """Where it is worked on: room or thread, the card, and the issue."""
    if has_room(incident):
        opened = _room(incident, owner)
    else:
        card = _post("card", ALERTS_THREAD, provides=Landmark.CARD, needs=Landmark.ANNOUNCEMENT)
        opened = [card, *_screenshots(incident, ALERTS_THREAD)]
    issue = Wanted(kind=EffectKind.ISSUE, provides=Landmark.ISSUE, line="issue")
    return opened if incident.private else [*opened, issue]


def _room(incident: Incident, owner: Actor | None) -> list[Wanted]:
    called = (owner,) if level_of(incident).rank == 1 else ()
    return [
        Wanted(kind=EffectKind.ROOM, provides=Landmark.ROOM),
        _post("card", ROOM, provides=Landmark.CARD, needs=Landmark.ROOM),
        _invite((incident.reporter, incident.lead, *called)),
        Wanted(kind=EffectKind.PIN, needs=Landmark.CARD),
        _post("welcome", ROOM, needs=Landmark.CARD, line=ROOM),
        *_screenshots(incident, ROOM),
    ]


def _screenshots(incident: Incident, to: str) -> list[Wanted]:
    """The report's pictures, in a message of their own: Slack may refuse one, and then only they are missing."""
    return [_post("screenshots", to, needs=Landmark.CARD, line=to)] if incident.report.screenshots else []


def _called(before: Incident, incident: Incident, owner: Actor | None) -> list[Wanted]:
    """The owner, where it has become critical in a room that is there already."""
    critical = level_of(incident).rank == 1 < level_of(before).rank
    return [_invite((owner,))] if critical and owner and has_room(incident) else []


def _looked_into(before: Incident | None, incident: Incident) -> list[Wanted]:
    """The reporter hears once that somebody has it in hand."""
    first = before is not None and before.lead is None and incident.lead != incident.reporter
    return [_notice(incident, "investigating")] if first else []


def _invite(people: tuple[Actor | None, ...]) -> Wanted:
    """Invite those who are Slack accounts, each once."""
    known = dict.fromkeys(person for person in people if person and person[:1] in {"U", "W"})
    return Wanted(kind=EffectKind.INVITE, needs=Landmark.ROOM, request={"people": ",".join(known)})


def _post(
    what: str,
    to: str,
    *,
    provides: Landmark | None = None,
    needs: Landmark | None = None,
    line: str | None = None,
    event: int | None = None,
) -> Wanted:
    request = {"say": what, "to": to} | ({} if event is None else {"event": str(event)})
    ordered = line or (to if what == "change" else None)
    waits = needs or (Landmark.ANNOUNCEMENT if to == ALERTS_THREAD else None)
    return Wanted(kind=EffectKind.POST, provides=provides, needs=waits, line=ordered, request=request)


def _line(incident: Incident, number: int) -> list[Wanted]:
    """A line for the people who work on it, where they work on it."""
    if incident.private or has_room(incident):
        return [_post("change", ROOM, needs=Landmark.CARD, event=number)]
    return [_post("change", ALERTS_THREAD, needs=Landmark.CARD, event=number)]


def _notice(incident: Incident, what: str, event: int | None = None) -> Wanted:
    """A direct message to the reporter."""
    return _post(what, f"dm:{incident.reporter}", event=event)


def _comment(incident: Incident, number: int) -> list[Wanted]:
    if incident.private:
        return []
    return [Wanted(kind=EffectKind.COMMENT, needs=Landmark.ISSUE, line="issue", request={"event": str(number)})]


def _issue_follows(incident: Incident, number: int) -> list[Wanted]:
    """The comment that says what happened, and then the issue's labels and whether it is open."""
    if incident.private:
        return []
    state = Wanted(kind=EffectKind.ISSUE_STATE, needs=Landmark.ISSUE, line="issue")
    return [*_comment(incident, number), state]
