"""Declaring: from what somebody types to the card, the room, the announcement and the issue."""

import pytest

from bot.incident.model import State
from tests.scenarios.story import Story, words


@pytest.mark.core
async def test_a_report_becomes_card_room_announcement_and_issue(story: Story) -> None:
    """The first complete story: typed in #alerts, answered in the form, visible in all its places."""
    ana = story.person("ana")
    answer = await ana.slash("/incident", "nextcloud gives 502 since 14:00")
    assert answer.error == ""
    assert ana.view is not None
    assert ana.view.state["what"]["declare.what"]["value"] == "nextcloud gives 502 since 14:00"
    assert await ana.submit({"scope": "multiple"}) is None
    await story.settle()

    incident = await story.incident(1)
    assert incident.state is State.TRIAGING
    assert incident.severity == "SEV2"
    assert incident.places.room_name == "inc-1-nextcloud"
    assert "INC-1" in words(await story.card())
    assert any("INC-1" in text for text in story.said("alerts"))
    assert incident.places.issue_number == 1
    issue = story.workspace.github.repository.issues[1]
    assert issue.title.startswith("[INCIDENT] ")
    assert {"incident", "user-report", "sev2", "postmortem-required"} == set(issue.labels)
    assert any("Thank you" in message.text for message in ana.dm)
    assert ana.id in story.workspace.slack.channel(await story.room()).members
