"""Being spoken to: always answered, once, also when we die or Slack is away in between."""

import pytest

from bot.workspace.slack.model import Ephemeral
from tests.scenarios.reading import buttons, delivered_twice
from tests.scenarios.story import Story, texts


def answers(story: Story, name: str = "carla") -> list[Ephemeral]:
    """What only this person was told."""
    return list(story.person(name).ephemerals)


@pytest.mark.core
async def test_a_mention_is_answered_once_wherever_it_arrives(story: Story) -> None:
    """Delivered twice at the same time, and again after a restart, which remembers nothing but the database."""
    carla = delivered_twice(story, "carla")
    message = await carla.say("@holdfast the photos are gone", "alerts")
    await story.settle()
    assert len(answers(story)) == 1
    assert "the photos are gone" in str(answers(story)[0].blocks)
    await story.restart()
    bot = story.workspace.slack.world.app.user_id
    again = {"user": carla.id, "ts": message.ts, "channel": message.channel, "text": f"<@{bot}> the photos are gone"}
    story.workspace.slack.world.happened({"type": "app_mention", **again})
    await story.settle()
    assert len(answers(story)) == 1


async def test_an_answer_waits_for_slack_and_is_given_once(story: Story) -> None:
    """Slack is down when the bot is spoken to; the answer follows, also over a restart."""
    fault = story.workspace.faults.add("slack", "*", "refused")
    await story.person("ana").say("hello?", "dm")
    await story.person("carla").say("@holdfast help", "alerts")
    await story.settle()
    assert [message for message in story.person("ana").dm if message.bot_id] == []
    story.workspace.faults.clear(fault)
    await story.restart()
    await story.pass_time(minutes=1)
    assert len([message for message in story.person("ana").dm if message.bot_id]) == 1
    assert len(answers(story)) == 1
    assert "/incident resolve" in " ".join(texts(answers(story)[0].blocks))


async def test_a_lost_answer_in_a_direct_message_is_looked_for(story: Story) -> None:
    """It was posted, and Slack failed to say so."""
    story.workspace.faults.add("slack", "chat.postMessage", "timeout_after_write", times=1)
    ana = story.person("ana")
    await ana.say("hello?", "dm")
    await story.settle()
    await story.pass_time(minutes=1)
    (said,) = [message for message in ana.dm if message.bot_id]
    assert buttons(said) == ["Report this as a new incident"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@holdfast", "Report an incident"),
        ("@holdfast help", "/incident resolve"),
        ("@holdfast help update", "Tell everybody what is known now."),
        ("@holdfast statsu", "Did you mean"),
        ("@holdfast list", "INC-1"),
        ("@holdfast show inc-1", "502 Bad Gateway"),
        ("@holdfast status", "INC-1"),
        ("@holdfast show INC-99", "Shall I take this as a report?"),
        ("@holdfast new the mail is gone", "the mail is gone"),
        ("@holdfast if x<y & z>2 it fails", "if x&lt;y &amp; z&gt;2 it fails"),
    ],
)
async def test_the_bot_never_stays_silent(story: Story, text: str, words: str) -> None:
    """A report button, an incident or help; in a channel only for whoever asked."""
    await story.declare()
    await story.person("ana").say(text, await story.room())
    await story.settle()
    assert words in " ".join(texts(answers(story, "ana")[-1].blocks))


async def test_show_tells_what_has_not_been_done_yet(story: Story) -> None:
    """GitHub is down: whoever looks hears that the issue follows, wherever they look."""
    story.workspace.faults.add("github", "*", "refused")
    await story.declare()
    await story.settle()
    room, ana = await story.room(), story.person("ana")
    assert "the issue will follow" in str((await ana.slash("/incident", "show", room)).blocks)
    await ana.slash("/incident", "show")
    await ana.click("show.open")
    await story.settle()
    assert ana.view is not None
    assert "the issue will follow" in str(ana.view.blocks)
    await ana.say("@holdfast inc-1", "alerts")
    await story.settle()
    assert "the issue will follow" in str(answers(story, "ana")[-1].blocks)
