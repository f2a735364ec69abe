"""The world moves while a plan waits: nothing is applied that was made for what is no more."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.change.model import ApprovalState, ChangeState, ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import FOLDER, document, edit
from tests.scenarios.story import Story

ALERT, OTHER = "Add an alert on full disks", "Add an alert on slow answers"


async def _finished(story: Story, action: str) -> None:
    assert "is approved" in await told.approve(story, "viktor", action)
    await told.look(story)
    assert (await told.item(story, action)).state is ItemState.DONE, (await told.item(story, action)).reason


async def test_promise_exact_a_change_of_the_stack_on_the_branch_makes_a_plan_anew(
    story: Story, tmp_path: Path
) -> None:
    """Its old button is refused; what was pushed stays, and the new plan goes on top of it."""
    await told.waiting(story, tmp_path, ALERT)
    asked, viktor = await told.pending(story, ALERT), story.person("viktor")
    seen = told.button(viktor, "approve.do", asked.id)
    story.workspace.repository.commit({f"{told.STACK}/more.tf": told.resource("more", "1")}, "More of it")
    await story.settle()
    await told.look(story)
    again = await told.pending(story, ALERT)
    assert (again.id != asked.id, again.bound != asked.bound) == (True, True)
    await viktor.use(seen)
    await story.settle()
    assert "another one has taken the place of" in told.answered(viktor)
    assert told.applied(tmp_path) == 0
    await _finished(story, ALERT)
    assert story.workspace.repository.read(f"{told.STACK}/more.tf")
    assert told.applied(tmp_path) == 1


@pytest.mark.proof
async def test_what_lands_in_the_same_stack_first_makes_the_other_plan_anew(story: Story, tmp_path: Path) -> None:
    """Two plans wait; one is applied, and the other is asked about again, of which the first click says nothing."""
    await told.waiting(story, tmp_path, ALERT, OTHER)
    before = await told.pending(story, OTHER)
    await _finished(story, ALERT)
    again = await told.pending(story, OTHER)
    assert (again.id != before.id, again.bound != before.bound) == (True, True)
    await _finished(story, OTHER)
    assert told.applied(tmp_path) == 2
    landed = [line for line in story.workspace.repository.log() if line.startswith("fix(post-mortem)")]
    assert len(landed) == 2


@pytest.mark.proof
async def test_promise_exact_a_state_that_moved_makes_a_plan_anew(story: Story, tmp_path: Path) -> None:
    """Somebody applied by hand, after the plan was made: the very plan is refused, and another asked about."""
    await told.waiting(story, tmp_path, ALERT)
    asked = await told.pending(story, ALERT)
    told.by_hand(tmp_path, told.main(tmp_path / "app.tfstate", told.resource("web", "one")))
    assert "is approved" in await told.approve(story, "viktor", ALERT)
    await told.look(story)
    again = await told.pending(story, ALERT)
    assert again.id != asked.id
    state = json.loads((tmp_path / "app.tfstate").read_text())
    assert [each["name"] for each in state["resources"]] == ["web"]
    await _finished(story, ALERT)


@pytest.mark.proof
async def test_a_push_on_other_files_does_not_keep_a_change_from_landing(story: Story, tmp_path: Path) -> None:
    """Somebody pushes between our look and our push: theirs stays, ours follows, applied once."""
    await told.waiting(story, tmp_path, ALERT)
    repository = story.workspace.repository

    def race(_: Mapping[str, str]) -> None:
        story.workspace.git.before_push = None
        repository.commit({"README.md": "Another word.\n"}, "docs: a word")

    story.workspace.git.before_push = race
    await _finished(story, ALERT)
    assert repository.read("README.md") == "Another word.\n"
    assert told.applied(tmp_path) == 1


async def test_a_push_on_the_same_stack_leaves_it_applied_and_not_in_git_yet(story: Story, tmp_path: Path) -> None:
    """The owner is told, other changes of the stack wait, and it lands once people have brought the files together."""
    await told.waiting(story, tmp_path, ALERT, OTHER)
    repository, more = story.workspace.repository, f"{told.STACK}/more.tf"

    def race(_: Mapping[str, str]) -> None:
        story.workspace.git.before_push = None
        repository.commit({more: told.resource("more", "1")}, "More of it")

    story.workspace.git.before_push = race
    assert "is approved" in await told.approve(story, "viktor", ALERT)
    await told.look(story)
    one, made = await told.item(story, ALERT), await told.newest(story, ALERT)
    assert (one.state, made.state, made.landed) == (ItemState.IMPLEMENTING, ChangeState.VERIFIED, "")
    assert one.reason.startswith("It is applied, and not in git yet: somebody else changed stacks/app meanwhile.")
    assert sum("not in git yet" in said for said in told.told_owner(story)) == 1, told.told_owner(story)
    await told.look(story)
    assert (await told.newest(story, OTHER)).state is ChangeState.GATED, "it is not planned before that is in git"
    repository.commit({more: None}, "Not so fast")
    await story.settle()
    await story.pass_time(minutes=5)
    assert (await told.item(story, ALERT)).state is ItemState.DONE
    await _finished(story, OTHER)
    assert told.applied(tmp_path) == 2
    assert sum("not in git yet" in said for said in told.told_owner(story)) == 1


async def test_what_people_finish_remove_or_switch_off_meanwhile_is_not_applied(story: Story, tmp_path: Path) -> None:
    """A row that is done by hand, one that is taken out, and a click after everything was switched off."""
    third = "Add an alert on lost backups"
    await told.waiting(story, tmp_path, ALERT, OTHER, third)
    asked = {action: await told.pending(story, action) for action in (ALERT, OTHER, third)}
    await edit(story, told.row(ALERT), told.row(ALERT).replace("TODO", "Done"))
    await edit(story, f"{told.row(OTHER)}\n", "")
    await told.look(story)
    for action in (ALERT, OTHER):
        one, made = await told.item(story, action), await told.newest(story, action)
        decided = await told.asked(story, one)
        assert (made.state, decided.state if decided else None) == (ChangeState.WITHDRAWN, ApprovalState.SUPERSEDED)
    assert await told.pending(story, third) == asked[third]
    await story.configure("remediation: plan", "remediation: off")
    assert "switched off" in await told.approve(story, "viktor", third)
    await story.configure("remediation: off", "remediation: plan")
    name = (await story.incident()).places.document
    assert told.row(third) in await document(story)
    story.workspace.repository.commit({f"{FOLDER}/{name}": None}, "docs: gone")
    await story.settle()
    await told.look(story)
    assert (await told.item(story, third)).state is ItemState.GONE
    assert (await told.newest(story, third)).state is ChangeState.WITHDRAWN
    assert told.applied(tmp_path) == 0
