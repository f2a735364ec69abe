"""What people complain of in other incident bots, one test each, by the number it has in the list of peers' pains.

Those that another file shows already stand in `ELSEWHERE`; those that are not about what is built yet stand nowhere.
"""

import ast
import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.incident.model import EventKind, State
from bot.workspace.slack.model import Channel
from tests.architecture.source import ROOT, tree
from tests.scenarios.reading import announcements, delivered_twice, issue, issue_text, outside_once, view_words
from tests.scenarios.story import GOOD, Story, words

ROOM = "inc-1-nextcloud"
#: Pain, and where it is met: file under `tests/`, and test.
ELSEWHERE: dict[int, tuple[str, str]] = {
    1: ("handlers/test_sockets.py", "test_a_silent_connection_is_noticed_and_rebuilt"),
    2: ("scenarios/test_pitfalls.py", "test_a_form_opens_before_anything_is_read"),
    3: ("scenarios/test_faults.py", "test_each_method_and_channel_has_its_own_pace"),
    4: ("scenarios/test_promises.py", "test_promise_quiet_in_a_whole_story"),
    13: ("scenarios/test_pins.py", "test_edits_and_deletions_follow"),
    15: ("architecture/test_ids.py", "test_the_manifest_asks_for_what_is_heard"),
    29: ("scenarios/test_pins.py", "test_a_pin_is_on_the_timeline_and_in_the_issue"),
    31: ("bot/views/test_messages.py", "test_notices_are_valid_for_any_incident"),
    32: ("demo/test_demo.py", "test_the_whole_story_in_the_page"),
}


def test_what_is_shown_elsewhere_is_there() -> None:
    """The table is true."""
    for pain, (file, test) in ELSEWHERE.items():
        found = {node.name for node in ast.walk(tree(ROOT / "tests" / file)) if hasattr(node, "name")}
        assert test in found, f"pain {pain}: {file} has no {test}"


async def test_pain_05_private_channels_are_not_ignored(story: Story) -> None:
    """Commands, buttons and reactions work in a private room as in any other."""
    await story.declare(flags=["private"])
    room, ana = await story.room(), story.person("ana")
    assert (await ana.slash("/incident", "update we are looking", room)).text.startswith("Your update on INC-1")
    await ana.react("star", await ana.say("the token is revoked", room))
    await story.follow()
    entries = await story.incidents.entries((await story.incident()).id)
    assert [entry.text for entry in entries if entry.starred] == ["the token is revoked"]


async def test_pain_06_a_channel_name_that_is_taken(story: Story) -> None:
    """Somebody else has a channel of that name: ours gets a number behind it, and theirs is left alone."""
    world = story.workspace.slack.world
    theirs = Channel("C0THEIRS", ROOM, creator="U0CARLA", members=["U0CARLA"])
    world.channels[theirs.id] = theirs
    await story.declare()
    room = story.workspace.slack.channel(await story.room())
    assert room.name == f"{ROOM}-2"
    assert story.said(theirs.id) == []


async def test_pain_07_a_failing_integration_blocks_nothing(story: Story) -> None:
    """With GitHub down an incident is declared, worked on and resolved; the issue follows."""
    story.workspace.faults.add("github", kind="refused")
    await story.declare()
    bob = story.person("bob")
    for text in ("lead 1", "update 1 found it", "resolve 1 restarted it"):
        assert (await bob.slash("/incident", text)).text
        await story.settle()
    assert (await story.incident()).state is State.RESOLVED
    story.workspace.faults.clear()
    await story.pass_time(minutes=3)
    assert issue(story).state == "closed"


async def test_pain_08_the_ticket_follows_and_nothing_loops(story: Story) -> None:
    """Resolved here, closed there, reopened here: each side moves once and the other does not answer."""
    await story.declare()
    bob = story.person("bob")
    for text, state in (("resolve 1 restarted", "closed"), ("reopen 1 it is back", "open")):
        await bob.slash("/incident", text)
        await story.follow()
        assert issue(story).state == state
    kinds = [event.kind for event in await story.timeline()]
    await story.pass_time(minutes=10)
    assert [event.kind for event in await story.timeline()] == kinds
    assert (kinds.count(EventKind.RESOLVED), kinds.count(EventKind.REOPENED)) == (1, 1)


