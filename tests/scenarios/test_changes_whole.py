"""A document with an item of every type, from published to complete: the remote and the document to the byte."""

from collections import Counter
from pathlib import Path

import pytest

from bot.change.model import Ask, ChangeState, ItemState
from bot.incident.postmortem_state import PostmortemState
from tests.scenarios import changes as told
from tests.scenarios.published import document, edit, publish, resolved
from tests.scenarios.reading import issue
from tests.scenarios.story import Story

#: What is to be done, its type, and the file that a draft adds for it.
SAFE = (
    ("Add an alert on full disks", "Alert", "stacks/app/alert.tf"),
    ("Set the memory limit of the app to 512Mi", "Config", "stacks/app/limit.tf"),
    ("Add a monitor of the start page", "Monitor", "stacks/web/monitor.tf"),
)
TWICE = (
    ("Run the app on two machines", "Architecture", "stacks/web/second.tf"),
    ("Move the pictures to the new disk", "Migration", "stacks/app/moved.tf"),
)
LOOK = "Find out why the disk was full"
RUNBOOK, FILE = "Write a runbook for full disks", "docs/runbooks/full-disks.md"
DESTROY = "Set the cache of the web to none"
ROWS = (
    *(told.row(action, kind) for action, kind, _ in (*SAFE, *TWICE)),
    told.row(LOOK, "Investigation"),
    told.row(RUNBOOK, "Runbook"),
    told.row(DESTROY, "Config"),
)
SUBJECT = "docs: update post-mortem follow-up implementation [PM-2026-03-02] [ci skip]"


async def _begun(story: Story, folder: Path, remediation: str) -> str:
    """The document with its eight rows, as it was pushed; every round over it has come to an end by then."""
    people = "people: [{slack: U0VIKTOR, github: viktor}]"
    repository = await told.with_stacks(story, folder, remediation=remediation, more=f"{told.APPROVERS}\n{people}")
    web = told.main(folder / "web.tfstate", told.resource("page", "1"), told.resource("cache", "1"))
    repository.commit({"stacks/web/main.tf": web}, "Another stack")
    told.by_hand(folder, web)
    await resolved(story)
    for action, _, file in (*SAFE, *TWICE):
        text = told.resource(Path(file).stem, "90")
        await told.draft(story, action, file, told.added(file, text))
    await told.draft(story, RUNBOOK, FILE, "# Full disks\n\nLook which folder grows, and make room.\n")
    at = web.splitlines().index('resource "terraform_data" "cache" {') + 1
    gone = "".join(f"-{line}\n" for line in told.resource("cache", "1").splitlines())
    name = "stacks/web/main.tf"
    await told.draft(story, DESTROY, name, f"--- a/{name}\n+++ b/{name}\n@@ -{at},3 +{at - 1},0 @@\n{gone}")
    await publish(story, "ana")
    await edit(story, told.PLAN_LINE, "\n".join([told.PLAN_LINE, *ROWS]))
    before = await document(story)
    await told.look(story)
    await story.pass_time(minutes=2)
    return before


@pytest.mark.core
async def test_all_seven_types_from_published_to_complete(story: Story, tmp_path: Path) -> None:
    """Three are done by themselves, the rest by the clicks that each needs, and what would be destroyed by people."""
    before = await _begun(story, tmp_path, "apply")
    repository = story.workspace.repository
    for action, _, _ in SAFE:
        one = await told.item(story, action)
        assert one.state is ItemState.DONE, (action, one.state, one.reason, await told.change(story, one))
    assert told.applied(tmp_path) == 3
    refused, change = await told.item(story, DESTROY), await told.newest(story, DESTROY)
    assert (refused.state, change.state) == (ItemState.HELD, ChangeState.REFUSED)
    assert "would delete terraform_data.cache" in refused.reason
    assert ("needs-human" in issue(story).labels, issue(story).assignees) == (True, ["viktor"])
    assert any("and nothing is deleted from here" in comment.body for comment in issue(story).comments)
    assert any(DESTROY in said for said in told.told_owner(story))
    for action, _, _ in TWICE:
        assert "is on its way" in await told.approve(story, "viktor", action)
        await told.look(story)
        assert "so somebody else has to allow it" in await told.approve(story, "viktor", action)
        assert "exactly this plan is applied" in await told.approve(story, "bob", action)
        await told.look(story)
    assert told.applied(tmp_path) == 5
    for action in (LOOK, RUNBOOK):
        assert "is on its way" in await told.approve(story, "viktor", action)
        await told.look(story)
    pull = next(number for number in story.workspace.github.repository.pulls)
    assert repository.read(FILE) is None
    story.workspace.github.pulls.merge("viktor", pull)
    await story.settle()
    await told.look(story)
    for line in (told.row(DESTROY, "Config"), next(line for line in before.splitlines() if line.startswith("| P2 |"))):
        await edit(story, line, line.replace("TODO", "Done"))
    await told.look(story)
    assert (await story.incident()).postmortem is PostmortemState.COMPLETE
    assert repository.read(FILE) == "# Full disks\n\nLook which folder grows, and make room.\n"
    await _exactly(story, before)


