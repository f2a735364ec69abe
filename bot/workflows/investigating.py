"""What people ask of those who look into an incident: begin, stop, what was wrong with it, and an end to everything."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.engine import Json
from bot.errors import NotFound, Refused
from bot.incident.asking import About, Request, required
from bot.incident.model import Event, EventKind, Incident, Moved
from bot.incident.policy import may
from bot.incident.requests_investigation import DidThis, Halt, Investigate, Release, StopInvestigation, Wrong
from bot.investigation.model import Investigation, Kind
from bot.investigation.starting import may_start
from bot.ports import Outcome
from bot.storage import audit, budget, homes, incidents, investigations
from bot.workflows.story import Desk, with_actor
from bot.workflows.transition import Change, House, saved

#: What is done with one investigation, while it and its incident are held: what happened.
Do = Callable[[AsyncConnection, Incident, Investigation, datetime], Awaitable[Event]]


async def investigate(desk: Desk, id: str, payload: Json) -> Outcome:
    """Look into it, from now on, with a question or without; where it is over, for its written record."""
    request = Investigate.model_validate(payload)
    members = await desk.incidents.members(request.incident)

    def decide(incident: Incident, others: list[Investigation], now: datetime) -> Moved:
        kind = Kind.INVESTIGATION if incident.is_open else Kind.POSTMORTEM
        may_start(kind, incident, desk.rights(request.actor), with_actor(request, incident, members), others)
        chosen = {} if request.models is None else {"models": "yes" if request.models else "no"}
        data = {"kind": kind.value, "after": request.after, **chosen}
        begun = Event(
            kind=EventKind.INVESTIGATION_BEGUN, at=now, by=request.actor, text=request.question.strip(), data=data
        )
        seen = {} if request.models is None else {"models": request.models}
        return Moved(incident=incident.model_copy(update=seen), events=(begun,))

    async def others(connection: AsyncConnection) -> list[Investigation]:
        return list(await investigations.of_incident(connection, request.incident))

    say = "{} is being looked into. What is found is posted where it is worked on."
    return await desk.change_with(id, "investigate", request, others, decide, lambda one: say.format(one.key))


async def stop(desk: Desk, id: str, payload: Json) -> Outcome:
    """An end to one, at once; its money is free."""
    request = StopInvestigation.model_validate(payload)

    async def do(connection: AsyncConnection, incident: Incident, one: Investigation, now: datetime) -> Event:
        await investigations.stop(connection, one.id, request.actor, now)
        await budget.finish(connection, one.id, now)
        data = {"investigation": one.id, "number": str(one.number)}
        return Event(kind=EventKind.INVESTIGATION_STOPPED, at=now, by=request.actor, data=data)

    return await _about(desk, id, "stop_investigation", request, request.investigation, do, "It is stopped.")


async def wrong(desk: Desk, id: str, payload: Json) -> Outcome:
    """What was found is not so; the reason is evidence from now on."""
    request = Wrong.model_validate(payload)
    required(reason=(request.reason, "Say what is wrong with it; whoever looks next reads it."))

    async def do(connection: AsyncConnection, incident: Incident, one: Investigation, now: datetime) -> Event:
        data = {"investigation": one.id, "number": str(one.number)}
        return Event(kind=EventKind.FINDINGS_WRONG, at=now, by=request.actor, text=request.reason.strip(), data=data)

    said = "Thank you. It is evidence now; whoever looks next reads it."
    return await _about(desk, id, "wrong", request, request.investigation, do, said)


async def did_this(desk: Desk, id: str, payload: Json) -> Outcome:
    """Somebody ran a command that an investigation named; it goes on the timeline as it was named."""
    request = DidThis.model_validate(payload)

    async def do(connection: AsyncConnection, incident: Incident, one: Investigation, now: datetime) -> Event:
        commands = one.findings.commands if one.findings else ()
        if not 0 <= request.command < len(commands):
            raise Refused("There is no such command in these findings any more.")
        data = {"investigation": one.id, "number": str(one.number), "command": str(request.command)}
        said = commands[request.command].command
        return Event(kind=EventKind.COMMAND_RUN, at=now, by=request.actor, text=said, data=data)

    return await _about(desk, id, "did_this", request, request.investigation, do, "It is on the timeline.")


async def halt(desk: Desk, id: str, payload: Json) -> Outcome:
    """Everything stops: agents, and all that we say but answers to people, until somebody releases it."""
    request = Halt.model_validate(payload)
    said = "Everything is stopped until an approver releases it. Reports are still taken in."
    return await _everything(desk, id, "halt", request, investigations.halt, said)


async def release(desk: Desk, id: str, payload: Json) -> Outcome:
    """What was stopped goes on."""
    request = Release.model_validate(payload)
    return await _everything(desk, id, "release", request, investigations.release, "Everything goes on.")


async def _everything(
    desk: Desk,
    id: str,
    act: str,
    request: Request,
    do: Callable[[AsyncConnection, str, datetime], Awaitable[None]],
    said: str,
) -> Outcome:
    async def write(connection: AsyncConnection, now: datetime) -> Outcome:
        may(act, desk.rights(request.actor))
        await do(connection, request.actor, now)
        await audit.record(connection, now, request.actor, act, "everything", {})
        await homes.all_changed(connection, now)
        return Outcome(ok=True, text=said)

    return await desk.transitions.record(Change(id, request.actor, act), write)


async def _about(desk: Desk, id: str, act: str, request: About, which: str, do: Do, said: str) -> Outcome:
    """Do something with one investigation of an incident, if the person may."""
    members = await desk.incidents.members(request.incident)

    async def decide(connection: AsyncConnection, now: datetime) -> Outcome:
        incident = await incidents.locked(connection, request.incident)
        desk.permit(act, request, incident, members)
        one = await investigations.get(connection, which)
        if one is None or one.incident_id != incident.id:
            raise NotFound("There is no such investigation of this incident.")
        event = await do(connection, incident, one, now)
        moved = Moved(incident=incident, events=(event,))
        await saved(connection, change, incident, moved, now, House.of(desk.file))
        return Outcome(ok=True, text=said, incident_id=incident.id)

    change = Change(id, request.actor, act)
    return await desk.transitions.record(change, decide)
