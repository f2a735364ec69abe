"""The GitHub issue follows the incident: its labels, its comments in order, open or closed."""

import pytest

from tests.scenarios.reading import issue
from tests.scenarios.story import Story

ROOM = "inc-1-nextcloud"


def leads(story: Story) -> list[str]:
    """The word in bold at the beginning of each comment, in order."""
    return [comment.body.split(":**")[0].removeprefix("**") for comment in issue(story).comments]


@pytest.mark.core
async def test_the_issue_follows_the_incident(story: Story) -> None:
    """Every news that matters outside of Slack is a comment, in order; labels and state keep up."""
    await story.declare()
    ana, bob = story.person("ana"), story.person("bob")
    assert set(issue(story).labels) == {"incident", "user-report", "sev2", "postmortem-required"}
    for text in ("update The database is full", "severity SEV3 only uploads fail", "resolve made room"):
        await bob.slash("/incident", text, ROOM)
        await story.follow()
    assert leads(story) == ["Update", "Severity", "Resolved"]
    assert (issue(story).state, set(issue(story).labels)) == ("closed", {"incident", "user-report", "sev3"})
    await ana.click("confirm.broken", "dm")
    await story.settle()
    await ana.submit({"words": "Uploads still fail"})
    await story.follow()
    assert leads(story)[-1] == "Reopened"
    assert issue(story).state == "open"
    assert "Uploads still fail" in issue(story).comments[-1].body
    await bob.slash("/incident", "resolve really made room", ROOM)
    await story.follow()
    assert (leads(story)[-1], issue(story).state) == ("Resolved", "closed")
    await bob.slash("/incident", "close done", ROOM)
    await story.follow()
    assert issue(story).state == "closed"


async def test_people_s_own_labels_stay(story: Story) -> None:
    """Of the labels only ours are changed."""
    await story.declare()
    story.workspace.github.repository.add_labels(1, ["storage"])
    await story.person("bob").slash("/incident", "severity 1 SEV1 everything is down")
    await story.settle()
    assert set(issue(story).labels) == {"incident", "user-report", "sev1", "postmortem-required", "storage"}


async def test_nobody_is_named_in_public(story: Story) -> None:
    """The issue names no person of the workspace, and calls nobody on GitHub."""
    await story.declare(what="@torvalds broke it, see #1 and @ana", found_by="Bob told me")
    body = issue(story).body or ""
    for name in ("@torvalds", "#1 ", "U0ANA", "Ana Ruiz"):
        assert name not in body
