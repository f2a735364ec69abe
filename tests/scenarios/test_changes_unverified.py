"""Applied, and it does not show: said so, offered to be taken back, and taken back by a change of its own."""

from pathlib import Path

import pytest

from bot.change.model import ChangeState, ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import edit, publish, resolved
from tests.scenarios.story import Story

ALERT = "Add an alert on full disks"


async def test_what_is_never_settled_is_taken_back_by_a_change_of_its_own(story: Story, tmp_path: Path) -> None:
    """The second plan is not empty: it has failed, is in git as it is, and the way back is planned, asked, applied."""
    repository = await told.with_stacks(story, tmp_path, more=told.APPROVERS)
    await resolved(story)
    name = f"{told.STACK}/main.tf"
    before = repository.read(name)
    assert before is not None
    lines = before.splitlines()
    number = lines.index('  input = "one"') + 1
    diff = f"--- a/{name}\n+++ b/{name}\n@@ -{number} +{number} @@\n-{lines[number - 1]}\n+  input = timestamp()\n"
    await told.draft(story, ALERT, name, diff)
    await publish(story, "ana")
    await edit(story, told.PLAN_LINE, f"{told.PLAN_LINE}\n{told.row(ALERT)}")
    await told.look(story)
    assert "is approved" in await told.approve(story, "viktor", ALERT)
    await told.look(story)
    one, made = await told.item(story, ALERT), await told.newest(story, ALERT)
    assert (one.state, made.state, bool(made.landed)) == (ItemState.FAILED, ChangeState.UNVERIFIED, True), one.reason
    assert "Planned again, something is still left to change." in one.reason
    assert any("does not show" in said for said in told.told_owner(story))
    viktor = story.person("viktor")
    await viktor.slash("/approve-todo", one.key)
    await story.settle()
    await viktor.click("roll_back.do")
    await viktor.close_view(everything=True)
    await told.look(story)
    back = await told.newest(story, ALERT)
    assert (back.undoes, back.state) == (made.id, ChangeState.AWAITING), (back.problem, one.reason)
    assert "You started this change" in await told.approve(story, "viktor", ALERT)
    assert "is approved" in await told.approve(story, "bob", ALERT)
    await told.look(story)
    one, back = await told.item(story, ALERT), await told.newest(story, ALERT)
    assert (one.state, back.state, one.reason) == (ItemState.HELD, ChangeState.VERIFIED, "It was done, and taken back.")
    assert repository.read(name) == before
    assert f"fix(post-mortem): take back: {ALERT} [PM-2026-03-02]" in repository.log()
    assert told.applied(tmp_path) == 2


@pytest.mark.proof
async def test_a_service_that_is_not_well_afterwards_is_said(story: Story, tmp_path: Path) -> None:
    """Its probe is given some minutes; a service that comes up in them is well, one that does not is said."""
    url = story.workspace.services.targets.url("nextcloud")
    service = f"services: [{{name: nextcloud, stack: {told.STACK}, probes: [{url!r}]}}]\nquick_checks: []"
    other = "Add an alert on slow answers"
    await told.waiting(story, tmp_path, ALERT, other, more=service)
    for action, well, state in ((ALERT, True, ItemState.DONE), (other, False, ItemState.FAILED)):
        story.workspace.services.targets.down("nextcloud")
        assert "is approved" in await told.approve(story, "viktor", action)
        await story.pass_time(minutes=1)
        assert (await told.newest(story, action)).state is ChangeState.APPLIED
        if well:
            story.workspace.services.targets.up("nextcloud")
        await story.pass_time(minutes=6)
        assert (await told.item(story, action)).state is state
    assert "nextcloud does not answer as it should" in (await told.item(story, other)).reason
    assert told.applied(tmp_path) == 2
