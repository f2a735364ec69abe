"""The stand-in held against a real client: what PyGithub sends and reads is what the bot will meet."""

from datetime import UTC, datetime

import aiohttp
import pytest
from github import Github, GithubException
from github.Issue import Issue
from github.Repository import Repository

from bot.workspace.github import LOCAL_TOKEN
from tests.workspace.github.conftest import Site

pytestmark = pytest.mark.sockets

MARKED = "Site is down.\n\n<!-- holdfast:fx-1 -->"


def infra(client: Github) -> Repository:
    return client.get_repo("ViktorBarzin/infra")


async def test_an_issue_from_filing_to_closing(site: Site) -> None:
    """An issue is filed with labels, changed, closed and opened again, as on GitHub."""

    def story(client: Github) -> Issue:
        issue = infra(client).create_issue(
            "[INCIDENT] nextcloud", MARKED, labels=["incident", "sev2"], assignees=["ana"]
        )
        assert (issue.number, issue.state, issue.user.login) == (1, "open", "holdfast-bot")
        issue.edit(title="[INCIDENT] Nextcloud is down", state="closed", state_reason="completed")
        assert (issue.state, issue.state_reason) == ("closed", "completed")
        assert issue.closed_at == datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
        issue.edit(state="open")
        return infra(client).get_issue(1)

    issue = await site.ask(story)
    assert [label.name for label in issue.labels] == ["incident", "sev2"]
    assert (issue.title, issue.state, issue.state_reason) == ("[INCIDENT] Nextcloud is down", "open", "reopened")
    assert (issue.body, [person.login for person in issue.assignees]) == (MARKED, ["ana"])
    assert issue.html_url.endswith("/github/ViktorBarzin/infra/issues/1")
    assert site.github.surprises == []


async def test_comments(site: Site) -> None:
    """A comment is added, changed, listed by time and deleted."""

    def write(client: Github) -> int:
        issue = infra(client).create_issue("down")
        issue.create_comment("first")
        return issue.create_comment("second").id

    comment = await site.ask(write)
    site.clock.move(minutes=5)

    def change(client: Github) -> list[str]:
        issue = infra(client).get_issue(1)
        issue.get_comment(comment).edit("second, changed")
        since = [each.body for each in issue.get_comments(since=site.clock.now())]
        issue.get_comment(comment).delete()
        return since + [each.body for each in infra(client).get_issue(1).get_comments()]

    assert await site.ask(change) == ["second, changed", "first"]


async def test_labels(site: Site) -> None:
    """Labels are put on and taken off; one nobody made is made; one that is not on the issue is a 404."""

    def story(client: Github) -> list[str]:
        repository = infra(client)
        issue = repository.create_issue("down")
        issue.add_to_labels("incident", "sev3")
        issue.remove_from_labels("SEV3")
        issue.add_to_labels("needs-human")
        with pytest.raises(GithubException, match="Label does not exist"):
            issue.remove_from_labels("sev3")
        repository.create_label("postmortem-required", "d93f0b")
        with pytest.raises(GithubException, match="already_exists"):
            repository.create_label("Incident", "ffffff")
        assert repository.get_label("postmortem-required").color == "d93f0b"
        assert [each.name for each in repository.get_labels()] == [
            "incident",
            "sev3",
            "needs-human",
            "postmortem-required",
        ]
        issue.set_labels("sev1")
        return [label.name for label in issue.get_labels()]

    assert await site.ask(story) == ["sev1"]


async def test_lists_are_paged_and_filtered(site: Site) -> None:
    """The client follows the pages; labels, state and since narrow the list."""

    def fill(client: Github) -> None:
        for number in range(1, 36):
            infra(client).create_issue(f"issue {number}", labels=["even" if number % 2 == 0 else "odd"])

    await site.ask(fill)
    site.clock.move(hours=1)

    def look(client: Github) -> tuple[list[int], int, list[int]]:
        repository = infra(client)
        repository.get_issue(4).edit(state="closed")
        every = [issue.number for issue in repository.get_issues(state="all", direction="asc")]
        odd = sum(1 for _ in repository.get_issues(labels=["odd"]))
        late = [issue.number for issue in repository.get_issues(state="all", since=site.clock.now())]
        return every, odd, late

    assert await site.ask(look) == (list(range(1, 36)), 18, [4])


async def test_people(site: Site) -> None:
    """Collaborators are known by login; a stranger may read at most."""

    def story(client: Github) -> tuple[str, bool, bool, list[str]]:
        repository = infra(client)
        issue = repository.create_issue("down")
        issue.add_to_assignees("ben", "stranger")
        permissions = [repository.get_collaborator_permission(login) for login in ("ViktorBarzin", "ana", "stranger")]
        assignees = [person.login for person in repository.get_issue(1).assignees]
        known = repository.has_in_collaborators("ana"), repository.has_in_collaborators("stranger")
        return client.get_user().login, *known, permissions + assignees

    assert await site.ask(story) == ("holdfast-bot", True, False, ["admin", "write", "read", "ben"])


async def test_refusals_in_githubs_words(site: Site) -> None:
    """A bad token, what is not there and what is not valid are refused with GitHub's status and message."""

    def refused(client: Github) -> list[tuple[int, str]]:
        answers = []
        for wrong in (
            lambda: client.get_repo("someone/else"),
            lambda: infra(client).get_issue(99),
            lambda: infra(client).create_issue("x" * 257),
            lambda: infra(client).create_issue("x", body="y" * 65_537),
            lambda: infra(client).create_issue("x", assignees=["stranger"]),
        ):
            with pytest.raises(GithubException) as caught:
                wrong()
            answers.append((caught.value.status, caught.value.data["message"]))
        return answers

    validation = (422, "Validation Failed")
    assert await site.ask(refused) == [(404, "Not Found"), (404, "Not Found"), validation, validation, validation]
    with pytest.raises(GithubException) as caught:
        await site.ask(lambda client: client.get_user().login, token="wrong")
    assert (caught.value.status, caught.value.data["message"]) == (401, "Bad credentials")


async def test_what_it_does_not_know_is_refused_and_remembered(site: Site) -> None:
    """A route the bot does not use is a loud 404."""
    headers = {"Authorization": f"token {LOCAL_TOKEN}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        answer = await session.get(f"{site.api}/repos/ViktorBarzin/infra/milestones")
        assert answer.status == 404
        broken = await session.post(f"{site.api}/repos/ViktorBarzin/infra/issues", data="{")
        assert (broken.status, (await broken.json())["message"]) == (400, "Problems parsing JSON")
        who = await session.get(f"{site.api}/user")
        assert who.headers["X-OAuth-Scopes"] == "repo"
        assert (await session.get(f"{site.api}/user", headers={"Authorization": ""})).status == 401
    assert site.github.surprises == ["GET /repos/ViktorBarzin/infra/milestones"]
