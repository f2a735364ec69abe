"""A pushpin and a star: what people react to becomes the timeline, and follows whatever happens to the message."""

import pytest

from bot.incident.entries import Entry
from bot.incident.model import HOLDFAST, EventKind
from bot.workspace.slack import acts
from bot.workspace.slack.people import Actor
from tests.scenarios.reading import announcements, everything, issue, outside_once
from tests.scenarios.story import Story

ROOM = "inc-1-nextcloud"


async def entries(story: Story, number: int = 1) -> list[Entry]:
    """The messages on the timeline that are not hidden."""
    found = await story.incidents.entries((await story.incident(number)).id)
    return [entry for entry in found if entry.source is not None and not entry.hidden]


def comments(story: Story) -> list[str]:
    """The comments of the public timeline, without what cannot be seen."""
    return [comment.body for comment in issue(story).comments if comment.body.startswith("**Timeline:**")]


async def in_room(story: Story, *names: str) -> list[Actor]:
    """An incident with these people in its room."""
    await story.declare()
    people = [story.person(name) for name in names]
    for person in people:
        await person.join(ROOM)
    return people


@pytest.mark.core
async def test_a_pin_is_on_the_timeline_and_in_the_issue(story: Story) -> None:
    """With its own time, its author, its address, and a comment in the seeds' shape; told once that it is public."""
    (bob,) = await in_room(story, "bob")
    said = await bob.say("The disk of *db-1* is full, see @ana", ROOM)
    story.clock.advance(300)
    await story.person("ana").react("pushpin", said)
    await story.follow()
    (entry,) = await entries(story)
    assert (entry.by, entry.public, entry.pinned_by) == ("U0BOB", True, ("U0ANA",))
    assert abs(entry.at.timestamp() - float(said.ts)) < 1
    assert entry.source is not None
    assert entry.source.permalink.endswith(f"/p{said.ts.replace('.', '')}")
    (comment,) = comments(story)
    assert "The disk of \\*db-1\\* is full, see the reporter" in comment
    assert entry.source.permalink in comment
    assert "U0ANA" not in comment
    other = await bob.say("Restarting it", ROOM)
    await bob.react("pushpin", other)
    await story.follow()
    assert len(comments(story)) == 2
    told = [text for text in story.said(ROOM) if "puts a message on the timeline" in text]
    assert len(told) == 1
    outside_once(story)


@pytest.mark.core
async def test_a_star_stays_internal(story: Story) -> None:
    """It is on the timeline for the people who work on it, and nowhere outside of Slack."""
    (bob,) = await in_room(story, "bob")
    await bob.react("star", await bob.say("I think it was my change", ROOM))
    await story.follow()
    (entry,) = await entries(story)
    assert (entry.public, entry.starred, entry.text) == (False, True, "I think it was my change")
    assert comments(story) == []
    assert not any("puts a message on the timeline" in text for text in story.said(ROOM))


@pytest.mark.core
async def test_taking_the_pin_back_takes_the_comment_away(story: Story) -> None:
    """Two pinned it: the last of them who takes it back removes it; the record keeps all of it."""
    bob, carla = await in_room(story, "bob", "carla")
    said = await bob.say("Connections are back", ROOM)
    for person in (bob, carla):
        await person.react("pushpin", said)
        await story.follow()
    assert len(await entries(story)) == len(comments(story)) == 1
    await bob.react("pushpin", said)
    await story.follow()
    assert len(await entries(story)) == len(comments(story)) == 1
    await carla.react("pushpin", said)
    await story.follow()
    assert (await entries(story), comments(story)) == ([], [])
    await bob.react("pushpin", said)
    await story.follow()
    assert len(await entries(story)) == len(comments(story)) == 1
    kinds = [event.kind for event in await story.timeline()]
    assert kinds.count(EventKind.PINNED) == 3


