"""The rows behind every outside effect, and behind the messages that are edited in place."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import RowMapping, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Frozen, Place
from bot.incident.wanted import EffectKind, Landmark, Wanted
from bot.storage.counters import next_number
from bot.storage.db import upsert
from bot.storage.tables import effects, surfaces

WAITING, DONE, FAILED = "waiting", "done", "failed"
#: An incident has at most one of each, however often it comes to want it.
ONE_EACH = {Landmark.ROOM.value, Landmark.PRIVATE_ROOM.value, Landmark.ISSUE.value}


class Effect(Frozen):
    """One outside effect as its row stands. `intent_at` is set while an attempt may have reached the outside.

    `incident_id` is empty for an answer to somebody, which is about none.
    """

    id: str
    number: int
    incident_id: str
    kind: EffectKind
    service: str
    provides: Landmark | None
    needs: Landmark | None
    line: str | None
    request: dict[str, str]
    state: str
    attempt: int
    intent_at: datetime | None
    retry_at: datetime
    problem: str
    result: dict[str, Any] | None  # Any: what the service answered, in our words, as JSON
    created_at: datetime

    @property
    def marker(self) -> str:
        """What the outside keeps for us, so that we find our own work again."""
        return f"holdfast:{self.id}"


class Surface(Frozen):
    """A message (or topic) that shows the incident; `digest` is of what was last rendered into it."""

    incident_id: str
    name: str
    channel: str
    ts: str
    wanted: int
    shown: int
    attempt: int
    retry_at: datetime
    digest: str
    problem: str


async def add(
    connection: AsyncConnection, incident_id: str, version: int, wanted: Sequence[Wanted], now: datetime
) -> None:
    """Write one row an effect; their ids derive from the incident and the version that wanted them.

    A room or an issue that is there, or on its way, is not wanted again.
    """
    had = await connection.execute(
        select(effects.c.provides).where(effects.c.incident_id == incident_id, effects.c.state.in_((WAITING, DONE)))
    )
    once = ONE_EACH & set(had.scalars())
    wanted = [effect for effect in wanted if effect.provides not in once]
    if not wanted:
        return
    first = await next_number(connection, "effect", len(wanted))
    rows = [
        _new(str(uuid5(UUID(incident_id), f"{version}.{place}")), first + place, incident_id, effect, now)
        for place, effect in enumerate(wanted)
    ]
    await connection.execute(insert(effects), rows)


def _new(id: str, number: int, incident_id: str | None, wanted: Wanted, now: datetime) -> dict[str, object]:
    return {
        "id": id,
        "number": number,
        "incident_id": incident_id,
        "kind": wanted.kind.value,
        "service": wanted.service,
        "provides": wanted.provides,
        "needs": wanted.needs,
        "line": wanted.line,
        "request": wanted.request,
        "state": WAITING,
        "attempt": 0,
        "intent_at": None,
        "retry_at": max(now, wanted.at or now),
        "problem": "",
        "result": None,
        "created_at": now,
        "done_at": None,
    }


async def add_answer(connection: AsyncConnection, submission: str, wanted: Wanted, now: datetime) -> None:
    """Write the row of an answer to somebody, about no incident; its id derives from the submission it answers."""
    number = await next_number(connection, "effect")
    await connection.execute(insert(effects), [_new(str(uuid5(NAMESPACE_URL, submission)), number, None, wanted, now)])


async def last_answer(connection: AsyncConnection, kind: EffectKind, about: Mapping[str, str]) -> datetime | None:
    """When an answer of that kind, whose request says all of this, was wanted last."""
    wanted = [effects.c.request[key].as_string() == value for key, value in about.items()]
    query = select(func.max(effects.c.created_at)).where(effects.c.kind == kind.value, *wanted)
    last: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return last


async def get(connection: AsyncConnection, effect_id: str, *, lock: bool = False) -> Effect | None:
    """The row; with `lock` it is held until the transaction ends."""
    query = select(effects).where(effects.c.id == effect_id)
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return None if row is None else _effect(row)


async def waiting(connection: AsyncConnection, incident_id: str | None = None) -> Sequence[Effect]:
    """Every effect that is not yet done, oldest first; of one incident, or of all."""
    query = select(effects).where(effects.c.state == WAITING).order_by(effects.c.number)
    if incident_id is not None:
        query = query.where(effects.c.incident_id == incident_id)
    return [_effect(row) for row in (await connection.execute(query)).mappings()]


async def of_incident(connection: AsyncConnection, incident_id: str) -> Sequence[Effect]:
    """Every effect of an incident, oldest first."""
    query = select(effects).where(effects.c.incident_id == incident_id).order_by(effects.c.number)
    return [_effect(row) for row in (await connection.execute(query)).mappings()]


async def failed(connection: AsyncConnection, incident_id: str) -> Sequence[Effect]:
    """The effects of an incident that were given up."""
    query = select(effects).where(effects.c.state == FAILED, effects.c.incident_id == incident_id)
    return [_effect(row) for row in (await connection.execute(query)).mappings()]


async def posted(connection: AsyncConnection, incident_id: str) -> Sequence[tuple[str, Place]]:
    """Every message of ours about the incident, oldest first: what it says, and where it is."""
    done = (effects.c.incident_id == incident_id, effects.c.kind == EffectKind.POST.value, effects.c.state == DONE)
    query = select(effects.c.request, effects.c.result).where(*done).order_by(effects.c.number)
    rows = (await connection.execute(query)).all()
    return [(asked["say"], Place(channel=at["channel"], ts=at["ts"])) for asked, at in rows if at and "ts" in at]


async def change(connection: AsyncConnection, effect_id: str, **values: object) -> None:
    """Write some columns of a row."""
    await connection.execute(update(effects).where(effects.c.id == effect_id).values(**values))


async def show(
    connection: AsyncConnection, incident_id: str, name: str, place: Place, digest: str, at: datetime
) -> None:
    """From now on this message is the surface `name`; `digest` is of what it shows. It is compared anew at `at`."""
    values = {"channel": place.channel, "ts": place.ts, "attempt": 0, "retry_at": at, "digest": digest, "problem": ""}
    row = {"incident_id": incident_id, "name": name, "wanted": 1, "shown": 0} | values
    await connection.execute(
        upsert(connection)(surfaces)
        .values(**row)
        .on_conflict_do_update(index_elements=["incident_id", "name"], set_=values | {"wanted": surfaces.c.wanted + 1})
    )


async def want_shown(connection: AsyncConnection, incident_id: str, name: str | None = None) -> None:
    """Ask for every surface of the incident, or the one of that name, to be rendered anew."""
    statement = update(surfaces).where(surfaces.c.incident_id == incident_id)
    statement = statement if name is None else statement.where(surfaces.c.name == name)
    await connection.execute(statement.values(wanted=surfaces.c.wanted + 1))


async def surface(connection: AsyncConnection, incident_id: str, name: str, *, lock: bool = False) -> Surface | None:
    """One surface of an incident, if it is there; with `lock` it is held until the transaction ends."""
    query = select(surfaces).where(surfaces.c.incident_id == incident_id, surfaces.c.name == name)
    row = (await connection.execute(query.with_for_update() if lock else query)).mappings().one_or_none()
    return None if row is None else Surface.model_validate(dict(row))


async def stale(connection: AsyncConnection, incident_id: str | None = None) -> Sequence[Surface]:
    """Every surface that does not show the newest version yet."""
    query = select(surfaces).where(surfaces.c.wanted > surfaces.c.shown)
    if incident_id is not None:
        query = query.where(surfaces.c.incident_id == incident_id)
    return [Surface.model_validate(dict(row)) for row in (await connection.execute(query)).mappings()]


async def change_surface(connection: AsyncConnection, of: Surface, **values: object) -> None:
    """Write some columns of a surface."""
    key = (surfaces.c.incident_id == of.incident_id) & (surfaces.c.name == of.name)
    await connection.execute(update(surfaces).where(key).values(**values))


def _effect(row: RowMapping) -> Effect:
    values = {name: value for name, value in row.items() if name != "done_at"}
    return Effect.model_validate(values | {"incident_id": row["incident_id"] or ""})