async def test_pain_11_severity_at_declaring_and_by_command(story: Story) -> None:
    """It follows from the answers, is changed in one line, and the worst calls the owner into the room."""
    incident = await story.declare()
    assert incident.severity == "SEV2"
    await story.person("bob").slash("/incident", "severity 1 sev1 mail is down too")
    await story.follow()
    assert (await story.incident()).severity == "SEV1"
    assert "U0VIKTOR" in story.workspace.slack.channel(ROOM).members


async def test_pain_12_what_is_added_to_the_timeline_is_seen_in_the_channel(story: Story) -> None:
    """A note is a line in the room, not only a row in a table."""
    await story.declare()
    await story.person("bob").slash("/incident", "note 1 the disk is full")
    await story.follow()
    assert any("noted: the disk is full." in text for text in story.said(ROOM))


async def test_pain_14_people_are_no_ids_outside_of_slack(story: Story) -> None:
    """Whoever is mentioned stands in the issue by role or name, and nobody is called there."""
    await story.declare()
    await story.person("bob").slash("/incident", "update 1 @carla restarts it, @ana says it works")
    await story.follow()
    said = issue_text(issue(story))
    assert "restarts it" in said
    assert "U0" not in said
    assert "<@" not in said


async def test_pain_16_a_box_that_is_not_ticked_is_off(story: Story) -> None:
    """Nothing is private, a drill, or at risk that nobody ticked; and everything is that somebody did."""
    plain = await story.declare()
    assert (plain.private, plain.test, plain.report.data_at_risk, plain.report.workaround) == (False,) * 4
    ticked = await story.declare(service="immich", flags=["test", "workaround"])
    assert (ticked.test, ticked.report.workaround, ticked.private) == (True, True, False)


async def test_pain_26_the_same_submission_twice_is_one_incident(story: Story) -> None:
    """A form sent twice, and every delivery doubled by Slack."""
    ana = delivered_twice(story, "ana")
    await ana.slash("/incident")
    assert await ana.submit(GOOD) is None
    await story.follow()
    assert len(announcements(story)) == 1
    assert (await story.newest()).number == 1
    outside_once(story)


async def test_pain_28_an_issue_from_a_slack_message(story: Story) -> None:
    """Two clicks: the shortcut, and *Report*."""
    said = await story.person("bob").say("nextcloud gives 502 on every page since 14:00")
    ana = story.person("ana")
    await ana.shortcut("report.message", said)
    await story.settle()
    assert await ana.submit({}) is None
    await story.follow()
    assert "502 on every page" in (issue(story).body or "")


@pytest.mark.parametrize(("zone", "hour"), [("America/New_York", 19), ("Asia/Tokyo", 5)])
async def test_pain_30_times_are_in_the_person_s_own_zone(story: Story, zone: str, hour: int) -> None:
    """What somebody types as a time is meant where they are, on the day that it was there."""
    ana = story.person("ana")
    await ana.change(tz=zone)
    await story.settle()
    await ana.slash("/incident", "nextcloud gives 502 since 14:00")
    await story.settle()
    assert zone in view_words(ana.view)
    assert ana.view is not None
    started = datetime.fromtimestamp(ana.view.state["started"]["declare.started"]["selected_date_time"], UTC)
    assert started.hour == hour
    assert timedelta(0) <= story.clock.now() - started < timedelta(days=1)


async def test_a_drill_is_marked_everywhere(story: Story) -> None:
    """In every message, on the issue, and never among what is current of that service."""
    ana, bob = story.person("ana"), story.person("bob")
    await ana.slash("/incident", "test nextcloud gives 502")
    await story.settle()
    assert await ana.submit(GOOD) is None
    await story.follow()
    incident = await story.incident()
    assert incident.test
    for message in [*announcements(story), await story.card(), *ana.dm]:
        assert "[TEST]" in words(message), words(message)
    assert issue(story).title.startswith("[INCIDENT] [TEST]")
    assert "postmortem-required" not in issue(story).labels
    await bob.slash("/incident", "nextcloud is broken")
    await story.settle()
    assert "Is it one of these?" not in view_words(bob.view)
    await asyncio.gather(*(person.slash("/incident", "update 1 looking") for person in (bob,)))
    await story.follow()
    assert all("[TEST]" in text for text in story.said(ROOM) if "INC-1" in text and "set the channel" not in text)
