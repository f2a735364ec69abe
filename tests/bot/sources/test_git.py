"""Commits are evidence where they touch what the service rests on: its stack, what it needs, what all share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.adapters.git import Git
from bot.adapters.git_output import Change
from bot.adapters.repository import Repository
from bot.evidence.model import Answer, Evidence, Kind, Window, gather
from bot.evidence.report import report
from bot.incident.catalogue import Catalogue, Service
from bot.redact import Redactor
from bot.sources.collect import collect
from bot.sources.git import EVERYBODY, GitSource, concerned, is_shared, is_text
from bot.sources.source import About
from tests.bot.incident.examples import NOW, a_report, an_incident
from tests.remote import BRANCH, Remote

CATALOGUE = Catalogue(
    services=(
        Service(name="nextcloud", namespace="nextcloud", depends_on=("postgres",)),
        Service(name="postgres", stack="dbaas"),
        Service(name="Home Assistant"),
        Service(name="mail", stack="clusters/mail"),
    )
)


def asked(began: datetime, service: str = "nextcloud") -> About:
    """About an incident that began then and is five minutes old."""
    own = CATALOGUE.find(service)
    needs = tuple(found for name in (own.depends_on if own else ()) if (found := CATALOGUE.find(name)))
    return About(
        incident=an_incident(report=a_report(service=service)),
        services=(own, *needs) if own else (),
        catalogue=CATALOGUE,
        window=Window(started=began, detected=began, until=began + timedelta(minutes=5)),
        said="",
    )


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """Somebody's repository, begun long ago."""
    return Remote(tmp_path / "remote.git", {"README.md": "x", "stacks/nextcloud/main.tf": "a\n"})


@pytest.fixture
def source(remote: Remote, tmp_path: Path) -> GitSource:
    """Its past, as evidence."""
    git = Git(tmp_path / "data", remote.url, BRANCH)
    pages = f"https://github.example.com/example/infra/blob/{BRANCH}"
    return GitSource(Repository(git, BRANCH, "docs/post-mortems", pages).history())


def pushed(remote: Remote) -> datetime:
    """When the last commit was made."""
    return datetime.fromtimestamp(int(remote.git("show", "-s", "--format=%ct", BRANCH)), UTC)


async def look(source: GitSource, about: About) -> Evidence:
    """What the source shows."""
    return await collect([source], about, 30, Redactor())


async def test_commits_to_what_the_service_rests_on_are_evidence(remote: Remote, source: GitSource) -> None:
    """Each with whose it is, its hash and its page; texts and the stacks of others are left out."""
    own = remote.commit({"stacks/nextcloud/main.tf": "b\n"}, "Less memory for nextcloud\n\nIt needs less.")
    needed = remote.commit({"stacks/dbaas/main.tf": "b\n"}, "Upgrade postgres")
    shared = remote.commit({"modules/ingress/main.tf": "b\n"}, "A stricter ingress")
    remote.commit({"docs/x.md": "b\n", "stacks/nextcloud/README.md": "c\n"}, "Words")
    remote.commit({"stacks/home-assistant/main.tf": "b\n"}, "Somebody else's")
    remote.commit({"stacks/unheard-of/main.tf": "b\n"}, "Nobody's")
    evidence = await look(source, asked(pushed(remote) + timedelta(minutes=10)))
    found = {piece.subject: piece for piece in evidence.pieces}
    # the very first commit came in the same moment, and began the stack
    first = remote.git("rev-list", "--max-parents=0", BRANCH)
    assert {commit: piece.service for commit, piece in found.items()} == {
        first: "nextcloud",
        own: "nextcloud",
        needed: "postgres",
        shared: "",
    }
    assert found[own].kind is Kind.COMMIT
    assert found[own].title == "Less memory for nextcloud"
    assert found[own].text == "It needs less.\nFiles: stacks/nextcloud/main.tf"
    assert found[own].link == f"https://github.example.com/example/infra/commit/{own}"
    told = report(gather(evidence.window, evidence.pieces, evidence.health), CATALOGUE, "nextcloud")
    assert any("Less memory" in change.sentence for change in told.changes)


async def test_what_is_too_old_or_came_much_later_is_none(remote: Remote, source: GitSource) -> None:
    """The window of changes, and a day after the start."""
    now = pushed(remote)
    assert (await look(source, asked(now + timedelta(hours=3)))).pieces == ()
    assert (await look(source, asked(now - timedelta(hours=30)))).pieces == ()
    assert len((await look(source, asked(now + timedelta(hours=1)))).pieces) == 1


async def test_where_the_remote_is_away_it_says_so(remote: Remote, source: GitSource) -> None:
    """What was seen before is still told, as that."""
    now = pushed(remote)
    with remote.away():
        (health,) = (await look(source, asked(now))).health
        assert health.answer is Answer.FAILED
    await look(source, asked(now))
    with remote.away():
        evidence = await look(source, asked(now))
        assert evidence.health[0].answer is Answer.ANSWERED
        assert evidence.health[0].sentence.startswith("As last seen")
        assert len(evidence.pieces) == 1


def change(*paths: str) -> Change:
    """A commit that touches these."""
    return Change(commit="1" * 40, at=NOW, message="x", paths=paths, files=len(paths))


def test_a_change_of_several_is_the_nearest_ones() -> None:
    """Configured stacks are folders, or names below stacks/."""
    about = asked(NOW)
    nextcloud, postgres = about.services
    assert concerned(change("stacks/dbaas/x.tf", "stacks/nextcloud/x.tf", "modules/x.tf"), about) == nextcloud
    assert concerned(change("stacks/dbaas/x.tf", "modules/x.tf"), about) == postgres
    assert concerned(change("modules/x.tf", "stacks/home-assistant/x.tf"), about) == EVERYBODY
    assert concerned(change("clusters/mail/x.tf"), about) is None
    assert concerned(change("stacks/nextcloud-old/x.tf"), about) is None
    assert concerned(change("docs/x.tf", "README.md"), about) is None
    assert concerned(change(), about) is None
    unknown = asked(NOW, "unheard of")
    assert concerned(change("stacks/unheard-of/x.tf"), unknown) == EVERYBODY
    found = concerned(change("clusters/mail/x.tf"), unknown)
    assert found is not None
    assert found.name == "mail"


@example(".")
@given(st.from_regex(r"[a-zA-Z./ -]{1,30}", fullmatch=True))
def test_any_path_can_be_judged(path: str) -> None:
    """None breaks the rules."""
    assert is_text(path) in (True, False)
    assert is_shared(path, CATALOGUE) in (True, False)
