"""An incident is looked into, seen from Slack: asked for, gone on from, answered; and everything can be stopped."""

import pytest

from bot.incident.model import EventKind
from bot.incident.wanted import EffectKind
from bot.storage import effects
from bot.workspace.slack.model import Ephemeral
from bot.workspace.slack.people import Actor
from tests.scenarios.reading import buttons, view_words
from tests.scenarios.story import Story, texts, words

pytestmark = pytest.mark.asked
ROOM = "inc-1-nextcloud"


def read(answer: Ephemeral) -> str:
    """All that an answer says."""
    return " ".join([answer.text, *texts(answer.blocks)])


def offered(person: Actor) -> list[str]:
    """What can be pressed on somebody's App Home."""
    assert person.home is not None
    return buttons(person.home)


def found(story: Story, room: str) -> list[str]:
    """The messages that say what was found, oldest first."""
    return [said for message in story.workspace.slack.messages(room) if "Dig deeper" in (said := words(message))]


async def test_somebody_asks_and_what_is_found_is_posted(story: Story) -> None:
    """In the room, by the verb: without a key the report by rules, with the reason, and one message only."""
    await story.declare()
    answer = await story.person("bob").slash("/incident", "investigate why does it fail", ROOM)
    assert answer.text.startswith("INC-1 is being looked into.")
    await story.settle()
    (said,) = found(story, await story.room())
    assert "Written without a model" in said
    assert "There is no key for models" in said
    assert "Investigation 1" in said
    (begun,) = [event for event in await story.timeline() if event.kind is EventKind.INVESTIGATION_BEGUN]
    assert (begun.by, begun.text) == ("U0BOB", "why does it fail")


async def test_a_guest_may_not_have_it_looked_into(story: Story) -> None:
    """They read who may; nothing begins."""
    await story.declare()
    answer = await story.person("gina").slash("/incident", "investigate 1 why")
    assert "ask one of them" in answer.text
    await story.settle()
    assert found(story, await story.room()) == []


async def test_dig_deeper_asks_another_question(story: Story) -> None:
    """From the message itself; the second one is told below the first."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "investigate 1 why")
    await story.settle()
    await bob.click("investigate.deeper", ROOM)
    await story.settle()
    assert "Dig deeper: INC-1" in view_words(bob.view)
    assert await bob.submit({"question": "Only at night?"}) is None
    await story.follow()
    first, second = found(story, await story.room())
    assert "Investigation 1" in first
    assert "Investigation 2" in second


async def test_what_is_wrong_becomes_evidence(story: Story) -> None:
    """The reason stands on the timeline and in the room, and the next look cites it."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "investigate 1")
    await story.settle()
    await bob.submit({})
    await story.settle()
    await bob.click("wrong.open", ROOM)
    await story.settle()
    assert await bob.submit({"reason": "The disk was replaced before it began"}) is None
    await story.follow()
    assert any("investigation 1 is wrong: The disk was replaced" in said for said in story.said(await story.room()))
    (wrong,) = [event for event in await story.timeline() if event.kind is EventKind.FINDINGS_WRONG]
    assert wrong.text == "The disk was replaced before it began"


async def test_the_card_and_show_say_what_was_done_and_spent(story: Story) -> None:
    """Asked for, the newest investigation in a line; the card stays as it is where only rules have looked."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "investigate 1 why")
    await story.follow()
    line = "*Investigation 1* done by rules alone · $0.00 of $10.00"
    assert "Investigation 1" not in words(await story.card())
    await bob.slash("/incident", "show 1")
    assert line in read(bob.ephemerals[-1])


@pytest.mark.core
async def test_everything_can_be_stopped_and_released(story: Story) -> None:
    """By an approver, from App Home; everybody sees it there, and what waited follows when it is released."""
    await story.configure("# approvers:", "approvers:")
    await story.declare()
    viktor, bob = story.person("viktor"), story.person("bob")
    for person in (viktor, bob):
        await person.open_home()
    await story.settle()
    assert "Stop everything" in offered(viktor)
    assert "Stop everything" not in offered(bob)
    await viktor.click("halt.do")
    await story.pass_time(seconds=40)
    assert "*Everything is stopped* by <@U0VIKTOR>" in view_words(bob.home)
    assert "Release" in offered(viktor)
    assert "Release" not in offered(bob)
    before = len(story.said(await story.room()))
    assert (await bob.slash("/incident", "update 1 still down")).text.startswith("Your update")
    await story.settle()
    assert len(story.said(await story.room())) == before
    await viktor.click("release.do")
    await story.pass_time(seconds=40)
    assert any("still down" in said for said in story.said(await story.room()))
    assert "Everything is stopped" not in view_words(bob.home)


@pytest.mark.core
async def test_whoever_comes_late_is_told_how_it_stands(story: Story) -> None:
    """Only they, in the room, once an hour; whoever was there from the start is not."""
    await story.declare()
    await story.pass_time(minutes=6)
    carla, bob = story.person("carla"), story.person("bob")
    await bob.slash("/incident", "update 1 The volume is full")
    await bob.slash("/incident", "note 1 Restarted it, no change")
    await story.follow()
    room = await story.room()
    await carla.join(room)
    await story.settle()
    (told,) = [read(answer) for answer in carla.ephemerals if "What was reported" in read(answer)]
    assert "The volume is full" in told
    assert "Restarted it, no change" in told
    assert "SEV2" in told
    assert bob.ephemerals == [answer for answer in bob.ephemerals if "What was reported" not in read(answer)]
    await carla.leave(room)
    await carla.join(room)
    await story.settle()
    assert len([answer for answer in carla.ephemerals if "What was reported" in read(answer)]) == 1
    await story.pass_time(minutes=61)
    await carla.leave(room)
    await carla.join(room)
    await story.settle()
    assert len([answer for answer in carla.ephemerals if "What was reported" in read(answer)]) == 2


async def test_a_fresh_incident_tells_nobody_what_its_room_says(story: Story) -> None:
    """Whoever is invited as it opens, or joins at once, is told nothing more."""
    await story.declare()
    carla, room = story.person("carla"), await story.room()
    await carla.join(room)
    await story.settle()
    for name in ("ana", "bob", "carla"):
        assert not any("What was reported" in read(answer) for answer in story.person(name).ephemerals)


async def test_whoever_has_left_again_is_told_nothing_and_nothing_is_tried_on(story: Story) -> None:
    """What waits while everything is stopped comes too late for them: Slack refuses, and that is the end of it."""
    await story.declare()
    await story.pass_time(minutes=6)
    carla, viktor, room = story.person("carla"), story.person("viktor"), await story.room()
    await viktor.open_home()
    await story.settle()
    await viktor.click("halt.do")
    await carla.join(room)
    await story.settle()
    await carla.leave(room)
    await viktor.close_view()
    await story.pass_time(seconds=40)
    await viktor.click("release.do")
    await story.pass_time(minutes=2)
    assert not any("What was reported" in read(answer) for answer in carla.ephemerals)
    async with story.bot.database.read() as connection:
        assert await effects.waiting(connection) == []
        told = await effects.last_answer(connection, EffectKind.CATCH_UP, {"actor": "U0CARLA"})
    assert told is not None, "it was meant to be told"
