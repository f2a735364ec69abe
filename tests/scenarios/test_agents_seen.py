"""Agents at work, as people see it: live, stopped at once, and what they found with its cost."""

import asyncio
import json

import pytest

from bot.incident.model import HOLDFAST, EventKind
from bot.investigation.model import Kind, State
from bot.storage import budget, investigations
from bot.workspace.claude import Hang, Reply
from tests.agents.roles.answers import REPORT
from tests.scenarios.reading import buttons, parsed
from tests.scenarios.story import Story, words

pytestmark = pytest.mark.models
ROOM = "inc-1-nextcloud"


async def live(story: Story) -> str:
    """The live message, once it is there and a model is being asked."""
    async with asyncio.timeout(60):
        while True:
            channels = [c for c in story.workspace.slack.world.channels.values() if c.name == ROOM]
            said = [m for c in channels for m in story.workspace.slack.messages(c.id) if "Stop" in buttons(m)]
            if said and story.workspace.claude.asked:
                return words(said[-1])
            await asyncio.sleep(0.05)


async def test_what_goes_on_is_seen_and_stops_at_once(story: Story) -> None:
    """While a model keeps us waiting: stages, money that is held, and *Stop*, after which one line is left and what
    was known by then is posted.
    """
    story.workspace.services.break_("nextcloud", "release")
    story.workspace.claude.storm(Hang())
    declaring = asyncio.create_task(story.declare())
    said = await live(story)
    assert "🔎 *Investigation 1*, begun by itself" in said
    assert "of $5.00" in said
    bob = story.person("bob")
    await bob.click("stop_investigation.do", ROOM)
    incident = await declaring
    await story.follow()
    async with story.bot.database.read() as connection:
        (one,) = await investigations.of_incident(connection, incident.id)
    assert (one.state, one.stopped_by) == (State.STOPPED, "U0BOB")
    room = [words(message) for message in story.workspace.slack.messages(ROOM)]
    assert sum("Investigation 1: stopped by <@U0BOB>" in text for text in room) == 1
    assert sum("Stopped by <@U0BOB>; this is what was known by then." in text for text in room) == 1
    assert not any("Stop" in buttons(message) for message in story.workspace.slack.messages(ROOM))


async def test_the_card_and_catching_up_tell_what_agents_think(story: Story) -> None:
    """The cost of what they may spend stands on the card; whoever comes late reads their verdict."""
    story.workspace.services.break_("nextcloud", "release")
    await story.declare()
    await story.follow()
    card = words(await story.card())
    assert "*Investigation 1* done · $" in card
    assert "of $10.00" in card
    carla = story.person("carla")
    answer = await carla.slash("/incident", "catchup 1")
    assert "What is thought" in str(carla.ephemerals) or "What is thought" in str(answer)


async def test_whoever_ran_a_command_says_so(story: Story) -> None:
    """The command stands there to be copied; *I did this* puts it on the timeline, and tells the room."""
    story.workspace.services.break_("nextcloud", "release")
    story.workspace.claude.script(Reply(text=json.dumps(REPORT)), system="You write what an investigation comes to")
    await story.declare()
    await story.follow()
    (found,) = [message for message in story.workspace.slack.messages(ROOM) if "I did this" in buttons(message)]
    command = "kubectl rollout undo deployment/nextcloud -n nextcloud"
    assert f"```{command}```" in words(found)
    assert "delete pvc" not in words(found)
    await story.person("bob").click("did_this.do", ROOM)
    await story.follow()
    (ran,) = [event for event in await story.timeline() if event.kind is EventKind.COMMAND_RUN]
    assert (ran.by, ran.text) == ("U0BOB", command)
    assert any(f"<@U0BOB> ran a command: {command}." in said for said in story.said(await story.room()))


async def test_nothing_that_a_model_writes_calls_anybody_or_leads_elsewhere(story: Story) -> None:
    """A mass mention, a link, a picture and a forged button's text: all of it is text, in every message."""
    story.workspace.services.break_("nextcloud", "release")
    evil = "<!channel> <https://evil.example/x|Approve> ![i](https://evil.example/pixel.png) <@U0VIKTOR> *bold*"
    hostile = REPORT | {"verdict": evil, "next_steps": [evil]}
    story.workspace.claude.script(Reply(text=json.dumps(hostile)), system="You write what an investigation comes to")
    await story.declare()
    await story.follow()
    carla = story.person("carla")
    await carla.slash("/incident", "catchup 1")
    await carla.slash("/incident", "show 1")
    shown = [text for text in parsed(story) if "Approve" in text]
    assert shown, "its words were told"
    for text in shown:
        assert "<!channel>" not in text
        assert "<@U0VIKTOR>" not in text
        assert "evil" not in text


async def test_what_becomes_private_meanwhile_reaches_no_model_any_more(story: Story) -> None:
    """The call that was under way is the last one; members read what rules say, and why."""
    story.workspace.services.break_("nextcloud", "release")
    story.workspace.claude.script(Reply(text="It is not known.", pace=0.5))
    declaring = asyncio.create_task(story.declare())
    await live(story)
    answer = await story.person("bob").slash("/incident", "private 1 a name is in it", ROOM)
    assert answer.text.startswith("INC-1 is private now.")
    asked = len(story.workspace.claude.asked)
    await declaring
    await story.follow()
    assert len(story.workspace.claude.asked) == asked
    said = [words(message) for message in story.workspace.slack.messages(await story.room())]
    assert sum("This incident is private, and models do not see private ones here." in text for text in said) == 1
    assert not any("Written by a model" in words(m) for m in story.workspace.slack.messages(ROOM))


@pytest.mark.parametrize(
    ("over", "recorded"), [("resolve 1 Rolled it back", True), ("decline 1 It was planned", False)]
)
async def test_what_is_over_is_looked_into_no_further(story: Story, over: str, recorded: bool) -> None:
    """Whoever looks stops with it: one line says so, what it held is free, and nothing of it is posted afterwards.

    Only a written record begins work of its own.
    """
    story.workspace.services.break_("nextcloud", "release")
    story.workspace.claude.storm(Hang())
    declaring = asyncio.create_task(story.declare())
    await live(story)
    answer = await story.person("bob").slash("/incident", over, ROOM)
    assert answer.error == ""
    story.workspace.claude.calm()
    asked = len(story.workspace.claude.asked)
    incident = await declaring
    await story.follow()
    assert not (await story.incident()).is_open
    async with story.bot.database.read() as connection:
        one, *later = await investigations.of_incident(connection, incident.id)
        totals = await budget.of_run(connection, one.id)
    assert [each.kind for each in later] == ([Kind.POSTMORTEM] if recorded else [])
    assert (one.state, one.stopped_by, totals.held) == (State.STOPPED, HOLDFAST, 0)
    assert (len(story.workspace.claude.asked) > asked) == recorded
    said = [words(message) for message in story.workspace.slack.messages(ROOM)]
    assert sum("Investigation 1: ended with the incident" in text for text in said) == 1
    assert not any("Investigation 1 ·" in text for text in said)
