"""Investigations in a real database of each kind: one works on each, and what is over stays over."""

import asyncio
from datetime import timedelta

import pytest

from bot.errors import Refused
from bot.evidence.model import Evidence, window
from bot.incident.model import HOLDFAST, Incident, Milestones
from bot.investigation.model import Investigation, Kind, Stage, State, Step, Word
from bot.storage import investigations
from bot.storage.db import Database
from bot.storage.investigations import Lost
from tests.bot.rows import saved
from tests.clock import START

LEASE = timedelta(seconds=60)


async def begun(database: Database, incident: Incident | None = None, question: str = "") -> Investigation:
    """A new investigation, of a new incident where none is given."""
    one = incident or await saved(database)
    async with database.write() as connection:
        kind = Kind.INVESTIGATION
        new = await investigations.prepared(connection, one.id, kind, "U0ANA", question, START)
        await investigations.begin(connection, new)
    return new


async def take(
    database: Database, one: Investigation, attempt: int = 0, work: str = "w"
) -> tuple[Investigation, str] | None:
    async with database.write() as connection:
        return await investigations.take(connection, one.id, attempt, work, START + LEASE)


async def test_it_is_due_until_somebody_works_on_it(database: Database) -> None:
    """At once; not while it is held; and again when whoever held it has been silent for too long."""
    one = await begun(database)
    async with database.read() as connection:
        assert await investigations.due(connection, START) == [(one.id, 0)]
    assert await take(database, one) is not None
    async with database.read() as connection:
        assert await investigations.due(connection, START) == []
        assert await investigations.due(connection, START + LEASE) == [(one.id, 1)]


async def test_two_that_take_it_at_once_do_not_both_get_it(database: Database) -> None:
    """One works on it, the others leave it alone."""
    one = await begun(database)
    taken = await asyncio.gather(*(take(database, one, work=f"w{number}") for number in range(6)))
    assert sum(each is not None for each in taken) == 1


async def test_the_same_work_goes_on_after_a_crash_and_its_former_self_writes_nothing(database: Database) -> None:
    """Taken again by the same piece of work it has a new holder; the old one's writes are refused."""
    one = await begun(database)
    first = await take(database, one)
    again = await take(database, one)
    assert first is not None
    assert again is not None
    assert first[1] != again[1]
    assert again[0].attempt == 2
    with pytest.raises(Lost):
        async with database.write() as connection:
            await investigations.hold(connection, one.id, first[1], START + LEASE)
    async with database.write() as connection:
        await investigations.go_on(connection, one.id, again[1], State.COLLECTING)


async def test_what_is_stopped_is_stopped(database: Database) -> None:
    """Whoever works on it can write nothing more, nobody can take it, and it cannot be stopped twice."""
    one = await begun(database)
    taken = await take(database, one)
    assert taken is not None
    async with database.write() as connection:
        stopped = await investigations.stop(connection, one.id, "U0BEN", START)
    assert (stopped.state, stopped.stopped_by) == (State.STOPPED, "U0BEN")
    with pytest.raises(Lost):
        async with database.write() as connection:
            await investigations.go_on(connection, one.id, taken[1], State.COLLECTING)
    assert await take(database, one, attempt=1, work="other") is None
    with pytest.raises(Refused, match="over"):
        async with database.write() as connection:
            await investigations.stop(connection, one.id, "U0BEN", START)


async def test_numbers_are_in_a_row_and_everything_comes_back_as_it_went_in(database: Database) -> None:
    """Question, evidence and who asked are read as they were written; of each incident the first is number 1."""
    incident = await saved(database)
    first = await begun(database, incident, "Is it the database?")
    second = await begun(database, incident)
    evidence = Evidence(window=window(Milestones(declared=START), START))
    async with database.write() as connection:
        await investigations.save_evidence(connection, first.id, evidence)
    async with database.read() as connection:
        found = await investigations.of_incident(connection, incident.id)
    assert [each.number for each in found] == [1, 2]
    assert found[0] == first.model_copy(update={"evidence": evidence})
    assert found[1] == second


async def test_a_line_of_progress_takes_the_place_of_its_earlier_self(database: Database) -> None:
    """Of lines with one key the newest is shown, where the first one stood."""
    one = await begun(database)
    lines = [
        Step(stage=Stage.TRIAGE, key="a", text="pods", word=Word.RUNNING),
        Step(stage=Stage.TRIAGE, key="b", text="nodes", word=Word.DONE),
        Step(stage=Stage.TRIAGE, key="a", text="pods: 3", word=Word.DONE),
    ]
    for line in lines:
        async with database.write() as connection:
            await investigations.add_step(connection, one.id, line, START)
    async with database.read() as connection:
        assert await investigations.steps(connection, one.id) == [lines[2], lines[1]]


async def test_an_incident_that_is_over_ends_what_looks_into_it(database: Database) -> None:
    """All of it stops at once, but what was asked for the written record."""
    incident = await saved(database)
    one = await begun(database, incident)
    async with database.write() as connection:
        record = await investigations.prepared(connection, incident.id, Kind.POSTMORTEM, HOLDFAST, "", START)
        await investigations.begin(connection, record)
        assert await investigations.stop_all(connection, incident.id, HOLDFAST, START) == [one.id]
        assert (await investigations.get(connection, one.id) or one).state is State.STOPPED
        assert (await investigations.get(connection, record.id) or one).state is State.ASKED


async def test_everything_is_stopped_once_and_released_once(database: Database) -> None:
    """Of two who stop everything the first is remembered; released, it goes on and can be stopped again."""
    async with database.write() as connection:
        assert await investigations.halted(connection) is None
        await investigations.halt(connection, "U0VIKTOR", START)
        await investigations.halt(connection, "U0BOB", START + LEASE)
        assert await investigations.halted(connection) == investigations.Halt(by="U0VIKTOR", at=START)
        await investigations.release(connection, "U0BOB", START + LEASE)
        assert await investigations.halted(connection) is None
        await investigations.halt(connection, "U0BOB", START + LEASE)
        assert (await investigations.halted(connection) or investigations.Halt(by="", at=START)).by == "U0BOB"
