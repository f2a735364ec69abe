"""Private incidents: security makes them so before the first message leaves, and nobody else hears of them."""

import pytest

from bot.workspace.slack.people import Actor
from tests.scenarios.reading import announcements, seen_by, view_words
from tests.scenarios.story import GOOD, Story, words

SECRET = "A stranger reads the vault through a leaked token"


async def declare_private(story: Story, flag: str = "security") -> None:
    incident = await story.declare(what=SECRET, flags=[flag])
    assert incident.private


@pytest.mark.parametrize("flag", ["security", "private"])
async def test_a_private_incident_has_a_private_room_and_nothing_else(story: Story, flag: str) -> None:
    """No announcement, no issue, a room named by its key alone, and nobody in it but who has to be."""
    await declare_private(story, flag)
    await story.follow()
    incident = await story.incident()
    room = story.workspace.slack.channel(await story.room())
    assert (room.kind, room.name) == ("group", "inc-1")
    assert announcements(story) == []
    assert story.workspace.github.repository.issues == {}
    called = {"U0VIKTOR"} if incident.severity == "SEV1" else set()
    assert set(room.members) == {"U0ANA", "U0HOLDFAST"} | called
    assert "[PRIVATE]" in words(await story.card())
    first = words(story.person("ana").dm[0])
    assert "only its members, the approvers and the owner" in first
    assert "Readable by others" not in first


async def look_everywhere(story: Story, person: Actor) -> None:
    """Everything somebody might try who has heard that there is something."""
    for text in (
        "list",
        "show 1",
        "show inc-1",
        "update 1 hello",
        "resolve inc-1 hello",
        "lead 1",
        "severity",
        "close 1",
    ):
        await person.slash("/incident", text)
        await story.settle()
    await person.slash("/incident", "nextcloud is down")
    await story.settle()
    assert "INC-1" not in view_words(person.view)
    await person.open_home()
    await person.say("@holdfast inc-1", "alerts")
    await person.say("show inc-1", "dm")
    await story.settle()


@pytest.mark.core
async def test_others_find_no_trace_of_a_private_incident(story: Story) -> None:
    """List, Home, picker, duplicate warning and every verb by its number show others nothing."""
    await declare_private(story)
    carla, before = story.person("carla"), await story.incident()
    await look_everywhere(story, carla)
    seen = seen_by(story, carla)
    assert SECRET not in seen
    assert "stranger" not in seen
    assert "There is no such incident, or you may not see it." in seen
    assert [channel.name for channel in carla.channels if channel.name.startswith("inc")] == []
    assert await story.incident() == before


async def test_the_owner_and_the_reporter_see_it(story: Story) -> None:
    """Those who may see it find it in their list and their Home."""
    await declare_private(story)
    for name in ("viktor", "ana"):
        person = story.person(name)
        await person.slash("/incident", "list")
        assert "INC-1" in person.ephemerals[-1].text + str(person.ephemerals[-1].blocks), name
        await person.open_home()
        await story.settle()
        assert "INC-1" in view_words(person.home), name


async def test_whoever_is_invited_into_the_private_room_can_work_there(story: Story) -> None:
    """In the room the verbs and the card's buttons work for everybody in it, and nowhere else for them."""
    await declare_private(story)
    room = await story.room()
    await story.person("viktor").invite("bob", room)
    bob = story.person("bob")
    assert (await bob.slash("/incident", "update the token is revoked", room)).text.startswith(
        "Your update on INC-1 is saved"
    )
    await bob.click("lead.take", room)
    await story.settle()
    assert (await story.incident()).lead == bob.id


async def test_a_private_story_ends_in_its_room(story: Story) -> None:
    """Lead, update, severity, resolve and reopen leave no word outside the room and the direct messages."""
    await declare_private(story)
    room, viktor, ana = await story.room(), story.person("viktor"), story.person("ana")
    for text in ("lead", "update the token is revoked", "severity SEV2 it is contained", "status monitoring"):
        assert (await viktor.slash("/incident", text, room)).error == ""
        await story.follow()
    assert (await viktor.slash("/incident", "resolve the token is revoked", room)).text.startswith("INC-1 is resolved.")
    await story.follow()
    await ana.click("confirm.broken", "dm")
    await story.settle()
    assert await ana.submit({"words": "It still answers"}) is None
    await story.follow()
    assert announcements(story) == []
    assert story.workspace.github.repository.issues == {}
    said = "\n".join(story.said(room))
    assert "reopened it: It still answers." in said
    for name in ("bob", "carla", "gina"):
        assert "INC-1" not in seen_by(story, story.person(name))


async def test_the_form_says_that_security_makes_it_private(story: Story) -> None:
    """What the tick does stands beside it."""
    ana = story.person("ana")
    await ana.slash("/incident")
    assert "It concerns security (makes it private)" in str(ana.view and ana.view.blocks)
    assert await ana.submit(GOOD | {"flags": ["workaround"]}) is None


async def test_whoever_is_in_the_private_room_sees_it_everywhere(story: Story) -> None:
    """Invited and without any part: it is in their list, Home and picker, and they can act on it from elsewhere."""
    await declare_private(story)
    room, carla = await story.room(), story.person("carla")
    await story.person("viktor").invite("carla", room)
    await story.settle()
    assert "INC-1" in str((await carla.slash("/incident", "list")).blocks)
    await carla.open_home()
    await story.settle()
    assert "INC-1" in view_words(carla.home)
    assert SECRET in str((await carla.slash("/incident", "show 1")).blocks)
    await carla.say("show inc-1", "dm")
    await story.settle()
    assert any(SECRET in words(message) for message in carla.dm)
    told = await carla.slash("/incident", "update 1 the token is revoked")
    assert told.text.startswith("Your update on INC-1 is saved")


async def test_whoever_leaves_the_private_room_loses_it_unless_they_have_a_part(story: Story) -> None:
    """Carla has none; the reporter keeps it. Coming back brings it back."""
    await declare_private(story)
    room, carla, ana = await story.room(), story.person("carla"), story.person("ana")
    await story.person("viktor").invite("carla", room)
    await story.settle()
    await carla.leave(room)
    await ana.leave(room)
    await story.settle()
    assert "Nothing is open" in (await carla.slash("/incident", "list")).text
    assert "no such incident" in (await carla.slash("/incident", "update 1 hello")).text
    assert "INC-1" in str((await ana.slash("/incident", "list")).blocks)
    await story.person("ana" if ana.id in story.workspace.slack.channel(room).members else "viktor").invite(
        "carla", room
    )
    await story.settle()
    assert "INC-1" in str((await carla.slash("/incident", "list")).blocks)