@pytest.mark.core
async def test_edits_and_deletions_follow(story: Story) -> None:
    """The comment says what the message says; a deleted one is gone everywhere, and only its hash stays."""
    (bob,) = await in_room(story, "bob")
    said = await bob.say("It is the netwrok", ROOM)
    await bob.react("pushpin", said)
    await story.follow()
    await bob.edit(said, "It is the network")
    await story.follow()
    (entry,) = await entries(story)
    assert entry.text == "It is the network"
    (comment,) = comments(story)
    assert "It is the network" in comment
    assert "netwrok" not in comment
    await bob.delete(said)
    await story.follow()
    assert (await entries(story), comments(story)) == ([], [])
    read = [event for event in await story.timeline() if event.kind is EventKind.CAPTURED]
    assert all(event.data["hash"] and not event.text for event in read)
    kept = await story.incidents.entries((await story.incident()).id)
    assert not any("network" in entry.text for entry in kept)


async def test_a_message_that_began_a_thread_is_deleted(story: Story) -> None:
    """Slack leaves a tombstone and calls it an edit; for the timeline it is gone all the same."""
    (bob,) = await in_room(story, "bob")
    said = await bob.say("Look at this", ROOM)
    await bob.say("What is it?", ROOM, said.ts)
    await bob.react("pushpin", said)
    await story.follow()
    await bob.delete(said)
    await story.follow()
    assert (await entries(story), comments(story)) == ([], [])


async def test_a_reply_in_a_thread_is_captured(story: Story) -> None:
    """Replies are not in a channel's history; they are read all the same, with the address of the thread."""
    (bob,) = await in_room(story, "bob")
    first = await bob.say("Anybody?", ROOM)
    reply = await bob.say("The reply that matters", ROOM, first.ts)
    await bob.react("pushpin", reply)
    await story.follow()
    (entry,) = await entries(story)
    assert entry.text == "The reply that matters"
    assert entry.source is not None
    assert f"thread_ts={first.ts}" in entry.source.permalink


async def test_pictures_stay_in_slack(story: Story) -> None:
    """The comment says that there is one; neither it nor anything else makes the picture public."""
    (bob,) = await in_room(story, "bob")
    picture = await bob.upload("graph.png", b"\x89PNG", "image/png")
    await bob.react("pushpin", await bob.say("", ROOM, files=[picture]))
    await story.follow()
    (entry,) = await entries(story)
    assert entry.source is not None
    assert entry.source.pictures == 1
    (comment,) = comments(story)
    assert "1 picture, kept in Slack." in comment
    assert "files-pri" not in comment


@pytest.mark.core
async def test_the_thread_of_an_announcement_is_a_place_to_pin_too(story: Story) -> None:
    """A minor incident has no room; a message in #alerts that is in no incident's thread is left alone."""
    await story.declare(error_kind="slow")
    bob = story.person("bob")
    (announced,) = announcements(story)
    reply = await bob.say("It is the backup that runs", "alerts", announced.ts)
    other = await bob.say("Lunch?", "alerts")
    for message in (reply, other):
        await bob.react("pushpin", message)
        await story.follow()
    (entry,) = await entries(story)
    assert entry.text == "It is the backup that runs"
    assert len(comments(story)) == 1
    await bob.edit(reply, "It is the backup")
    await story.follow()
    assert "It is the backup" in comments(story)[0]
    assert "that runs" not in comments(story)[0]
    await bob.react("pushpin", reply)
    await story.follow()
    assert (await entries(story), comments(story)) == ([], [])


async def test_another_bots_message_is_read_with_its_attachments(story: Story) -> None:
    """Its text is empty; what it says stands in attachments."""
    (bob,) = await in_room(story, "bob")
    world = story.workspace.slack.world
    told = [{"title": "DiskFull", "text": "db-1 is at 99 %", "fields": [{"title": "Severity", "value": "critical"}]}]
    alert = acts.post_as_app(world, await story.room(), "Monitoring", attachments=told)
    await bob.react("pushpin", alert)
    await story.follow()
    (comment,) = comments(story)
    for words in ("DiskFull", "db-1 is at 99 %", "Severity: critical"):
        assert words in comment


