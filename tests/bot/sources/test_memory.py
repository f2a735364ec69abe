"""What is remembered of before is public, real and about something else; and what is like it is found again."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bot.adapters.git import Git
from bot.adapters.repository import Repository
from bot.evidence.model import KNOWN, Answer, Evidence, Kind, Spans, gather
from bot.evidence.said import people
from bot.evidence.written import Past, written
from bot.incident.catalogue import Catalogue, Service
from bot.incident.model import Incident, Milestones, Places, Resolution, State
from bot.postmortem.card import card
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read
from bot.redact import Redactor
from bot.sources.collect import about, remember
from bot.sources.memory import MemorySource
from bot.sources.source import About
from bot.storage import documents, incidents
from bot.storage import past as stored
from bot.storage.db import Database
from bot.storage.documents import Stored
from tests.bot.incident.examples import ANA, NOW, a_report, an_incident
from tests.remote import BRANCH, Remote

CATALOGUE = Catalogue(services=(Service(name="Nextcloud"), Service(name="Mail"), Service(name="CrowdSec")))
DOCUMENT = "# Post-mortem: Uploads failed\n\n**Affected services:** Nextcloud\n\n## Summary\n\nThe volume was full.\n"


async def happened(database: Database, **changes: Any) -> Incident:  # Any: whatever a test cares for
    """An incident of two months ago, over."""
    began = NOW - timedelta(days=60)
    what = changes.pop("what", "Uploads fail, no space left on the volume")
    service = changes.pop("service", "Nextcloud")
    usual: dict[str, Any] = {
        "title": what,
        "state": State.CLOSED,
        "report": a_report(what=what, service=service),
        "milestones": Milestones(declared=began, started=began),
        "resolution": Resolution(fix="The volume was made larger", cause="It was full", ended=began, by=ANA),
    }
    async with database.write() as connection:
        number = await incidents.next_number(connection, "incident")
        fresh = {"id": str(uuid4()), "number": number}
        return await incidents.save(connection, an_incident(**{**usual, **fresh, **changes}), (), NOW)


async def published(database: Database, name: str, text: str, incident: str = "") -> None:
    """A document in the repository, as last read."""
    reading = read(name, text, Policy())
    stored = Stored(name=name, incident=incident, text=text, card=card(text, reading), reading=reading)
    async with database.write() as connection:
        await documents.replace(connection, [stored], [])


def now(incident: Incident) -> About:
    """What is asked of it."""
    return about(incident, people(incident, ()), CATALOGUE, Spans(), NOW + timedelta(minutes=5))


async def past(database: Database, asked: About, source: MemorySource | None = None) -> Past:
    """What is remembered."""
    return await remember(source or MemorySource(database), asked, 30, Redactor())


CURRENT: dict[str, Any] = {
    "what": "Uploads fail with no space left",
    "state": State.TRIAGING,
    "resolution": None,
    "milestones": Milestones(declared=NOW, started=NOW),
}


async def test_nothing_private_no_test_and_nothing_of_itself_is_remembered(database: Database) -> None:
    """Nor what was merged into something else, nor a document about what is private by now."""
    seen = await happened(database)
    private = await happened(database, private=True)
    filed = await happened(database, private=True, places=Places(document="2026-01-02-filed.md"))
    await happened(database, test=True)
    await happened(database, state=State.MERGED, merged_into=seen.id)
    current = await happened(database, **CURRENT)
    await published(database, "2026-01-01-public.md", DOCUMENT)
    await published(database, "2026-01-02-filed.md", DOCUMENT)
    await published(database, "2026-01-03-private.md", DOCUMENT, private.key)
    await published(database, "2026-01-04-own.md", DOCUMENT, current.key)
    found = await past(database, now(current))
    assert {piece.subject for piece in found.pieces} == {seen.key, "2026-01-01-public.md"}
    assert filed.key not in str(found)
    of_the_private_one = await past(database, now(private))
    assert private.key not in {piece.subject for piece in of_the_private_one.pieces}


async def test_what_is_like_it_becomes_evidence_and_is_cited(database: Database) -> None:
    """With what fixed it, when it was, and where its record is read."""
    url = "https://github.example.com/x/infra/issues/7"
    seen = await happened(database, places=Places(issue_url=url))
    await happened(database, what="The certificate of the mail server ran out", service="Mail")
    current = await happened(database, **CURRENT)
    asked = now(current)
    found = await past(database, asked)
    evidence = gather(asked.window, people(current, ()))
    whole, report = written(evidence, CATALOGUE, current, found)
    (piece,) = [each for each in whole.pieces if each.kind is Kind.INCIDENT]
    assert (piece.subject, piece.link, piece.service) == (seen.key, url, "Nextcloud")
    assert piece.text.endswith("Fixed by: The volume was made larger\nCause: It was full")
    assert report.remembered == "Something like it happened to Nextcloud once before."
    assert [echo.piece for echo in report.similar] == [piece.id]


async def test_post_mortems_are_about_a_service_and_a_day(database: Database) -> None:
    """An incident and its post-mortem have one subject, so they count once."""
    seen = await happened(database)
    await published(database, "2026-01-05-uploads.md", DOCUMENT, seen.key)
    found = await past(database, now(await happened(database, **CURRENT)), url_of(database))
    (document,) = [each for each in found.pieces if each.kind is Kind.DOCUMENT]
    assert (document.title, document.subject, document.service) == ("Uploads failed", seen.key, "Nextcloud")
    assert document.at.date() == date(2026, 1, 5)
    assert document.link == "https://example.com/2026-01-05-uploads.md"


def url_of(database: Database) -> MemorySource:
    """Where documents have an address."""
    return MemorySource(database, lambda name: f"https://example.com/{name}")


async def test_known_issues_are_marked_and_each_is_one(database: Database, tmp_path: Path) -> None:
    """Of a post-mortem's folder and of the repository's own list; a list is no post-mortem besides."""
    current = await happened(
        database, what="CrowdSec hangs in pending upgrade", service="CrowdSec", state=State.TRIAGING
    )
    text = "# Known issues\n\n## Mail is slow on Mondays\n\nIt is the backup.\n"
    await published(database, "known-issues.md", text)
    listed = "# Known issues\n\n## CrowdSec hangs in pending upgrade\n\nHelm waits; it ends by itself.\n"
    remote = Remote(tmp_path / "remote.git", {"docs/known-issues.md": listed})
    history = Repository(Git(tmp_path / "data", remote.url, BRANCH), BRANCH, "docs/post-mortems").history()
    asked = now(current)
    found = await past(database, asked, MemorySource(database, history=history))
    known = {piece.title: piece.service for piece in found.pieces if KNOWN in piece.data}
    assert known == {"Mail is slow on Mondays": "Mail", "CrowdSec hangs in pending upgrade": "CrowdSec"}
    assert all(KNOWN in piece.data for piece in found.pieces if piece.kind is Kind.DOCUMENT)
    _, report = written(Evidence(window=asked.window), CATALOGUE, current, found)
    assert [(echo.title, echo.known_issue) for echo in report.similar] == [("CrowdSec hangs in pending upgrade", True)]


async def test_where_the_repository_is_away_the_rest_is_remembered(database: Database, tmp_path: Path) -> None:
    """And that its list is missing is said."""
    seen = await happened(database)
    history = Repository(Git(tmp_path / "data", str(tmp_path / "nowhere"), BRANCH), BRANCH, "docs").history()
    current = await happened(database, **CURRENT)
    await published(database, "2026-01-01-public.md", DOCUMENT)
    found = await past(database, now(current), MemorySource(database, history=history))
    assert {each.answer for each in found.health} == {Answer.ANSWERED}
    assert any("left out" in each.sentence for each in found.health)
    assert {piece.subject for piece in found.pieces} == {seen.key, "2026-01-01-public.md"}


async def test_of_a_long_past_those_of_the_service_come_first(database: Database) -> None:
    """However many others are newer."""
    own = [await happened(database, what=f"own {n}") for n in range(3)]
    for n in range(6):
        await happened(database, what=f"other {n}", service="Mail")
    async with database.read() as connection:
        found = await stored.candidates(connection, "Nextcloud", "none", 4)
    assert [each.title for each in found] == ["own 2", "own 1", "other 5", "other 4"]
    assert own[2].key == found[0].key
