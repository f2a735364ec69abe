"""Investigations in the database: who works on one, how far it is, what it found; and whether everything is stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.evidence.model import Evidence
from bot.incident.model import Actor
from bot.investigation.lifecycle import move
from bot.investigation.model import Investigation, Kind, Stage, State, Step, Word
from bot.investigation.standing import Halt as Halt  # noqa: PLC0414 - callers know it from here
from bot.storage.counters import next_number
from bot.storage.tables import halts, investigation_steps, investigations

#: Somebody works on it, or will.
OPEN = (State.ASKED.value, State.COLLECTING.value, State.LOOKING.value)
#: Columns that are ours alone, and no part of an investigation.
_OURS = frozenset({"holder", "due_at"})


class Lost(Exception):
    """Somebody else works on it now, or it is over: whoever notices stops, and writes nothing more."""


async def prepared(
    connection: AsyncConnection, incident_id: str, kind: Kind, by: Actor, question: str, now: datetime
) -> Investigation:
    """A new one, which is not written yet. Whoever calls holds the incident, so that numbers are in a row."""
    last = select(func.coalesce(func.max(investigations.c.number), 0)).where(
        investigations.c.incident_id == incident_id
    )
    number = int((await connection.execute(last)).scalar_one()) + 1
    return Investigation(
        id=str(uuid5(UUID(incident_id), f"investigation.{number}")),
        incident_id=incident_id,
        number=number,
        kind=kind,
        state=State.ASKED,
        by=by,
        question=question,
        asked_at=now,
    )


async def begin(connection: AsyncConnection, one: Investigation) -> None:
    """Write it; it is due at once."""
    row = one.model_dump(exclude={"evidence", "report", "findings"}) | {"holder": "", "due_at": one.asked_at}
    await connection.execute(insert(investigations).values(row))


async def get(connection: AsyncConnection, id: str, *, lock: bool = False) -> Investigation | None:
    """One of them; with `lock` its row is held until the transaction ends."""
    query = select(investigations).where(investigations.c.id == id)
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return None if row is None else _investigation(row)


async def is_open(connection: AsyncConnection, id: str) -> bool:
    """Whether it goes on; asked before every call of an agent, so that nothing else of it is read."""
    query = select(investigations.c.id).where(investigations.c.id == id, investigations.c.state.in_(OPEN))
    return (await connection.execute(query)).first() is not None


async def of_incident(connection: AsyncConnection, incident_id: str) -> Sequence[Investigation]:
    """All of an incident's, the oldest first."""
    query = select(investigations).where(investigations.c.incident_id == incident_id)
    rows = (await connection.execute(query.order_by(investigations.c.number))).mappings()
    return [_investigation(row) for row in rows]


async def last_of(connection: AsyncConnection, incident_id: str) -> Investigation | None:
    """The newest of an incident's."""
    query = select(investigations).where(investigations.c.incident_id == incident_id)
    row = (await connection.execute(query.order_by(investigations.c.number.desc()).limit(1))).mappings().one_or_none()
    return None if row is None else _investigation(row)


async def due(connection: AsyncConnection, now: datetime) -> Sequence[tuple[str, int]]:
    """Id and attempt of each that nobody works on and that is not over."""
    columns = select(investigations.c.id, investigations.c.attempt)
    query = columns.where(investigations.c.state.in_(OPEN), investigations.c.due_at <= now)
    return [(row.id, row.attempt) for row in await connection.execute(query.order_by(investigations.c.due_at))]


async def take(
    connection: AsyncConnection, id: str, attempt: int, work: str, until: datetime
) -> tuple[Investigation, str] | None:
    """Work on it from now on, and keep others away until then: the investigation, and the name of whoever holds it.

    `work` is the name of the piece of work that does; begun again after a crash it is the same, and goes on. None
    where another piece has taken it, or it is over.
    """
    query = select(investigations).where(investigations.c.id == id).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None or row["state"] not in OPEN:
        return None
    again = row["holder"].startswith(f"{work}#")
    if row["attempt"] != attempt and not again:
        return None
    holder = f"{work}#{uuid4()}"
    values = {"holder": holder, "due_at": until, "attempt": row["attempt"] + 1}
    await connection.execute(update(investigations).where(investigations.c.id == id).values(values))
    return _investigation({**row, **values}), holder


