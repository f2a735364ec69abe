"""`note`, `timeline` and its sub-words: typed or asked in a form, in the room and elsewhere, by members and guests."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.incident.entries import Entry, shown
from bot.workspace.slack.people import Actor
from tests.scenarios.reading import buttons, issue, view_words
from tests.scenarios.story import Story

ROOM = "inc-1-nextcloud"


async def entries(story: Story, number: int = 1) -> list[Entry]:
    """What everybody who works on it sees on the timeline."""
    return list(shown(await story.incidents.entries((await story.incident(number)).id), internal=True))


async def written(story: Story, text: str) -> Entry:
    """The entry with these words."""
    return next(entry for entry in await entries(story) if text in entry.text)


def comments(story: Story) -> list[str]:
    """The comments of the public timeline."""
    return [comment.body for comment in issue(story).comments if comment.body.startswith("**Timeline:**")]


async def begun(story: Story) -> Actor:
    """An incident, and Bob in its room."""
    await story.declare()
    bob = story.person("bob")
    await bob.join(ROOM)
    return bob


@pytest.mark.core
async def test_a_note_is_for_the_people_who_work_on_it(story: Story) -> None:
    """Typed in the room: it is said there, stands on the timeline, and not in the issue."""
    bob = await begun(story)
    answer = await bob.slash("/incident", "note The replica lags too", ROOM)
    assert "for the people who work on it" in answer.text
    await story.follow()
    assert (await written(story, "replica lags")).public is False
    assert any("noted: The replica lags too" in text for text in story.said(ROOM))
    assert comments(story) == []


async def test_a_note_can_be_asked_and_made_public(story: Story) -> None:
    """Alone, the verb opens its form; elsewhere the incident is named or picked."""
    bob = await begun(story)
    await bob.slash("/incident", "note", ROOM)
    await story.settle()
    assert await bob.submit({"text": "Failover began", "audience": "public"}) is None
    await bob.slash("/incident", "note 1 Elsewhere, by number", "alerts")
    await bob.slash("/incident", "note Elsewhere, picked", "alerts")
    await story.settle()
    await bob.click("note.open")
    await story.settle()
    assert "Elsewhere, picked" in view_words(bob.view)
    assert await bob.submit() is None
    await story.settle()
    assert {entry.text for entry in await entries(story)} >= {"Failover began", "Elsewhere, by number"}
    assert [entry.public for entry in await entries(story) if "picked" in entry.text] == [False]
    assert len(comments(story)) == 1


@pytest.mark.core
async def test_the_timeline_is_corrected_and_never_rewritten(story: Story) -> None:
    """Added with its time, starred, moved, hidden: the comment follows, and every step is in the record."""
    bob = await begun(story)
    here = (story.clock.now() - timedelta(hours=1)).strftime("%H:%M UTC")
    answer = await bob.slash("/incident", f"timeline add {here} Restarted the database", ROOM)
    assert "goes into its issue" in answer.text
    await story.settle()
    entry = await written(story, "Restarted")
    assert entry.at < story.clock.now() - timedelta(minutes=59)
    assert entry.at.strftime("%Y-%m-%d %H:%M UTC") in comments(story)[0]
    assert "has a star" in (await bob.slash("/incident", f"timeline star {entry.number}", ROOM)).text
    earlier = (story.clock.now() - timedelta(hours=2)).strftime("%H:%M UTC")
    assert "new time" in (await bob.slash("/incident", f"timeline time {entry.number} {earlier}", ROOM)).text
    await story.settle()
    moved = await written(story, "Restarted")
    assert moved.starred
    assert moved.at < entry.at
    assert moved.at.strftime("%Y-%m-%d %H:%M UTC") in comments(story)[0]
    assert "is hidden" in (await bob.slash("/incident", f"timeline hide {entry.number} not ours", ROOM)).text
    await story.settle()
    assert [entry for entry in await entries(story) if "Restarted" in entry.text] == []
    assert comments(story) == []
    assert any("Restarted the database" in event.text for event in await story.timeline())


async def test_the_time_is_the_persons_own(story: Story) -> None:
    """Bob is in New York: what he types is read in his zone, and what cannot be one moment is asked about."""
    bob = await begun(story)
    there = story.clock.now() - timedelta(hours=3)
    typed = there.replace(second=0, microsecond=0)
    await bob.slash("/incident", f"timeline add {typed.astimezone(ZoneInfo('America/New_York')):%H:%M} It began", ROOM)
    await story.settle()
    assert (await written(story, "It began")).at == typed
    unclear = await bob.slash("/incident", "timeline add 25:99 What was this", ROOM)
    assert "I cannot tell when" in unclear.text
    assert "What was this" in str(unclear.blocks)
    ahead = await bob.slash("/incident", "timeline time 1 2999-01-01 10:00", ROOM)
    assert "I cannot tell when" in ahead.text


async def test_a_slip_of_the_finger_is_asked_about(story: Story) -> None:
    """The nearest sub-word is named, and a report that only begins so is not lost."""
    bob = await begun(story)
    assert "Did you mean `/incident timeline add`?" in (await bob.slash("/incident", "timeline ad x", ROOM)).text
    assert "Did you mean `/incident timeline hide`?" in (await bob.slash("/incident", "timeline hid 3", ROOM)).text
    shown = await bob.slash("/incident", "timeline of the photo app shows nothing", ROOM)
    assert "timeline star 3" in shown.text
    assert "Report this as a new incident" in buttons(bob.ephemerals[-1])


async def test_what_was_done_cannot_be_hidden(story: Story) -> None:
    """Only what people wrote there can; an entry that is not there is said so."""
    bob = await begun(story)
    assert "so it stays" in (await bob.slash("/incident", "timeline hide 1", ROOM)).text
    assert "has no entry 99" in (await bob.slash("/incident", "timeline star 99", ROOM)).text
    await bob.slash("/incident", "timeline star 1", ROOM)
    assert "has a star already" in (await bob.slash("/incident", "timeline star 1", ROOM)).text


@pytest.mark.core
async def test_the_timeline_is_shown_and_turned(story: Story) -> None:
    """The newest first, a page at a time; its buttons add and correct."""
    bob = await begun(story)
    for number in range(20):
        await bob.slash("/incident", f"note Step {number} of many", ROOM)
        story.clock.advance(60)
    await story.settle()
    await bob.slash("/incident", "timeline", ROOM)
    await story.settle()
    shown = view_words(bob.view)
    assert "Page 1 of 2" in shown
    assert shown.index("Step 19 of many") < shown.index("Step 18 of many")
    assert "Step 0 of many" not in shown
    await bob.click("timeline.older")
    await story.settle()
    assert "Step 0 of many" in view_words(bob.view)
    await bob.click("timeline.newer")
    await story.settle()
    assert "Step 19 of many" in view_words(bob.view)
    await bob.click("timeline.curate")
    await story.settle()
    entry = await written(story, "Step 7 of many")
    assert await bob.submit({"entry": str(entry.number), "do": "star"}) is None
    await story.settle()
    assert (await written(story, "Step 7 of many")).starred


async def test_elsewhere_the_incident_is_named_or_picked(story: Story) -> None:
    """What was typed after the verb is in the form that follows."""
    bob = await begun(story)
    await bob.slash("/incident", "timeline 1", "alerts")
    await story.settle()
    assert "Timeline of INC-1" in view_words(bob.view)
    await bob.close_view()
    await bob.slash("/incident", "timeline add Said elsewhere", "alerts")
    await story.settle()
    assert "Which incident?" in view_words(bob.view)
    await bob.click("timeline.open")
    await story.settle()
    assert "Said elsewhere" in view_words(bob.view)
    assert await bob.submit() is None
    await story.settle()
    assert (await written(story, "Said elsewhere")).public


async def test_a_form_for_every_sub_word(story: Story) -> None:
    """Too little typed opens the form, with what was typed chosen already."""
    bob = await begun(story)
    await bob.slash("/incident", "note To be moved", ROOM)
    await story.settle()
    number = (await written(story, "To be moved")).number
    await bob.slash("/incident", "timeline hide", ROOM)
    await story.settle()
    assert bob.view is not None
    assert bob.view.state["do"]["timeline.do"]["selected_option"]["value"] == "hide"
    assert await bob.submit({"entry": str(number), "do": "time"}) == {"at": "Say when it really was."}
    at = int(story.clock.now().timestamp()) - 600
    assert await bob.submit({"entry": str(number), "do": "time", "at": at}) is None
    await story.settle()
    assert int((await written(story, "To be moved")).at.timestamp()) == at


@pytest.mark.core
async def test_guests_see_what_is_public_and_change_nothing(story: Story) -> None:
    """Outside of the room a guest reads the public entries only."""
    bob = await begun(story)
    await bob.slash("/incident", "note Only for us", ROOM)
    await bob.slash("/incident", "timeline add For everybody", ROOM)
    await story.settle()
    gina = story.person("gina")
    await gina.slash("/incident", "timeline 1", "alerts")
    await story.settle()
    shown = view_words(gina.view)
    assert "For everybody" in shown
    assert "Only for us" not in shown
    await gina.close_view()
    assert "Guests cannot do this" in (await gina.slash("/incident", "note 1 hello", "alerts")).text
    assert "Guests cannot do this" in (await gina.slash("/incident", "timeline 1 star 1", "alerts")).text
    assert not [entry for entry in await entries(story) if "hello" in entry.text or entry.starred]


async def test_nobody_is_shown_as_an_id(story: Story) -> None:
    """A mention in a captured message is read by name."""
    bob = await begun(story)
    await bob.react("pushpin", await bob.say("Ask @carla about it", ROOM))
    await story.settle()
    await bob.slash("/incident", "timeline", ROOM)
    await story.settle()
    assert "Ask @carla about it" in view_words(bob.view)
