"""Alerts in their transaction: however many say it at once, on however many replicas, a service has one incident."""

import asyncio
from datetime import timedelta

from bot.incident.alerts import Alert, Group
from bot.incident.model import ALERTMANAGER, EventKind
from bot.settings import File
from bot.storage.db import Database, open_database
from tests.bot.incident.examples import BOB, CATALOGUE, CY, a_report
from tests.bot.rows import count
from tests.bot.workflows.conftest import Office
from tests.clock import ManualClock


def group(office: Office, key: str, service: str = "nextcloud") -> dict[str, object]:
    """One alert of a service, which began a minute ago."""
    labels = {"alertname": f"Down {key}", "severity": "critical", "namespace": service}
    began = office.clock.now() - timedelta(minutes=1)
    alert = Alert(name=labels["alertname"], labels=labels, firing=True, started=began)
    return {"group": Group(key=key, firing=True, alerts=(alert,)).model_dump(mode="json")}


async def test_two_replicas_and_a_person_at_once(database_url: str, clock: ManualClock) -> None:
    """Twenty groups on two replicas while somebody declares the same: one incident, whoever comes first."""
    databases = [open_database(database_url) for _ in range(2)]
    await databases[0].migrate()
    file = File.model_validate({"slack": {"owner": BOB}, "services": CATALOGUE.model_dump()["services"]})
    offices = [Office(database, clock, file) for database in databases]
    report = a_report(service="Nextcloud").model_dump(mode="json")
    told = [offices[n % 2].tell("alert", f"alert:{n}", ALERTMANAGER, **group(offices[0], f"g{n}")) for n in range(20)]
    told.insert(7, offices[1].tell("declare", "view:1", CY, report=report))
    outcomes = await asyncio.gather(*told)
    assert all(outcome.ok for outcome in outcomes)
    found = await offices[0].store.listed("U0BOB", limit=50)
    assert [CY in incident.reporters for incident in found] == [True]
    events = [event for incident in found for event in await offices[0].store.timeline(incident.id)]
    assert len([event for event in events if event.kind is EventKind.ALERT_FIRED]) == 20
    for database in databases:
        await database.close()


async def test_the_same_submission_changes_nothing(office: Office) -> None:
    """Run again after a crash, or by another replica, it finds what it did."""
    for _ in range(3):
        assert (await office.tell("alert", "alert:1", ALERTMANAGER, **group(office, "g"))).ok
    assert await count(office.database, "incidents") == 1
    assert await count(office.database, "alert_groups") == 1


async def test_an_alert_that_fails_half_way_writes_nothing(office: Office, database: Database) -> None:
    """Incident, memory of the group and index are one transaction."""
    async with database.write() as connection:
        await connection.exec_driver_sql("DROP TABLE search_words")
    failed = await asyncio.gather(
        office.tell("alert", "alert:1", ALERTMANAGER, **group(office, "g")), return_exceptions=True
    )
    assert isinstance(failed[0], Exception)
    for table in ("incidents", "alert_groups", "searchable", "submissions"):
        assert await count(office.database, table) == 0
