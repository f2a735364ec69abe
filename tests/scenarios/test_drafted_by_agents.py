"""The written record of an incident: what agents draft of it, for people to check."""

import pytest

from bot.incident.postmortem_state import PostmortemState
from bot.investigation.model import Kind, State
from bot.storage import investigations
from bot.storage.postmortems import written
from bot.workflows.filled import BY_AGENTS
from tests.scenarios.story import Story

pytestmark = pytest.mark.models


async def resolved(story: Story) -> str:
    """An incident that was looked into and is over; its id."""
    story.workspace.services.break_("nextcloud", "release")
    incident = await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "resolve 1 Rolled back the release")
    await story.settle()
    return incident.id


async def test_agents_draft_what_nobody_has_written(story: Story) -> None:
    """Once it is over they fill sections of its post-mortem, each marked as theirs; the room is told once."""
    id = await resolved(story)
    assert (await story.incident()).postmortem is PostmortemState.DRAFT
    async with story.bot.database.read() as connection:
        kept, all_of_it = await written(connection, id), await investigations.of_incident(connection, id)
    assert [(one.kind, one.state) for one in all_of_it] == [
        (Kind.INVESTIGATION, State.DONE),
        (Kind.POSTMORTEM, State.DONE),
    ]
    assert kept.parts
    assert all(text.startswith(BY_AGENTS) for text in kept.parts.values())
