"""What Alertmanager told of, read back from the timelines of incidents."""

from datetime import timedelta

import pytest

from bot.evidence.model import Grade, Piece
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import ALERTMANAGER, Event, EventKind, Incident, Report
from bot.sources.alerts import AlertSource
from bot.sources.source import About, NotSetUp
from bot.storage import incidents
from bot.storage.db import Database
from tests.bot.incident.examples import MINUTE, NOW, an_incident
from tests.bot.sources.shown import about, ask

SERVICES = (Service(name="nextcloud"), Service(name="mail"))
HEARD = [("Down, Slow", EventKind.ALERT_FIRED, 20), ("Slow", EventKind.ALERT_FIRED, 15)]


def event(names: str, kind: EventKind, minutes: float) -> Event:
    """Told so many minutes ago."""
    return Event(
        kind=kind, at=NOW - MINUTE * minutes, by=ALERTMANAGER, text="It does not answer.", data={"alert": names}
    )


async def told(
    database: Database, number: int, service: str, *heard: tuple[str, EventKind, float], **changes: object
) -> Incident:
    """An incident, and what was heard of its alerts."""
    incident = an_incident(
        id=f"incident-{number}", number=number, report=Report(service=service, what="alerts"), **changes
    )
    async with database.write() as connection:
        return await incidents.save(connection, incident, [event(*each) for each in heard], NOW)


def asked(incident: Incident) -> About:
    """About it, now."""
    window = about(*SERVICES).window.model_copy(
        update={"started": NOW - 30 * MINUTE, "detected": NOW - 20 * MINUTE, "until": NOW}
    )
    return About(incident, SERVICES, Catalogue(services=SERVICES), window, "")


async def pieces(database: Database, incident: Incident) -> list[Piece]:
    """What it shows."""
    return list((await ask(AlertSource(database, listens=True), 0, asked(incident))).pieces)


async def test_an_alert_lasts_until_it_stopped(database: Database) -> None:
    """However often it was told of in between; each name by itself."""
    incident = await told(
        database, 1, "nextcloud", *HEARD, ("Slow", EventKind.ALERT_STOPPED, 5), ("Slow", EventKind.ALERT_STOPPED, 4)
    )
    slow, down = await pieces(database, incident)
    assert (slow.title, slow.at, slow.ended) == ("Slow", NOW - 20 * MINUTE, NOW - 5 * MINUTE)
    assert (down.title, down.at, down.ended) == ("Down", NOW - 20 * MINUTE, None)
    assert (down.service, down.subject, down.grade, down.source) == (
        "nextcloud",
        "alert/Down",
        Grade.CRITICAL,
        "Alertmanager",
    )


async def test_other_incidents_of_what_it_needs_count_where_everybody_may_know(database: Database) -> None:
    """Not those that are private, a test, of something else, or long ago."""
    mine = await told(database, 1, "nextcloud")
    fired = ("MailDown", EventKind.ALERT_FIRED, 10.0)
    await told(database, 2, "mail", fired)
    await told(database, 3, "mail", ("Hidden", EventKind.ALERT_FIRED, 10.0), private=True)
    await told(database, 4, "mail", ("Tried", EventKind.ALERT_FIRED, 10.0), test=True)
    await told(database, 5, "blog", ("BlogDown", EventKind.ALERT_FIRED, 10.0))
    await told(database, 6, "mail", ("Old", EventKind.ALERT_FIRED, timedelta(days=3) / MINUTE))
    assert [(piece.title, piece.service) for piece in await pieces(database, mine)] == [("MailDown", "mail")]


async def test_a_private_incident_knows_its_own(database: Database) -> None:
    """Its evidence is seen by those who see it."""
    mine = await told(database, 1, "nextcloud", *HEARD, private=True)
    assert {piece.title for piece in await pieces(database, mine)} == {"Down", "Slow"}


async def test_where_nobody_can_tell_anything(database: Database) -> None:
    """That is no quiet: it is said."""
    mine = await told(database, 1, "nextcloud")
    with pytest.raises(NotSetUp, match="HOLDFAST_WEBHOOK_TOKEN is not set"):
        await ask(AlertSource(database, listens=False), 0, asked(mine))
