"""Applying in a process of its own, with credentials of its own: each takes the steps that are its, and no others."""

from pathlib import Path

from bot.change.model import ChangeState, ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import edit, publish, resolved
from tests.scenarios.story import Story

ALERT = "Add an alert on full disks"


async def test_what_was_allowed_waits_for_the_process_that_applies(story: Story, tmp_path: Path) -> None:
    """The rest plans, asks and writes it down; the one that applies does that alone, and hears nobody."""
    await told.with_stacks(story, tmp_path)
    await resolved(story)
    await told.draft(story, ALERT, "stacks/app/alerts.tf", told.added("stacks/app/alerts.tf", told.resource("a", "90")))
    await publish(story)
    await story.restart(only="rest")
    await edit(story, told.PLAN_LINE, f"{told.PLAN_LINE}\n{told.row(ALERT)}")
    await story.pass_time(minutes=1)
    await story.follow()
    asked = await told.asked(story, await told.item(story, ALERT))
    assert asked is not None
    await story.person("viktor").click("approve.do", "alerts", asked.id)
    await story.pass_time(minutes=2)
    made = await told.change(story, await told.item(story, ALERT))
    assert made is not None
    assert made.state is ChangeState.CLEARED, "the rest must not apply"

    await story.restart(only="apply")
    await story.pass_time(minutes=1)
    made = await told.change(story, await told.item(story, ALERT))
    assert made is not None
    assert (made.state, made.landed) == (ChangeState.VERIFIED, ""), "whoever applies pushes nothing"

    await story.restart(only="rest")
    await story.pass_time(minutes=1)
    assert (await told.item(story, ALERT)).state is ItemState.DONE
