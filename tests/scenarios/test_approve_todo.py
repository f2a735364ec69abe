"""What waits for a click, as people meet it in Slack: listed, on App Home, read whole in a modal, decided there."""

from pathlib import Path

from bot.change.model import ApprovalState, ItemState
from tests.scenarios import changes as told
from tests.scenarios.story import Story

MIGRATION = "Move the database to another disk"


async def test_what_waits_is_listed_read_and_rejected_with_a_reason(story: Story, tmp_path: Path) -> None:
    """A Migration waits for a first click. Who may not is told so in the modal, and the question waits on; who says no
    there says why.
    """
    await told.with_stacks(story, tmp_path)
    await told.published_with(story, told.row(MIGRATION, "Migration"))
    one = await told.item(story, MIGRATION)
    for name, refusal in (("gina", "Guests cannot do this"), ("carla", "Only <@U0VIKTOR> can decide this.")):
        person = story.person(name)
        await person.slash("/approve-todo", one.key, "alerts")
        await story.settle()
        await person.click("approve.do")
        await story.settle()
        assert person.view is not None
        assert refusal in str(person.view.blocks)
        asked = await told.asked(story, one)
        assert asked is not None
        assert (asked.is_pending, asked.agreed) == (True, ())
    viktor = story.person("viktor")
    await viktor.slash("/approve-todo", "", "alerts")
    assert MIGRATION in str(viktor.ephemerals[-1].blocks)
    await viktor.open_home()
    await story.settle()
    assert viktor.home is not None
    assert "*Waiting for my click*" in str(viktor.home.blocks)
    await viktor.slash("/approve-todo", one.key, "alerts")
    await story.settle()
    assert viktor.view is not None
    assert "Prepare it" in str(viktor.view.blocks)
    await viktor.click("reject.open")
    assert await viktor.submit({"reason": "The old disk is replaced next week."}) is None
    await story.settle()
    one, asked = await told.item(story, MIGRATION), await told.asked(story, one)
    assert asked is not None
    assert (one.state, asked.state) == (ItemState.REJECTED, ApprovalState.REJECTED)
    assert one.feedback == ("The old disk is replaced next week.",)
    await viktor.slash("/approve-todo", "", "alerts")
    assert MIGRATION not in str(viktor.ephemerals[-1].blocks)
