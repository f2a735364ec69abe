"""Wishes on GitHub: agents say what one would take, for those who may have work begun; a person decides."""

import pytest

from tests.scenarios.story import Story

pytestmark = pytest.mark.models
BODY = "### What would you like?\n\nA wiki for the runbooks.\n"


def comments(story: Story, number: int) -> list[str]:
    """What was said on an issue, oldest first."""
    return [comment.body for comment in story.workspace.github.repository.issues[number].comments]


async def test_a_wish_of_a_collaborator_is_assessed(story: Story) -> None:
    """It is recorded, then answered with what it would take, that a model says so, and that a person decides."""
    asked = {"title": "A wiki", "body": BODY, "labels": ["feature-request"]}
    issue = story.workspace.github.repository.open("viktor", asked)
    await story.settle()
    await story.pass_time(minutes=2)
    recorded, assessed = comments(story, issue.number)
    assert recorded.startswith("**Recorded")
    assert "A person" in assessed
    assert "written by a model" in assessed
    assert len(comments(story, issue.number)) == 2


async def test_case_6_a_strangers_wish_reaches_no_model(story: Story) -> None:
    """It is recorded; nobody asks any model about it."""
    asked = {"title": "A wiki", "body": BODY, "labels": ["feature-request"]}
    issue = story.workspace.github.repository.open("stranger", asked)
    await story.settle()
    await story.pass_time(minutes=2)
    assert len(comments(story, issue.number)) == 1
    assert story.workspace.claude.asked == []


async def test_case_6_a_strangers_report_reaches_no_model_until_somebody_lets_it_in(story: Story) -> None:
    """Nothing is collected, and no model asked, for what waits; once it is accepted, agents look."""
    body = "### Which service is affected?\n\nnextcloud\n\n### What do you see?\n\n502 on every page\n"
    asked = {"title": "Nextcloud is down", "body": body, "labels": ["user-report"]}
    story.workspace.services.break_("nextcloud", "release")
    story.workspace.github.repository.open("stranger", asked)
    await story.settle()
    await story.pass_time(minutes=2)
    assert story.workspace.claude.asked == []
    await story.person("bob").click("accept.do", "alerts")
    await story.settle()
    assert story.workspace.claude.asked
