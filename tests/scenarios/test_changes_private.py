"""A change about an incident that became private: nobody else reads of it, and its commit is neutral."""

from pathlib import Path

from bot.change.model import ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import edit, publish, resolved
from tests.scenarios.reading import seen_by
from tests.scenarios.story import Story

ALERT = "Add an alert on the leaked token"


async def test_promise_private_a_change_of_what_became_private_is_neutral(story: Story, tmp_path: Path) -> None:
    """Its card is gone from where others read; the inbox, a look by its number and App Home show them nothing."""
    repository = await told.with_stacks(story, tmp_path)
    await resolved(story)
    name = f"{told.STACK}/alert.tf"
    await told.draft(story, ALERT, name, told.added(name, told.resource("alert", "90")))
    await publish(story)
    await edit(story, told.PLAN_LINE, f"{told.PLAN_LINE}\n{told.row(ALERT)}")
    await told.look(story)
    one, bob, carla = await told.item(story, ALERT), story.person("bob"), story.person("carla")
    assert ALERT in seen_by(story, carla)
    assert "open again" in (await bob.slash("/incident", "reopen 1 It is back")).text
    assert "private now" in (await bob.slash("/incident", "private 1 It names somebody")).text
    await told.look(story)
    await story.pass_time(minutes=2)
    before = len(repository.log())
    for text in ("", one.key, (await told.pending(story, ALERT)).key):
        await carla.slash("/approve-todo", text)
        await story.settle()
    await carla.open_home()
    await story.settle()
    assert ALERT not in seen_by(story, carla)
    assert "is approved" in await told.approve(story, "viktor", ALERT)
    await told.look(story)
    await story.pass_time(minutes=2)
    one = await told.item(story, ALERT)
    assert one.state is ItemState.DONE, (one.state, one.reason)
    new = repository.log()[: len(repository.log()) - before]
    assert f"fix(post-mortem): follow-up {one.key} [PM-2026-03-02]" in new
    assert ALERT not in " ".join(new)
    assert ALERT not in seen_by(story, carla)
    assert told.applied(tmp_path) == 1
