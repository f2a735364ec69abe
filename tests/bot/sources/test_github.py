"""What people say on GitHub about a service is evidence, and so is what they merged; what the bot wrote is none."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.adapters.github import GitHub
from bot.evidence.model import Answer, Evidence, Kind, Window
from bot.incident.catalogue import Catalogue, Service
from bot.redact import Redactor
from bot.sources.collect import collect
from bot.sources.github import GitHubSource
from bot.sources.source import About
from bot.views.issue import marker
from bot.workspace.github import LOCAL_TOKEN
from tests.bot.incident.examples import NOW, a_report, an_incident
from tests.workspace.github.conftest import Site, site

__all__ = ["site"]

pytestmark = pytest.mark.sockets

BRANCH = "master"
CATALOGUE = Catalogue(
    services=(
        Service(name="Nextcloud", url="https://nextcloud.example.com", depends_on=("Postgres",)),
        Service(name="Postgres"),
        Service(name="Mail"),
    )
)


@pytest.fixture
async def github(site: Site) -> AsyncIterator[GitHub]:
    """The bot's own client."""
    made = GitHub(LOCAL_TOKEN, "ViktorBarzin/infra", site.api, timeout=5)
    yield made
    await made.close()


def asked(site: Site, service: str = "Nextcloud") -> About:
    """An incident that began just now."""
    found = CATALOGUE.find(service)
    window = Window(started=site.clock.now(), detected=site.clock.now(), until=site.clock.now() + timedelta(minutes=5))
    return About(
        incident=an_incident(report=a_report(service=service)),
        services=tuple(each for each in CATALOGUE.services if each.name != "Mail") if found else (),
        catalogue=CATALOGUE,
        window=window,
        said="",
    )


async def look(github: GitHub, about: About, branch: str = BRANCH) -> Evidence:
    """What GitHub shows."""
    return await collect([GitHubSource(github, branch)], about, 10, Redactor())


async def test_issues_that_name_the_service_are_what_people_said(site: Site, github: GitHub) -> None:
    """By its name or its address, or what it needs; lately, by people, and not the bot's own about an incident."""
    site.github.visitor("ana").open("Nextcloud loses files", "Since yesterday.")
    site.clock.move(hours=5)
    about = asked(site)
    ana = site.github.visitor("ana")
    named = ana.open("It is slow", "https://nextcloud.example.com does not load <!channel>")
    needed = ana.open("postgres refuses connections")
    ana.open("Mail is late")
    ana.open("Something else")
    copied = ana.open("Nextcloud again", marker("effect-1"))
    await github.create_issue("[INCIDENT] Nextcloud is down", marker("effect-2"), [])
    evidence = await look(github, about)
    found = {piece.subject: piece for piece in evidence.pieces if piece.kind is Kind.PERSON}
    assert {subject: piece.service for subject, piece in found.items()} == {
        f"issue/{named.number}": "Nextcloud",
        f"issue/{needed.number}": "Postgres",
    }
    assert f"issue/{copied.number}" not in found
    assert found[f"issue/{named.number}"].title == f"Issue #{named.number}: It is slow"
    assert found[f"issue/{named.number}"].link.endswith(f"/issues/{named.number}")


async def test_the_issue_of_the_incident_itself_is_no_evidence_of_it(site: Site, github: GitHub) -> None:
    """It was reported there."""
    about = asked(site)
    own = site.github.visitor("ana").open("Nextcloud is down")
    places = about.incident.places.model_copy(update={"issue_number": own.number})
    incident = about.incident.model_copy(update={"places": places})
    evidence = await look(github, About(incident, about.services, about.catalogue, about.window, ""))
    assert evidence.pieces == ()


async def test_of_a_service_that_nobody_knows_the_name_counts(site: Site, github: GitHub) -> None:
    """Where there is none, nothing does."""
    about = asked(site, "Paperless")
    issue = site.github.visitor("ana").open("paperless does not start")
    site.github.visitor("ana").open("Nextcloud is slow")
    assert [piece.subject for piece in (await look(github, about)).pieces] == [f"issue/{issue.number}"]
    assert (await look(github, asked(site, ""))).pieces == ()


async def test_what_was_merged_is_a_change(site: Site, github: GitHub) -> None:
    """Its commit, its page and whose it is; what is open, closed, older or about something else is none."""
    bare = site.github.bare
    bare.commit({"a.txt": "1\n"}, "base")

    def propose(name: str, title: str, login: str = "ana") -> int:
        bare.commit({f"{name}.txt": "n\n"}, "work", name, login)
        return site.github.pulls.open(login, {"title": title, "body": "", "head": name, "base": BRANCH}).number

    site.github.visitor("ana").merge(propose("old", "Nextcloud 30"))
    site.clock.move(hours=5)
    about = asked(site)
    own = site.github.visitor("ana").merge(propose("own", "Less memory for Nextcloud"))
    shared = site.github.visitor("ana").merge(propose("shared", "A stricter ingress"))
    site.github.visitor("ana").merge(propose("mail", "Upgrade Mail"))
    propose("open", "More memory for Nextcloud")
    site.github.visitor("ana").close_pull(propose("closed", "No memory for Nextcloud"))
    evidence = await look(github, about)
    found = {piece.subject: (piece.title, piece.service) for piece in evidence.pieces}
    assert found == {
        own.merge: (f"Less memory for Nextcloud (#{own.number})", "Nextcloud"),
        shared.merge: (f"A stricter ingress (#{shared.number})", ""),
    }
    assert {piece.kind for piece in evidence.pieces} == {Kind.COMMIT}


async def test_where_the_repository_is_read_itself_merges_are_not_asked_for(site: Site, github: GitHub) -> None:
    """Its commits say the same, and nothing is told twice."""
    evidence = await look(github, asked(site), "")
    assert [each.asked for each in evidence.health] == ["issues about it"]


async def test_a_github_that_is_away_is_a_health_line() -> None:
    """And nothing more."""
    github = GitHub(LOCAL_TOKEN, "ViktorBarzin/infra", "http://127.0.0.1:1", timeout=1)
    window = Window(started=NOW, detected=NOW, until=NOW)
    about = About(an_incident(), (), CATALOGUE, window, "")
    evidence = await look(github, about)
    assert {each.answer for each in evidence.health} == {Answer.FAILED}
    await github.close()
