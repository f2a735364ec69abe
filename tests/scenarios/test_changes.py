"""From a row of a post-mortem to a commit: prepared, judged, planned by the real Terraform, held, applied, written."""

from pathlib import Path

import pytest

from bot.change.model import ChangeState, ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import document, edit, publish, resolved
from tests.scenarios.story import Story, words

ALERT = "Add an alert on full disks"


@pytest.mark.core
async def test_an_alert_is_prepared_waits_for_a_click_and_is_done(story: Story, tmp_path: Path) -> None:
    """In plan mode nothing is applied without a click; after it, exactly that is, and git and the document say so."""
    await told.with_stacks(story, tmp_path)
    await resolved(story)
    await told.draft(story, ALERT, "stacks/app/alerts.tf", told.added("stacks/app/alerts.tf", told.resource("a", "90")))
    await publish(story)
    await edit(story, told.PLAN_LINE, f"{told.PLAN_LINE}\n{told.row(ALERT)}")
    await story.pass_time(minutes=1)
    await story.follow()
    one = await told.item(story, ALERT)
    made = await told.change(story, one)
    assert made is not None, one.reason
    assert made.state is ChangeState.AWAITING, (made.state, made.problem, one.reason)
    asked = await told.asked(story, one)
    assert asked is not None
    assert "Approve" in words((await told.thread(story))[-1])
    viktor = story.person("viktor")
    await viktor.click("approve.do", "alerts", asked.id)
    await story.settle()
    await story.follow()
    assert "A-1 is approved: exactly this plan is applied." in [said.text for said in viktor.ephemerals]
    one, made = await told.item(story, ALERT), await told.change(story, one)
    assert made is not None
    assert (one.state, made.state) == (ItemState.DONE, ChangeState.VERIFIED)
    assert story.workspace.repository.log()[:2] == [
        "docs: update post-mortem follow-up implementation [PM-2026-03-02] [ci skip]",
        f"fix(post-mortem): {ALERT} [PM-2026-03-02]",
    ]
    text = await document(story)
    assert f"| P1 | {ALERT} | Alert |  |  |  |  | Done |" in text
    row = f"| 2026-03-02 | {ALERT} | P1 | Alert | [`{made.landed[:7]}`]({story.workspace.remote.removesuffix('.git')}"
    assert f"{row}/commit/{made.landed}) | report_writer |" in text
    shown = words((await told.thread(story))[-1])
    assert f"Done in `{made.landed[:7]}`" in shown
    assert "Approved by <@U0VIKTOR>" in shown
