"""What agents propose: written once a call, in the transaction of its answer; a row runs nothing by itself."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.incident.model import Frozen
from bot.storage.db import upsert
from bot.storage.tables import proposals


class Proposal(Frozen):
    """One proposal. `kind` says what the shape of `body` is: fix, action_item or status_update, or,
    where a change is prepared, edit (`bot.change.overlay.Write`) and gave_up.
    """

    run_id: str
    agent: str
    tool_use_id: str
    incident_id: str
    kind: str
    body: dict[str, Any]
    at: datetime


async def add(
    connection: AsyncConnection,
    run_id: str,
    agent: str,
    tool_use_id: str,
    incident_id: str,
    kind: str,
    body: Mapping[str, Any],
    at: datetime,
) -> None:
    """Write it down. Written before, it stays as it was: a call that is answered again proposes nothing new."""
    values = {
        "run_id": run_id,
        "agent": agent,
        "tool_use_id": tool_use_id,
        "incident_id": incident_id,
        "kind": kind,
        "body": dict(body),
        "at": at,
    }
    await connection.execute(upsert(connection)(proposals).values(**values).on_conflict_do_nothing())


async def get(connection: AsyncConnection, run_id: str, agent: str, tool_use_id: str) -> Proposal | None:
    """What this call proposed, if it was written."""
    c = proposals.c
    query = select(proposals).where(c.run_id == run_id, c.agent == agent, c.tool_use_id == tool_use_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return None if row is None else _proposal(row)


async def of_run(connection: AsyncConnection, run_id: str, agent: str) -> Sequence[Proposal]:
    """All that an agent has proposed in a run, the oldest first; of one turn in no order."""
    query = select(proposals).where(proposals.c.run_id == run_id, proposals.c.agent == agent)
    rows = await connection.execute(query.order_by(proposals.c.at, proposals.c.tool_use_id))
    return [_proposal(row) for row in rows.mappings()]


async def of_incident(connection: AsyncConnection, incident_id: str) -> Sequence[Proposal]:
    """All that was proposed about an incident, the oldest first."""
    query = select(proposals).where(proposals.c.incident_id == incident_id)
    rows = await connection.execute(query.order_by(proposals.c.at, proposals.c.agent, proposals.c.tool_use_id))
    return [_proposal(row) for row in rows.mappings()]


async def count(connection: AsyncConnection, run_id: str) -> int:
    """How many a run has made."""
    query = select(func.count()).select_from(proposals).where(proposals.c.run_id == run_id)
    return int((await connection.execute(query)).scalar_one())


def _proposal(row: RowMapping) -> Proposal:
    return Proposal.model_validate(dict(row))
