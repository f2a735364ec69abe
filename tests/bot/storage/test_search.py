"""What is asked is what is found: by words and facts, a page at a time, on both databases, and nothing private."""

import html
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from alembic import command
from alembic.config import Config
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from bot.errors import Refused
from bot.incident.model import HOLDFAST, Incident, Milestones, State, Update
from bot.incident.schemes import SCHEMES
from bot.incident.search import OPEN, Asker, Page, Query, parse
from bot.storage import incidents
from bot.storage.db import MIGRATIONS, Database, open_database
from bot.storage.incidents import IncidentStore
from tests.bot.incident.examples import ANA, BOB, CATALOGUE, CY, NOW, a_report, an_incident

OWNER = "U0OWNER"
ASKER = Asker(actor=ANA, now=NOW)


async def saved(database: Database, *many: dict[str, Any]) -> list[Incident]:
    """An incident for each of these changes; `what` and `service` are of its report."""
    async with database.write() as connection:
        return [await _saved(connection, dict(changes)) for changes in many]


async def _saved(connection: Any, changes: dict[str, Any]) -> Incident:  # Any: whatever a test cares for
    number = await incidents.next_number(connection, "incident")
    report = a_report(**{key: changes.pop(key) for key in ("what", "service") if key in changes})
    fresh = {"id": str(uuid4()), "number": number, "report": report, "title": report.what[:80]}
    return await incidents.save(connection, an_incident(**fresh, **changes), (), NOW)


def store(database: Database) -> IncidentStore:
    return IncidentStore(database, frozenset({OWNER}))


async def numbers(database: Database, asked: str | Query, viewer: str = CY, **where: int) -> list[int]:
    """The numbers of what is found for this question."""
    query = parse(asked, ASKER, SCHEMES["sev"], CATALOGUE) if isinstance(asked, str) else asked
    found = await store(database).found(viewer, query, Page(**where), 10)
    return [incident.number for incident in found.incidents]


async def test_words_and_facts(database: Database) -> None:
    """Every word has to be there, or one that begins with it; every fact has to hold."""
    old = NOW - timedelta(days=30)
    await saved(
        database,
        {"what": "Certificates of the mail server have expired"},
        {"what": "502 Bad Gateway 🔥", "service": "Immich (photos)", "severity": "SEV1", "reporter": BOB},
        {"what": "Café menu is slow", "state": State.CLOSED, "lead": BOB},
        {"what": "База данных недоступна", "milestones": Milestones(declared=old), "state": State.RESOLVED},
    )
    for asked, expected in {
        "": [2, 1],
        "all": [4, 3, 2, 1],
        "certificate": [1],
        "certificate mail": [1],
        "certificate cafe": [],
        "CAFE": [3],
        "502": [2],
        "🔥": [2],
        "данных": [4],
        "баз": [4],
        "inc-3": [3],
        "service:immich": [2],
        "sev:1": [2],
        "status:closed": [3],
        "status:over": [4, 3],
        "by:<@U0BOB>": [2],
        "lead:<@U0BOB> all": [3],
        "since:7d": [3, 2, 1],
        "since:7d status:over": [3],
        "all since:60d nextcloud": [4, 3, 1],
    }.items():
        assert await numbers(database, asked) == expected, asked


async def test_the_index_follows_the_incident(database: Database) -> None:
    """What is said about it later finds it; what no longer stands there does not."""
    (incident,) = await saved(database, {"what": "first words"})
    said = Update(text="zebra crossing", at=NOW, by=ANA)
    async with database.write() as connection:
        changed = incident.model_copy(update={"last_update": said, "title": "second", "state": State.RESOLVED})
        await incidents.save(connection, changed, (), NOW)
    assert await numbers(database, "zebra") == [1]
    assert await numbers(database, "second") == [1]
    assert await numbers(database, "") == []


async def test_a_change_that_is_taken_back_is_taken_out_of_the_index(database: Database) -> None:
    """Index and incident are one transaction."""

    async def changed_our_mind() -> None:
        async with database.write() as connection:
            await _saved(connection, {"what": "zebra"})
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await changed_our_mind()
    assert await numbers(database, "zebra") == []


