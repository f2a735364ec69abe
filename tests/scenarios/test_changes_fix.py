"""A fix that agents drafted while they looked into an incident: taken up by a click, asked about, naming the issue."""

import json
from pathlib import Path

import pytest

from bot.change.model import ChangeState, ItemState
from bot.workspace.claude import Reply
from bot.workspace.claude.model import Asked
from tests.scenarios import changes as told
from tests.scenarios.published import MAJOR
from tests.scenarios.story import Story

WHAT = "Give the web server a second worker"
FILE = f"{told.STACK}/worker.tf"


def _report(asked: Asked) -> Reply:
    """What a report writer says that has drafted the change."""
    piece = next(word for word in asked.conversation.replace('"', " ").split() if word.startswith("E-"))
    draft = {"priority": "P1", "type": "Config", "action": WHAT, "file": FILE, "evidence": [piece]}
    draft["change"] = told.added(FILE, told.resource("worker", "2"))
    said = {"verdict": "One worker is not enough.", "evidence": [piece], "known": True, "confidence": 0.7}
    return Reply(text=json.dumps({**said, "findings": [], "items": [draft]}))


@pytest.mark.models
async def test_a_fix_that_agents_drafted_is_proposed_and_carried_out(story: Story, tmp_path: Path) -> None:
    """*Propose fix* stands below what was found; each further step is asked about, and the commit names the issue."""
    await told.with_stacks(story, tmp_path, more=told.APPROVERS)
    story.workspace.claude.script(_report, system="# Report writer")
    story.workspace.services.targets.down("nextcloud")
    incident = await story.declare(flags=MAJOR)
    await told.look(story)
    await story.person("bob").click("propose_fix.do", f"inc-1-{incident.service}")
    await story.settle()
    one = await told.item(story, WHAT)
    assert one.drafted is not None
    assert "is on its way" in await told.approve(story, "viktor", WHAT)
    await told.look(story)
    assert (await told.newest(story, WHAT)).state is ChangeState.AWAITING
    assert "exactly this plan is applied" in await told.approve(story, "bob", WHAT)
    await told.look(story)
    assert (await told.item(story, WHAT)).state is ItemState.DONE
    number = (await story.incident()).places.issue_number
    assert story.workspace.repository.log()[0] == f"fix: {WHAT} (fixes #{number})"
