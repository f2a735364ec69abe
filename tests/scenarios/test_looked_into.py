"""What happens by itself when something breaks: evidence is collected, and what rules alone can say is posted."""

import pytest

from bot.incident.model import EventKind
from bot.investigation.model import State
from bot.storage import investigations
from tests.scenarios.story import Story, words

pytestmark = pytest.mark.looks


@pytest.mark.core
async def test_promise_alone_a_report_is_looked_into_without_any_model(story: Story) -> None:
    """No key: the room gets one message that says what is known, and by whom it is said."""
    story.workspace.services.break_("nextcloud", "release")
    incident = await story.declare()
    room = await story.room()
    found = [message for message in story.workspace.slack.messages(room) if "without a model" in words(message)]
    assert len(found) == 1
    async with story.bot.database.read() as connection:
        (one,) = await investigations.of_incident(connection, incident.id)
    assert one.state is State.DONE
    assert one.why_no_model
    assert one.evidence is not None
    kinds = [event.kind for event in await story.timeline()]
    assert kinds.count(EventKind.INVESTIGATION_BEGUN) == kinds.count(EventKind.INVESTIGATION_ENDED) == 1


async def test_what_waits_to_be_let_in_is_not_looked_into(story: Story) -> None:
    """A guest's report costs nothing until somebody trusted lets it in; then it is looked into."""
    story.workspace.services.break_("nextcloud", "release")
    incident = await story.declare("gina")
    async with story.bot.database.read() as connection:
        assert await investigations.of_incident(connection, incident.id) == []
    await story.person("bob").click("accept.do", "alerts")
    await story.settle()
    async with story.bot.database.read() as connection:
        assert len(await investigations.of_incident(connection, incident.id)) == 1


@pytest.mark.models
async def test_agents_look_and_what_they_found_is_posted_with_its_cost(story: Story) -> None:
    """One live message, which ends as one line; then what was found, by a model and with its evidence."""
    story.workspace.services.break_("nextcloud", "release")
    incident = await story.declare()
    await story.follow()
    async with story.bot.database.read() as connection:
        (one,) = await investigations.of_incident(connection, incident.id)
    assert one.why_no_model == ""
    assert one.findings is not None
    said = [words(message) for message in story.workspace.slack.messages(await story.room())]
    assert any("$" in text and "Written by a model" in text for text in said)
    assert sum("Investigation 1: done" in text for text in said) == 1