@pytest.mark.core
@pytest.mark.parametrize("flags", [["private"], ["security"]])
async def test_pins_of_a_private_incident_are_never_mirrored(story: Story, flags: list[str]) -> None:
    """They are on its timeline, for its members; nothing leaves, and nothing claims to."""
    incident = await story.declare(flags=flags)
    ana = story.person("ana")
    said = await ana.say("The token was in the log", incident.places.room or "")
    await ana.react("pushpin", said)
    await story.follow()
    (entry,) = await entries(story)
    assert entry.text == "The token was in the log"
    assert story.workspace.github.repository.issues == {}
    assert not any("puts a message on the timeline" in text for text in everything(story))


async def test_a_guests_pin_is_refused_with_a_sentence(story: Story) -> None:
    """Only they read it; the timeline has nothing of it, and a member's pin of the same message counts."""
    bob, _ = await in_room(story, "bob", "carla")
    await bob.invite("gina", ROOM)
    gina = story.person("gina")
    said = await bob.say("Reading the logs", ROOM)
    await gina.react("pushpin", said)
    await story.follow()
    assert await entries(story) == []
    assert "Guests cannot do this" in gina.ephemerals[-1].text
    await bob.react("pushpin", said)
    await gina.react("pushpin", said)
    await story.follow()
    assert len(await entries(story)) == 1


async def test_secrets_and_contact_details_stay_behind(story: Story) -> None:
    """What leaves Slack has been filtered: the issue itself, updates, and pins."""
    secret = "xoxb-1234567890-abcdef"
    await story.declare(what=f"Login fails for joe@example.org, token {secret}, call +49 30 1234 5678")
    bob = story.person("bob")
    await bob.join(ROOM)
    await bob.react("pushpin", await bob.say(f"password=hunter2secret and {secret}", ROOM))
    await bob.slash("/incident", "update Mail joe@example.org about 10.0.0.12", ROOM)
    await story.follow()
    written = "\n".join([issue(story).title, issue(story).body or "", *(c.body for c in issue(story).comments)])
    for hidden in ("joe@example.org", secret, "1234 5678", "hunter2secret"):
        assert hidden not in written
    assert "10.0.0.12" in written


async def test_github_down_delays_only_the_mirror(story: Story) -> None:
    """The pin is on the timeline at once; its comment follows, once, when GitHub is back."""
    (bob,) = await in_room(story, "bob")
    fault = story.workspace.faults.add("github", "*", "500")
    await bob.react("pushpin", await bob.say("Failing over", ROOM))
    await story.follow()
    assert len(await entries(story)) == 1
    assert comments(story) == []
    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=10)
    assert len(comments(story)) == 1
    outside_once(story)


async def test_an_event_told_twice_is_one(story: Story) -> None:
    """Slack delivers again what it thinks was lost; the same reaction is one entry and one comment."""
    (bob,) = await in_room(story, "bob")
    said = await bob.say("Twice?", ROOM)
    await bob.react("pushpin", said)
    await story.follow()
    await story.workspace.slack.events.redeliver("reaction_added")
    await story.follow()
    assert len(comments(story)) == 1
    assert [event.kind for event in await story.timeline()].count(EventKind.PINNED) == 1


async def test_nothing_else_is_kept(story: Story) -> None:
    """Other reactions, and edits of what nobody pinned, leave no trace."""
    (bob,) = await in_room(story, "bob")
    said = await bob.say("Just talk", ROOM)
    await bob.react("eyes", said)
    await bob.edit(said, "Just talking")
    await bob.delete(said)
    await story.follow()
    kinds = {event.kind for event in await story.timeline()}
    assert not kinds & {EventKind.PINNED, EventKind.MESSAGE_EDITED, EventKind.MESSAGE_DELETED}
    assert (await story.incidents.by_ref("1", HOLDFAST)).pins_told is False
