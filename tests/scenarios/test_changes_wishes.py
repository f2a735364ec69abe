"""A wish on GitHub ends like an action item: assessed, clicked, prepared, clicked, applied, committed, closed."""

import json
from pathlib import Path

import pytest

from bot.change.model import ChangeState, ItemState
from bot.workspace.claude import Reply
from tests.scenarios import changes as told
from tests.scenarios.story import Story

pytestmark = pytest.mark.models
BODY = "### What would you like?\n\nMore memory for the app.\n"
FILE = f"{told.STACK}/limit.tf"
RAISE = "Raise the memory limit of the app"


async def _wished(story: Story, folder: Path, kind: str) -> int:
    """Somebody who may asks for something, and the model says that it is of this kind; the issue's number."""
    await told.with_stacks(story, folder, remediation="apply", more=told.APPROVERS)
    draft = {"file": FILE, "change": told.added(FILE, told.resource("limit", "512Mi"))}
    wanted = {"priority": "P2", "type": "Config", "action": RAISE, "evidence": ["E-1"], **draft}
    said = {"decision": "propose", "kind": kind, "assessment": "The app needs more memory.", "evidence": ["E-1"]}
    reply = Reply(text=json.dumps({**said, "needed": [RAISE], "effort": "An hour.", "items": [wanted]}))
    story.workspace.claude.script(lambda asked: reply, system=kind)
    asked = {"title": "More memory", "body": BODY, "labels": ["feature-request"]}
    issue = story.workspace.github.repository.open("viktor", asked)
    await story.settle()
    await told.look(story)
    return issue.number


async def test_limits_are_prepared_and_applied_by_click_and_the_wish_is_closed(story: Story, tmp_path: Path) -> None:
    """Even in apply mode nothing happens without a click; its commit closes the issue, which says so."""
    number = await _wished(story, tmp_path, "limits")
    assert told.applied(tmp_path) == 0
    assert "is on its way" in await told.approve(story, "viktor", RAISE)
    await told.look(story)
    assert (await told.newest(story, RAISE)).state is ChangeState.AWAITING
    assert "exactly this plan is applied" in await told.approve(story, "bob", RAISE)
    await told.look(story)
    assert (await told.item(story, RAISE)).state is ItemState.DONE
    assert story.workspace.repository.log()[0] == f"feat: {RAISE} (fixes #{number})"
    issue = story.workspace.github.repository.issues[number]
    assert issue.state == "closed"
    assert (await told.newest(story, RAISE)).landed[:7] in issue.comments[-1].body
    assert told.applied(tmp_path) == 1


@pytest.mark.proof
async def test_a_wish_for_another_architecture_goes_to_a_person(story: Story, tmp_path: Path) -> None:
    """It is assessed, and nothing of it waits for a click."""
    number = await _wished(story, tmp_path, "architecture")
    assert [each for each in await told.all_items(story) if each.issue == number] == []
    assert len(story.workspace.github.repository.issues[number].comments) == 2
    assert told.applied(tmp_path) == 0
