"""The money for agents: held before each call, settled after it, and never lost with the process that held it.

All who reserve wait for one another, since they share the cap of the day: so that two cannot both take what is left for
one. Settling only ever makes room, and waits for nobody. A transaction may hold one of these acts beside other writes,
but not two: who holds a run and waits for the line may be waited for by who holds the line.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, RowMapping, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.budget.caps import (
    Cap,
    Caps,
    Granted,
    Run,
    Settlement,
    Totals,
    Verdict,
    day_of,
    decide,
    given_back,
    settlement,
)
from bot.budget.prices import Terms, Usage
from bot.errors import Refused
from bot.incident.model import Actor
from bot.storage.counters import next_number
from bot.storage.tables import reservations, runs

#: `REAPED` is settled at the most it can have cost, because its process is gone; one that is not gone after all may
#: still say better.
OPEN, SETTLED, REAPED = "open", "settled", "reaped"


class RunOver(Refused):
    """The run has ended, or never began."""

    rule = "run_over"


class Reserved(Refused):
    """This call was reserved before and may have been made: another attempt needs a reservation of its own."""

    rule = "reserved"


async def begin(connection: AsyncConnection, caps: Caps, run: Run, earmark: int) -> Verdict:
    """Begin a run, with so many micro-dollars kept for its last turn. Begun before, it is granted as it is."""
    await _in_line(connection)
    begun = (await connection.execute(select(runs.c.earmark).where(runs.c.id == run.id))).scalar_one_or_none()
    if begun is not None:
        return Granted(amount=int(begun))
    day = day_of(run.started_at)
    verdict = decide(caps, await _all_totals(connection, run.id, run.issue, run.person, day), earmark)
    if isinstance(verdict, Granted):
        row = run.model_dump() | {"day": day.isoformat(), "earmark": earmark}
        await connection.execute(insert(runs).values(row))
    return verdict


async def reserve(
    connection: AsyncConnection,
    caps: Caps,
    run_id: str,
    reservation_id: str,
    terms: Terms,
    now: datetime,
    until: datetime,
    *,
    last: bool = False,
) -> Verdict:
    """Hold the most that a call can cost, which may be made once this is committed. Refused, nothing is held.

    `last` is the turn that the run's earmark is for, and counts on the day of its run. After `until` the call is taken
    for lost (`reap`). Raises RunOver and Reserved.
    """
    await _in_line(connection)
    query = select(runs).where(runs.c.id == run_id).with_for_update(key_share=True)
    run = (await connection.execute(query)).mappings().one_or_none()
    if run is None or run["ended_at"] is not None:
        raise RunOver("This run is over, so nothing more is spent on it.")
    known = select(reservations.c.id).where(reservations.c.id == reservation_id)
    if (await connection.execute(known)).scalar_one_or_none() is not None:
        raise Reserved("This call may have been made already, and is not made twice for one price.")
    day = date.fromisoformat(run["day"]) if last else day_of(now)
    totals = await _all_totals(connection, run_id, run["issue"], run["person"], day)
    verdict = decide(caps, totals, terms.worst, run["earmark"] if last else 0)
    if isinstance(verdict, Granted):
        await _give_back(connection, run_id, -verdict.promised)
        await connection.execute(
            insert(reservations).values(
                id=reservation_id,
                run_id=run_id,
                day=day.isoformat(),
                state=OPEN,
                amount=verdict.amount,
                promised=verdict.promised,
                cost=0,
                estimated=False,
                terms=terms.model_dump(mode="json"),
                reserved_at=now,
                until=until,
            )
        )
    return verdict


async def settle(
    connection: AsyncConnection, reservation_id: str, usage: Usage | None, now: datetime, *, complete: bool
) -> Settlement:
    """Book what a call has cost that was sent. `complete`: its answer is whole. Settled before, nothing changes.

    `usage` is what the provider told, also of an answer that broke off; None where it told nothing (`read_usage`).
    """
    row = await _held(connection, reservation_id)
    booked = settlement(Terms.model_validate(row["terms"]), usage, complete=complete)
    return await _book(connection, row, booked, SETTLED, now, usage)


async def release(connection: AsyncConnection, reservation_id: str, now: datetime) -> Settlement:
    """Book nothing: the call was not sent, or was refused before any answer. Settled before, nothing changes."""
    row = await _held(connection, reservation_id)
    return await _book(connection, row, Settlement(cost=0, estimated=False), SETTLED, now)


async def reap(connection: AsyncConnection, now: datetime) -> Sequence[str]:
    """Book the worst case for every call whose time is over without a word of its process; their ids."""
    return await _lost(connection, reservations.c.until <= now, now)


async def abandon(connection: AsyncConnection, run_id: str, now: datetime) -> Sequence[str]:
    """The same for all of a run, for whoever takes it over: what its former process had under way is lost."""
    return await _lost(connection, reservations.c.run_id == run_id, now)


async def finish(connection: AsyncConnection, run_id: str, now: datetime) -> Totals:
    """End a run: what was kept for its last turn is free, and nothing more is spent. Calls under way can be settled."""
    ended = update(runs).where(runs.c.id == run_id, runs.c.ended_at.is_(None)).values(ended_at=now, earmark=0)
    await connection.execute(ended)
    return await of_run(connection, run_id)


async def of_run(connection: AsyncConnection, run_id: str) -> Totals:
    """What a run has cost and holds."""
    return await _totals(connection, runs.c.id == run_id)


async def of_issue(connection: AsyncConnection, issue: str) -> Totals:
    """What all runs about an incident or a request have cost and hold."""
    return await _totals(connection, runs.c.issue == issue)


async def of_day(connection: AsyncConnection, day: date) -> Totals:
    """What was spent and is held on a day (UTC)."""
    return await _totals(connection, None, day)


async def of_person(connection: AsyncConnection, person: Actor, day: date) -> Totals:
    """What was spent and is held on a day (UTC) for what one person has started."""
    return await _totals(connection, runs.c.person == person, day)


async def _in_line(connection: AsyncConnection) -> None:
    """Wait until whoever reserved before has committed; held until this transaction ends."""
    await next_number(connection, "reservation")


async def _all_totals(
    connection: AsyncConnection, run_id: str, issue: str, person: Actor | None, day: date
) -> dict[Cap, Totals]:
    totals = {
        Cap.RUN: await of_run(connection, run_id),
        Cap.ISSUE: await of_issue(connection, issue),
        Cap.DAY: await of_day(connection, day),
    }
    return totals if person is None else totals | {Cap.PERSON: await of_person(connection, person, day)}


async def _totals(connection: AsyncConnection, of_runs: ColumnElement[bool] | None, day: date | None = None) -> Totals:
    """Summed over the calls and the earmarks of these runs, on this day only where one is given."""
    kept = select(func.coalesce(func.sum(runs.c.earmark), 0))
    calls = select(
        func.coalesce(func.sum(reservations.c.cost), 0),
        func.coalesce(func.sum(case((reservations.c.estimated, reservations.c.cost), else_=0)), 0),
        func.coalesce(func.sum(case((reservations.c.state == OPEN, reservations.c.amount), else_=0)), 0),
    )
    if of_runs is not None:
        calls, kept = calls.join(runs, runs.c.id == reservations.c.run_id).where(of_runs), kept.where(of_runs)
    if day is not None:
        calls = calls.where(reservations.c.day == day.isoformat())
        kept = kept.where(runs.c.day == day.isoformat())
    # one statement, as a last turn that is settled meanwhile moves money from the one sum to the other
    query = calls.add_columns(kept.correlate(None).scalar_subquery())
    spent, estimated, held, earmarked = (await connection.execute(query)).one()
    return Totals(spent=int(spent), estimated=int(estimated), held=int(held) + int(earmarked))


async def _held(connection: AsyncConnection, reservation_id: str) -> RowMapping:
    query = select(reservations).where(reservations.c.id == reservation_id).with_for_update(key_share=True)
    return (await connection.execute(query)).mappings().one()


async def _lost(connection: AsyncConnection, which: ColumnElement[bool], now: datetime) -> Sequence[str]:
    query = select(reservations).where(reservations.c.state == OPEN, which).order_by(reservations.c.id)
    rows = (await connection.execute(query.with_for_update(key_share=True))).mappings().all()
    for row in rows:
        booked = settlement(Terms.model_validate(row["terms"]), None, complete=False)
        await _book(connection, row, booked, REAPED, now)
    return [row["id"] for row in rows]


async def _book(
    connection: AsyncConnection,
    row: RowMapping,
    booked: Settlement,
    state: str,
    now: datetime,
    usage: Usage | None = None,
) -> Settlement:
    """Settle a reservation that is held by this transaction, and give back what it did not need of its promise."""
    if row["state"] == SETTLED:
        beyond = max(0, row["cost"] - row["amount"])
        return Settlement(cost=row["cost"], estimated=row["estimated"], beyond=beyond)
    back = given_back(row["promised"], booked.cost)
    await connection.execute(
        update(reservations)
        .where(reservations.c.id == row["id"])
        .values(
            state=state,
            cost=booked.cost,
            estimated=booked.estimated,
            promised=row["promised"] - back,
            usage=None if usage is None else usage.model_dump(),
            settled_at=now,
        )
    )
    await _give_back(connection, row["run_id"], back)
    return booked


async def _give_back(connection: AsyncConnection, run_id: str, amount: int) -> None:
    """To the earmark of a run; one that has ended has none any more."""
    statement = update(runs).where(runs.c.id == run_id, runs.c.ended_at.is_(None))
    await connection.execute(statement.values(earmark=runs.c.earmark + amount))
