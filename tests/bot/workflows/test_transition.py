"""Stories in their transaction: once for each submission, whole or not at all, and only where the rules allow it."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from bot.incident.model import EventKind, State
from bot.incident.requests import WORKFLOWS
from bot.incident.requests_changes import OF_CHANGES
from bot.incident.requests_investigation import OF_INVESTIGATIONS
from bot.ports import Outcome
from bot.storage import audit, effects
from bot.workflows import STORIES
from tests.bot.incident.examples import ANA, BOB, CY, a_report
from tests.bot.rows import count
from tests.bot.workflows.conftest import GUEST, Office

TABLES = ("incidents", "events", "effects", "audit", "submissions")


async def _counts(office: Office) -> dict[str, int]:
    return {table: await count(office.database, table) for table in TABLES}


def test_every_request_has_its_story() -> None:
    """The names are the same on both sides, so nothing that can be submitted is lost."""
    with_more = {"write", "publish", "repository_pushed", *OF_INVESTIGATIONS, *OF_CHANGES}
    assert {*STORIES, *with_more} == WORKFLOWS.keys()


async def test_a_story_writes_everything_at_once(office: Office) -> None:
    """Incident, timeline, audit, effects and the answer; then the dispatcher is woken."""
    report = a_report().model_dump(mode="json")
    outcome = await office.tell("declare", "view:1", report=report)
    assert outcome.ok
    assert outcome.text.startswith("INC-1 is declared as SEV2.")
    written = await _counts(office)
    assert all(written.values()), written
    assert written["audit"] == written["submissions"] == 1
    assert await audit.check(office.database) is None
    assert office.woken == [True]


@pytest.mark.parametrize("table", TABLES)
async def test_a_story_that_fails_half_way_writes_nothing(office: Office, table: str) -> None:
    """Whichever table refuses, the others are as they were."""
    incident = await office.declared()
    async with office.database.write() as connection:
        for statement in _refusing(table, office.database.is_sqlite):
            await connection.execute(text(statement))
    before = await _counts(office)
    with pytest.raises(Exception, match="refused here"):
        await office.tell("severity", "view:2", incident=incident.id, severity="SEV1", reason="the database is gone")
    assert await _counts(office) == before
    assert await office.now(incident) == incident
    assert len(office.woken) == 1


def _refusing(table: str, is_sqlite: bool) -> list[str]:
    """Statements after which a table refuses what is written to it."""
    if is_sqlite:
        verbs = ("INSERT", "UPDATE") if table in {"incidents", "submissions"} else ("INSERT",)
        return [
            f"CREATE TRIGGER no_{verb} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'refused here'); END"
            for verb in verbs
        ]
    return [
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused here'; END $$",
        f"CREATE TRIGGER no BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION no()",
    ]


async def test_the_same_submission_is_one_change_and_one_answer(office: Office) -> None:
    """A workflow that runs again after a crash finds what it did, also when the incident has gone on since."""
    incident = await office.declared()
    first = await office.tell("lead", "click:1", BOB, incident=incident.id, lead=BOB)
    await office.tell("lead", "click:2", CY, incident=incident.id, lead=CY, instead_of=BOB)
    before = await _counts(office)
    assert await office.tell("lead", "click:1", BOB, incident=incident.id, lead=BOB) == first
    assert await _counts(office) == before
    assert (await office.now(incident)).lead == CY


async def test_the_same_declaration_is_one_incident(office: Office) -> None:
    """And it has one number."""
    report = a_report().model_dump(mode="json")
    answers = [await office.tell("declare", "view:1", report=report) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert await count(office.database, "incidents") == 1


@pytest.mark.parametrize("story", ["declare", "lead", "update"])
async def test_the_same_submission_at_the_same_moment_is_one_change(office: Office, story: str) -> None:
    """Two replicas that both believe it is theirs give the same answer, and one of them changes something."""
    incident = await office.declared()
    payload: dict[str, dict[str, Any]] = {  # Any: as the stories want it
        "declare": {"report": a_report(what="Another thing").model_dump(mode="json")},
        "lead": {"incident": incident.id, "lead": ANA},
        "update": {"incident": incident.id, "text": "We look."},
    }
    before = await count(office.database, "submissions")
    runs = (office.tell(story, "view:9", **payload[story]) for _ in range(5))
    answers: list[Outcome] = await asyncio.gather(*runs)
    assert answers == [answers[0]] * 5
    assert answers[0].ok
    assert await count(office.database, "submissions") == before + 1
    assert await count(office.database, "audit") == before + 1


async def test_of_two_racing_clicks_one_wins(office: Office) -> None:
    """Five people take the lead at once: one leads, and the others are told who."""
    incident = await office.declared()
    people = [ANA, BOB, CY]
    outcomes = await asyncio.gather(
        *(office.tell("lead", f"click:{person}", person, incident=incident.id, lead=person) for person in people)
    )
    led = (await office.now(incident)).lead
    assert [outcome.ok for outcome in outcomes].count(True) == 1
    assert outcomes[people.index(led or "")].ok
    assert all(f"<@{led}> leads INC-1 already" in outcome.text for outcome in outcomes if not outcome.ok)
    timeline = await office.store.timeline(incident.id)
    assert [event.kind for event in timeline].count(EventKind.LEAD_CHANGED) == 1


async def test_different_changes_at_once_all_count(office: Office) -> None:
    """Nobody's change is overwritten by somebody else's, and each entry has a number of its own."""
    incident = await office.declared()
    await asyncio.gather(
        *(office.tell("update", f"view:u{n}", incident=incident.id, text=f"Update {n}") for n in range(8)),
        office.tell("lead", "click:l", CY, incident=incident.id, lead=CY),
        office.tell("status", "view:s", incident=incident.id, state="identified"),
    )
    after = await office.now(incident)
    assert (after.lead, after.state) == (CY, State.IDENTIFIED)
    assert after.version == incident.version + 10
    assert len(await office.store.timeline(incident.id)) == 2 + 10
    assert await audit.check(office.database) is None


async def test_a_refusal_changes_nothing_and_uses_nothing_up(office: Office) -> None:
    """The sentence says why; no row, no number, no effect, nothing woken; the same submission may come again."""
    incident = await office.declared()
    before = await _counts(office)
    refused = await office.tell("close", "click:1", incident=incident.id)
    assert not refused.ok
    assert "resolve it first" in refused.text
    nothing = await office.tell("update", "view:1", incident=incident.id, text=" ")
    assert set(nothing.fields) == {"text"}
    future = a_report(started="2099-01-01T00:00:00Z").model_dump(mode="json")
    assert set((await office.tell("declare", "view:2", report=future)).fields) == {"started"}
    assert await _counts(office) == before
    assert len(office.woken) == 1
    assert (await office.tell("update", "view:1", incident=incident.id, text="We look.")).ok
    assert (await office.declared(what="The next one", service="DNS")).number == 2


@pytest.mark.parametrize(
    ("story", "payload"),
    [
        ("update", {"text": " "}),
        ("close", {}),
        ("lead", {"lead": BOB}),
        ("severity", {"severity": "SEV2", "reason": ""}),
        ("decline", {"checked": ""}),
    ],
)
async def test_whoever_may_not_is_told_that_first(office: Office, story: str, payload: dict[str, object]) -> None:
    """The policy is asked before the rules: a guest is told nothing about the incident that would be refused anyway."""
    incident = await office.declared()
    before = await office.now(incident)
    outcome = await office.tell(story, "click:1", GUEST, incident=incident.id, **payload)
    assert not outcome.ok
    assert outcome.fields == {}
    assert "Guests" in outcome.text or "trusted" in outcome.text
    assert await office.now(incident) == before


async def test_what_nobody_may_see_is_not_there(office: Office) -> None:
    """A private incident and one that does not exist are refused alike, with nothing that tells them apart."""
    incident = await office.declared(security=True)
    hidden = await office.tell("update", "click:1", CY, incident=incident.id, text="hello")
    missing = await office.tell("update", "click:2", CY, incident="00000000-0000-0000-0000-000000000000", text="hello")
    assert not hidden.ok
    assert not missing.ok
    assert hidden.text == missing.text
    assert hidden.incident_id == missing.incident_id == ""


async def test_effects_know_their_event(office: Office) -> None:
    """A line in the room speaks of the entry that caused it, by its number on the timeline."""
    incident = await office.declared()
    await office.tell("update", "view:1", incident=incident.id, text="We look.")
    async with office.database.read() as connection:
        waiting = await effects.waiting(connection, incident.id)
    numbers = {effect.request["event"] for effect in waiting if "event" in effect.request}
    spoken = {(await office.store.event(incident.id, int(number))).kind for number in numbers}
    assert EventKind.UPDATED in spoken
