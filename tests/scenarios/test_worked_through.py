"""Working through everything there is: each document is written and told by itself."""

from pathlib import Path

from bot.storage import rounds
from bot.views.ids import Click
from tests.scenarios import changes as told
from tests.scenarios.story import Story


async def test_a_document_is_a_round(story: Story, tmp_path: Path) -> None:
    """No item is looked for in another document than its own, and each document's message names it."""
    await told.with_stacks(story, tmp_path)
    await story.pass_time(minutes=1)
    await story.follow()
    viktor = story.person("viktor")
    await viktor.slash("/postmortem", "todos", "alerts")
    await viktor.click(Click.WORK_THROUGH, "alerts")
    await story.settle()
    await story.follow()
    found = await told.all_items(story)
    assert len({item.document for item in found}) > 1, "the sample has two documents with open items"
    async with story.bot.database.read() as connection:
        of_items = [(item, await rounds.get(connection, item.round_id)) for item in found]
    assert [item.document for item, _ in of_items] == [one.document if one else "" for _, one in of_items]
    heads = [text for text in story.said("alerts") if text.startswith("Action items in ")]
    assert {head.split()[3].rstrip(":") for head in heads} == {item.document for item in found}
