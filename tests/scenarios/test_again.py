"""What was refused once may be allowed the next time; the form is still open, and nobody types it twice."""

import asyncio
from pathlib import Path

import pytest

from bot.incident.model import State
from bot.workflows.intake import PENDING
from tests.scenarios.story import Story
from tests.scenarios.test_hostile import held


@pytest.mark.core
async def test_a_refused_form_works_once_nothing_stands_in_its_way(story: Story) -> None:
    """Bob wants to reopen what is open still; Ana resolves it; his same form, sent again, opens it again."""
    await story.declare(scope="just_me")
    bob = story.person("bob")
    await bob.slash("/incident", "reopen 1")
    await story.settle()
    refused = await bob.submit({"reason": "It is slow again."})
    assert refused is not None
    assert "need not be reopened" in " ".join(refused.values())
    await story.person("ana").slash("/incident", "resolve 1 restarted it")
    await story.settle()
    assert await bob.submit() is None
    await story.settle()
    assert (await story.incident()).state is State.INVESTIGATING


@pytest.mark.core
@pytest.mark.hurried
async def test_a_refusal_that_comes_too_late_for_the_form_is_a_message(story: Story, tmp_path: Path) -> None:
    """Bob is told to wait while the database does; then it is refused, and he reads so, with the words he typed."""
    await story.declare(scope="just_me")
    bob = story.person("bob")
    await bob.slash("/incident", "severity 1")
    await story.settle()
    with held(story, tmp_path):
        assert await bob.submit({"severity": "SEV3", "reason": "All done."}) is None
        assert bob.view is not None
        assert PENDING in str(bob.view.body)
        story.clock.advance(30)
    await story.settle()
    told = bob.dm[-1]
    assert "could not be done, and nothing was changed" in told.text
    assert "INC-1 is SEV3 already." in told.text
    assert (await story.incident()).state is State.TRIAGING


async def test_an_answer_finds_another_way(story: Story) -> None:
    """The address that Slack gave for the answer fails; who came second still reads that somebody leads already."""
    await story.declare()
    room = await story.room()
    rivals = [story.person("bob"), story.person("carla")]
    for rival in rivals:
        await rival.join(room)
    fault = story.workspace.faults.add("slack", "response_url", "500")
    await asyncio.gather(*(rival.click("lead.take", channel=room) for rival in rivals))
    await story.settle()
    story.workspace.faults.clear(fault)
    leads = (await story.incident()).lead
    second = next(rival for rival in rivals if rival.id != leads)
    assert "leads INC-1 already" in " ".join(said.text for said in second.ephemerals)
