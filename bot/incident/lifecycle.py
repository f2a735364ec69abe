"""Where an incident may go from where it stands: one table, and the one function that moves along it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from bot.errors import Refused
from bot.incident.model import Actor, Event, EventKind, Frozen, Incident, Milestones, Moved, State

#: Somebody has it in hand. Between any two of these a move is allowed, both ways; a skipped one simply has no time.
WORKING = (State.TRIAGING, State.INVESTIGATING, State.IDENTIFIED, State.MITIGATING, State.MONITORING)


class Move(Frozen):
    """A row of the table. `reason` means that a person has to say why."""

    source: State
    target: State
    when: str
    kind: EventKind = EventKind.STATE_CHANGED
    reason: bool = False


def _rows(sources: Sequence[State], target: State, when: str, kind: EventKind, reason: bool = False) -> list[Move]:
    return [Move(source=source, target=target, when=when, kind=kind, reason=reason) for source in sources]


_MOVED = EventKind.STATE_CHANGED

MOVES: tuple[Move, ...] = (
    *_rows([State.REPORTED], State.TRIAGING, "the reporter is trusted", _MOVED),
    *_rows([State.REPORTED], State.QUEUED, "the reporter is not trusted", _MOVED),
    *_rows([State.QUEUED], State.TRIAGING, "accepted", EventKind.ACCEPTED),
    *_rows([State.QUEUED, State.TRIAGING, State.INVESTIGATING], State.DECLINED, "declined", EventKind.DECLINED, True),
    *[row for to in WORKING for row in _rows([s for s in WORKING if s is not to], to, "work goes on", _MOVED)],
    *_rows(WORKING, State.RESOLVED, "resolved", EventKind.RESOLVED),
    *_rows([State.REPORTED, State.QUEUED, *WORKING], State.MERGED, "merged", EventKind.MERGED),
    *_rows([State.RESOLVED], State.CLOSED, "closed", EventKind.CLOSED),
    *_rows([State.RESOLVED, State.CLOSED], State.INVESTIGATING, "reopened", EventKind.REOPENED, True),
    *_rows([State.DECLINED], State.TRIAGING, "reopened", EventKind.REOPENED, True),
)
_TABLE: dict[State, dict[State, Move]] = {
    state: {row.target: row for row in MOVES if row.source is state} for state in State
}

#: The milestone that a state stands for. Going back takes away the times of what turned out not to be so.
_MILESTONES = (
    (State.IDENTIFIED, "identified"),
    (State.MONITORING, "mitigated"),
    (State.RESOLVED, "all_clear"),
    (State.CLOSED, "closed"),
)
_ORDER = tuple(State)

#: What can be done from each state, in words, for whoever was refused something else.
_INSTEAD: dict[State, str] = {
    State.REPORTED: "It was only just reported; try again in a moment.",
    State.QUEUED: "It waits to be let in: accept or decline it first.",
    State.TRIAGING: "It can move to another stage of work, be resolved, or be declined.",
    State.INVESTIGATING: "It can move to another stage of work, be resolved, or be declined.",
    State.IDENTIFIED: "It can move to another stage of work, or be resolved.",
    State.MITIGATING: "It can move to another stage of work, or be resolved.",
    State.MONITORING: "It can move to another stage of work, or be resolved.",
    State.RESOLVED: "It can be closed, or reopened with a reason.",
    State.CLOSED: "It can be reopened with a reason.",
    State.DECLINED: "It can be reopened with a reason.",
    State.MERGED: "That is final; carry on in the incident it was merged into.",
}


def stages(incident: Incident) -> tuple[State, ...]:
    """The stages of work it may go to by a plain change of status; none where it is not being worked on."""
    return tuple(s for s in WORKING if s is not incident.state) if incident.state in WORKING else ()


def move(incident: Incident, to: State, by: Actor, at: datetime, reason: str = "", **data: str) -> Moved:
    """The incident after the move, and the one event that says so. `data` is added to the event's.

    Raises Refused, saying what is possible instead, where the table has no such move or it needs a reason.
    """
    row = _TABLE[incident.state].get(to)
    if row is None:
        why = f"already {to}" if incident.state is to else f"{incident.state}, so it cannot become {to}"
        raise Refused(f"{incident.key} is {why}. {_INSTEAD[incident.state]}")
    if row.reason and not reason.strip():
        sentence = f"Please say why, so that others can follow: {incident.key} goes from {incident.state} to {to}."
        raise Refused(sentence, {"reason": sentence})
    event = Event(
        kind=row.kind,
        at=at,
        by=by,
        text=reason.strip(),
        data={"from": incident.state.value, "to": to.value, **data},
    )
    after = incident.model_copy(update={"state": to, "milestones": _milestones(incident.milestones, to, at)})
    return Moved(incident=after, events=(event,))


def _milestones(had: Milestones, to: State, at: datetime) -> Milestones:
    """Sets the time of the state entered, unless it has one; clears those of later states."""
    if to not in _ORDER[: _ORDER.index(State.CLOSED) + 1]:
        return had
    changed: dict[str, datetime | None] = {}
    for state, name in _MILESTONES:
        if _ORDER.index(state) > _ORDER.index(to):
            changed[name] = None
        elif state is to and getattr(had, name) is None:
            changed[name] = at
    if to is not State.RESOLVED and to is not State.CLOSED:
        changed["restored"] = None
    return had.model_copy(update=changed)


def diagram() -> str:
    """The table as a Mermaid state diagram; stages of work stand in one box, since each leads to each."""
    lines = ["stateDiagram-v2", "    [*] --> reported", "    state working {"]
    lines += [f"        {left} --> {right}" for left, right in pairwise(WORKING)]
    lines += ["    }", "    note right of working: any stage may follow any other"]
    for when, target in dict.fromkeys((row.when, row.target) for row in MOVES):
        sources = [row.source for row in MOVES if (row.when, row.target) == (when, target)]
        if set(sources) >= set(WORKING):
            lines.append(f"    working --> {target}: {when}")
            sources = [source for source in sources if source not in WORKING]
        lines += [f"    {s} --> {target}: {when}" for s in sources if not {s, target} <= set(WORKING)]
    return "\n".join([*lines, f"    {State.MERGED} --> [*]", f"    {State.CLOSED} --> [*]"]) + "\n"