async def test_pages_lead_to_one_another(database: Database) -> None:
    """Older and newer, without a gap or a repetition, also while new ones come in; the ends say so."""
    await saved(database, *({"what": f"zebra {n}"} for n in range(25)))
    here = store(database)
    for query in (OPEN, Query(words=("zebra",)), Query()):
        first = await here.found(CY, query, Page(), 10)
        second = await here.found(CY, query, Page(before=first.incidents[-1].number), 10)
        last = await here.found(CY, query, Page(before=second.incidents[-1].number), 10)
        seen = [i.number for page in (first, second, last) for i in page.incidents]
        assert seen == list(range(25, 0, -1))
        assert [(p.newer, p.older) for p in (first, second, last)] == [(False, True), (True, True), (True, False)]
        back = await here.found(CY, query, Page(after=last.incidents[0].number), 10)
        assert (back.incidents, back.newer, back.older) == (second.incidents, True, True)
        newest = await here.found(CY, query, Page(after=second.incidents[0].number), 10)
        assert (newest.incidents, newest.newer) == (first.incidents, False)
    await saved(database, {"what": "zebra, the newest"})
    again = await here.found(CY, Query(), Page(after=15), 10)
    assert (again.incidents[0].number, again.newer) == (25, True)
    whole = await here.found(CY, Query(), Page(after=20), 10)
    assert [i.number for i in whole.incidents] == list(range(26, 16, -1)), "the newest page is whole"
    gone = await here.found(CY, Query(), Page(before=1), 10)
    assert (gone.incidents, gone.newer) == (whole.incidents, False), "a page that is gone is the newest"


QUESTIONS: Sequence[str] = ("", "all", "zebra", "service:nextcloud", "sev:2", "status:open", "by:<@U0ANA>", "since:1d")


@pytest.mark.parametrize("question", QUESTIONS)
async def test_nobody_finds_what_they_may_not_see(database: Database, question: str) -> None:
    """Private incidents are left out before pages are cut, so not even a button tells of them."""
    await saved(database, *({"what": "zebra", "private": n % 2 == 0} for n in range(20)))
    query = parse(question, ASKER, SCHEMES["sev"], CATALOGUE)
    for viewer, expected in ((CY, 10), (OWNER, 20), (ANA, 20), (HOLDFAST, 20)):
        found = await store(database).found(viewer, query, Page(), 10)
        assert found.older is (expected > 10), viewer
        more = await store(database).found(viewer, query, Page(before=found.incidents[-1].number), 10)
        assert len({i.number for i in (*found.incidents, *more.incidents)}) == expected, viewer


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
@example('"')
@example("\x00")
@example("a AND (b OR")
@example("NEAR(a b) words:x *")
@example("'; DROP TABLE incidents; --")
@example("a & !b | c <-> d :*")
@example("\ud800")
@example("0<0>")
async def test_whatever_is_typed_is_a_word_and_never_syntax(database: Database, typed: str) -> None:
    """What was written is found by the same text, in both languages of search; nothing breaks."""
    words = typed.replace("\x00", "").encode(errors="ignore").decode()
    (incident,) = await saved(database, {"what": f"zebra {words}"})
    try:
        query = parse(f"zebra {html.escape(typed, quote=False)}", ASKER, SCHEMES["sev"], CATALOGUE)  # as Slack sends it
    except Refused:
        return
    asked = query.model_copy(update={"states": (), "service": "", "since": None, "lead": "", "reporter": ""})
    found = await numbers(database, asked.model_copy(update={"severity": ""}))
    assert incident.number in found


async def test_what_was_there_before_is_found_after_the_upgrade(database_url: str) -> None:
    """The migration takes in the incidents that are there, as saving them would."""
    database = open_database(database_url)
    await database.migrate()
    (incident,) = await saved(database, {"what": "zebra crossing", "lead": BOB, "private": True, "reporter": BOB})
    async with database.write() as connection:
        await connection.run_sync(_back_and_forth)
    assert await numbers(database, "zebra lead:<@U0BOB>", OWNER) == [incident.number]
    assert await numbers(database, "zebra", CY) == []
    async with database.write() as connection:
        await incidents.save(connection, incident, (), NOW)
    assert await numbers(database, "zebra", OWNER) == [incident.number]
    await database.close()


def _back_and_forth(connection: Connection) -> None:
    """As it was before the index was there; then upgrade."""
    for table in ("search_words", "searchable", "homes", "alert_groups"):
        connection.execute(text(f"DROP TABLE {table}"))
    connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, "0002")