async def hold(connection: AsyncConnection, id: str, holder: str, until: datetime) -> None:
    """Keep others away for longer. Raises Lost."""
    await _write(connection, id, holder, {"due_at": until})


async def go_on(
    connection: AsyncConnection, id: str, holder: str, to: State, **values: Any
) -> None:  # Any: columns, each of its own type
    """Move it, and keep what came of it. Raises Lost, and Refused for a move that there is not."""
    query = select(investigations.c.state).where(investigations.c.id == id).with_for_update()
    now = State((await connection.execute(query)).scalar_one())
    if now is not to:
        if now.value not in OPEN:
            raise Lost
        move(now, to)
    await _write(connection, id, holder, {"state": to.value, **values})


async def save_evidence(connection: AsyncConnection, id: str, evidence: Evidence) -> None:
    """All that is known of evidence now."""
    statement = update(investigations).where(investigations.c.id == id)
    await connection.execute(statement.values(evidence=evidence.model_dump(mode="json")))


async def stop(connection: AsyncConnection, id: str, by: Actor, now: datetime) -> Investigation:
    """End it: whoever works on it writes nothing more. Raises Refused where it is over."""
    query = select(investigations).where(investigations.c.id == id).with_for_update()
    row = (await connection.execute(query)).mappings().one()
    state = move(State(row["state"]), State.STOPPED)
    values = {"state": state.value, "stopped_by": by, "ended_at": now, "holder": ""}
    await connection.execute(update(investigations).where(investigations.c.id == id).values(values))
    return _investigation({**row, **values})


async def stop_all(connection: AsyncConnection, incident_id: str, by: Actor, now: datetime) -> Sequence[str]:
    """End all that is open of an incident that is over, and tell their ids.

    What was asked for the written record goes on.
    """
    mine = (investigations.c.incident_id == incident_id, investigations.c.kind != Kind.POSTMORTEM.value)
    statement = update(investigations).where(*mine, investigations.c.state.in_(OPEN))
    ended = {"state": State.STOPPED.value, "stopped_by": by, "ended_at": now, "holder": ""}
    stopped = await connection.execute(statement.values(ended).returning(investigations.c.id))
    return [str(id) for id in stopped.scalars()]


async def add_step(connection: AsyncConnection, id: str, step: Step, now: datetime) -> None:
    """One more line of progress."""
    number = await next_number(connection, f"steps:{id}")
    row = step.model_dump() | {"investigation_id": id, "number": number, "at": now}
    await connection.execute(insert(investigation_steps).values(row))


async def steps(connection: AsyncConnection, id: str) -> Sequence[Step]:
    """The lines of progress, in their order; of those with one key only the newest, where the first one stood."""
    query = select(investigation_steps).where(investigation_steps.c.investigation_id == id)
    rows = (await connection.execute(query.order_by(investigation_steps.c.number))).mappings()
    found: dict[str, Step] = {}
    for row in rows:
        found[row["key"]] = Step(
            stage=Stage(row["stage"]), key=row["key"], text=row["text"], agent=row["agent"], word=Word(row["word"])
        )
    return list(found.values())


async def halted(connection: AsyncConnection) -> Halt | None:
    """Who stopped everything, if it is stopped."""
    query = select(halts.c.by, halts.c.at).where(halts.c.released_at.is_(None))
    row = (await connection.execute(query.order_by(halts.c.number))).mappings().first()
    return None if row is None else Halt(by=row["by"], at=row["at"])


async def halt(connection: AsyncConnection, by: Actor, now: datetime) -> None:
    """Stop everything, if it is not stopped."""
    number = await next_number(connection, "halt")  # one after the other
    if await halted(connection) is None:
        await connection.execute(insert(halts).values(number=number, by=by, at=now))


async def release(connection: AsyncConnection, by: Actor, now: datetime) -> None:
    """Let everything go on."""
    statement = update(halts).where(halts.c.released_at.is_(None))
    await connection.execute(statement.values(released_by=by, released_at=now))


async def _write(connection: AsyncConnection, id: str, holder: str, values: dict[str, Any]) -> None:
    mine = (investigations.c.id == id, investigations.c.holder == holder)
    if (await connection.execute(update(investigations).where(*mine).values(values))).rowcount != 1:
        raise Lost


def _investigation(row: RowMapping | dict[str, Any]) -> Investigation:
    return Investigation.model_validate({name: value for name, value in row.items() if name not in _OURS})
