"""The promise to be prompt: whoever acts has an answer in time, whatever everything else takes."""

from collections.abc import Awaitable, Callable

import pytest
from pydantic import ValidationError

from bot.incident.model import State
from bot.settings import Timing
from bot.storage import effects
from bot.workspace.slack.limits import ACK
from handlers.slack import PATIENCE
from tests.scenarios.reading import issue, outside_once
from tests.scenarios.story import Story

ROOM = "inc-1-nextcloud"


@pytest.mark.core
async def test_promise_prompt_opens_before_anything_else(story: Story) -> None:
    """No I/O before `views.open` but the open itself."""
    await story.declare()
    await story.follow()
    bob, calls = story.person("bob"), story.workspace.slack.api.calls
    await bob.slash("/incident", "resolve 1 typed")
    await bob.slash("/incident", "reopen 1 typed")
    await story.follow()

    ways: list[Callable[[], Awaitable[object]]] = [
        *(
            lambda text=text: bob.slash("/incident", text)
            for text in ("", "mail is slow", "update", "lead", "status 1")
        ),
        *(lambda id=id: bob.click(id, ROOM) for id in ("update.open", "severity.open", "resolve.open")),
    ]
    for act in ways:
        before = len(calls)
        await act()
        assert calls[before] == "views.open"
        await story.settle()
        await bob.close_view(everything=True)


def test_promise_prompt_by_the_numbers() -> None:
    """In earnest too an outcome is waited for less long than a handler may take, and that less long than Slack waits;
    no setting makes it otherwise.
    """
    with pytest.raises(ValidationError, match="outcome_wait"):
        Timing(outcome_wait=PATIENCE)
    assert Timing().outcome_wait < 2.5 < PATIENCE < ACK == 3.0


@pytest.mark.core
@pytest.mark.hurried
async def test_promise_prompt_while_everything_is_slow(story: Story) -> None:
    """Slack has its answer in time, whatever GitHub and Slack take: it comes before the work outside is done."""
    faults, ana, bob = story.workspace.faults, story.person("ana"), story.person("bob")
    faults.add("github", "*", "slow", seconds=1.8)
    for method in ("chat.*", "conversations.*", "pins.*"):
        faults.add("slack", method, "slow", seconds=0.5)
    faults.add("slack", "views.*", "slow", seconds=0.2)

    async def in_time(act: Awaitable[object]) -> None:
        assert getattr(await act, "error", "") == ""

    async def before_the_work(act: Awaitable[object]) -> None:
        await in_time(act)
        async with story.bot.database.read() as connection:
            assert await effects.waiting(connection)

    await in_time(ana.slash("/incident", "nextcloud gives 502"))
    await before_the_work(ana.submit({"scope": "multiple"}))
    await before_the_work(bob.slash("/incident", "lead 1"))
    await before_the_work(bob.slash("/incident", "update 1 The database is full"))
    await in_time(bob.slash("/incident", "list"))
    await before_the_work(bob.slash("/incident", "resolve 1 made room"))
    faults.clear()
    await story.pass_time(seconds=30)
    assert (await story.incident()).state is State.RESOLVED
    for _ in range(6):
        await story.pass_time(seconds=30)
    outside_once(story)
    assert issue(story).state == "closed"