async def test_promise_hold_in_plan_mode_the_same_three_wait(story: Story, tmp_path: Path) -> None:
    """Nothing is applied: each of the three waits for a click, and what needs one before has none yet."""
    before = await _begun(story, tmp_path, "plan")
    for action, _, _ in SAFE:
        assert (await told.pending(story, action)).ask is Ask.APPLY
    for action, _, _ in TWICE:
        assert (await told.pending(story, action)).ask is Ask.PREPARE
    assert (await told.pending(story, LOOK)).ask is Ask.INVESTIGATE
    assert (await told.pending(story, RUNBOOK)).ask is Ask.DRAFT
    assert (await told.item(story, DESTROY)).state is ItemState.HELD
    assert told.applied(tmp_path) == 0
    assert [line for line in before.splitlines() if line in ROWS] == list(ROWS)
    assert not [line for line in story.workspace.repository.log() if line.startswith("fix(post-mortem)")]


async def _exactly(story: Story, before: str) -> None:
    """The document is as it was pushed, with what was done in it; and so is the remote's history."""
    rows = [await _row(story, action, kind) for action, kind, _ in (*SAFE, *TWICE)]
    rows.append(await _row(story, LOOK, "Investigation"))
    rows.append(f"| 2026-03-02 | {RUNBOOK} | P1 | Runbook | — | report_writer |")
    refused = "Needs human review: The plan would delete terraform_data.cache, and nothing is deleted from here."
    rows.append(f"| — | {DESTROY} | P1 | Config | — | {refused} |")
    expected = before.replace(" | TODO |", " | Done |").replace(HEAD, "\n".join([HEAD, *rows]))
    text = await document(story)
    start, end = text.index("<!-- holdfast:begin report-"), text.index("## Supporting information")
    report = text[start:end]
    assert f"\n### {LOOK}\n\n> " in report
    assert "Written without a model" in report
    assert text.replace(report, "") == expected
    log = story.workspace.repository.log()
    log = log[: log.index("docs: a better word", 3)]
    assert log[:2] == ["docs: a better word"] * 2
    assert Counter(log[2:]) == Counter(
        [
            *(f"fix(post-mortem): {action} [PM-2026-03-02]" for action, _, _ in (*SAFE, *TWICE)),
            *[SUBJECT] * 4,
            f"docs: report on {LOOK} [PM-2026-03-02] [ci skip]",
            f"docs: runbook for {RUNBOOK} [PM-2026-03-02] [ci skip]",
            f"Merge pull request #{max(story.workspace.github.repository.pulls)} from example/{await _branch(story)}",
        ]
    )


async def _branch(story: Story) -> str:
    """The one on which the runbook was proposed."""
    one, made = await told.item(story, RUNBOOK), await told.newest(story, RUNBOOK)
    return f"holdfast/{one.key.lower()}-{made.id[:8]}"


async def _row(story: Story, action: str, kind: str) -> str:
    """What the record says of one that is done."""
    made, web = await told.newest(story, action), story.workspace.remote.removesuffix(".git")
    commit = f"[`{made.landed[:7]}`]({web}/commit/{made.landed})"
    return f"| 2026-03-02 | {action} | P1 | {kind} | {commit} | {made.by} |"


#: Below it stand the rows of the record.
HEAD = "| Date | Action | Priority | Type | Commit | Implemented By |\n| --- | --- | --- | --- | --- | --- |"
