"""Working on it: where an incident lives, who leads, how bad it is, and how it ends, or does not."""

import asyncio
from datetime import timedelta

import pytest

from bot.incident.model import EventKind, State
from tests.scenarios.reading import announcements, buttons, thread, view_words
from tests.scenarios.story import Story, words

ROOM = "inc-1-nextcloud"
MINOR = {"error_kind": "slow"}


@pytest.mark.core
async def test_a_minor_incident_lives_in_a_thread(story: Story) -> None:
    """SEV3 opens no room: card and news stand below the announcement, and the verbs work there by number."""
    incident = await story.declare(**MINOR)
    assert (incident.severity, incident.places.room) == ("SEV3", None)
    (announced,) = announcements(story)
    card = await story.card()
    assert card.thread_ts == announced.ts
    assert "talk in its thread" in words(card)
    bob = story.person("bob")
    for text in ("lead 1", "update 1 one node is busy", "resolve 1 moved a job"):
        assert (await bob.slash("/incident", text)).error == ""
    await story.follow()
    said = " ".join(thread(story))
    for part in ("took the lead", "one node is busy", "resolved it: moved a job"):
        assert part in said
    assert len(announcements(story)) == 1


async def test_a_critical_incident_calls_the_owner(story: Story) -> None:
    """SEV1 invites the owner into the room."""
    incident = await story.declare(service="authentik", error_kind="login")
    assert incident.severity == "SEV1"
    assert set(story.workspace.slack.channel(await story.room()).members) == {"U0ANA", "U0VIKTOR", "U0HOLDFAST"}


@pytest.mark.core
async def test_raising_a_minor_incident_opens_a_room_and_moves_the_card(story: Story) -> None:
    """From SEV3 to SEV1: the room is there, the card is pinned in it, the owner is called, the announcement says so."""
    await story.declare(**MINOR)
    old = await story.card()
    await story.person("bob").slash("/incident", "severity 1 SEV1 now everything is down")
    await story.follow()
    incident = await story.incident()
    assert incident.places.room_name == ROOM
    room = story.workspace.slack.channel(await story.room())
    card = await story.card()
    assert (card.channel, room.pins) == (room.id, [card.ts])
    assert "U0VIKTOR" in room.members
    (announced,) = announcements(story)
    assert f"Room: <#{room.id}>" in words(announced)
    assert "SEV1" in words(announced)
    left = next(m for m in story.workspace.slack.messages("alerts", announced.ts) if m.ts == old.ts)
    assert "Resolve" not in buttons(left), "a card that is not kept up any more must not look as if it were"
    assert f"<#{room.id}>" in words(left)


async def test_raising_a_major_incident_calls_the_owner_too(story: Story) -> None:
    """The room of a SEV2 is there already; SEV1 brings the owner into it."""
    await story.declare()
    assert "U0VIKTOR" not in story.workspace.slack.channel(await story.room()).members
    await story.person("bob").slash("/incident", "severity SEV1 sign-in is gone too", ROOM)
    await story.settle()
    assert "U0VIKTOR" in story.workspace.slack.channel(await story.room()).members


@pytest.mark.core
async def test_two_take_the_lead_at_once(story: Story) -> None:
    """One wins, as the room and the card show; the other is told who."""
    await story.declare()
    people = {name: story.person(name) for name in ("bob", "carla")}
    for person in people.values():
        await person.join(ROOM)
    await asyncio.gather(*(person.click("lead.take", ROOM) for person in people.values()))
    await story.follow()
    lead = (await story.incident()).lead
    winner, loser = sorted(people.values(), key=lambda person: person.id != lead)
    assert winner.id == lead
    assert not winner.ephemerals
    assert f"<@{lead}> leads INC-1 already." in loser.ephemerals[-1].text
    assert [event.kind for event in await story.timeline()].count(EventKind.LEAD_CHANGED) == 1


async def test_the_lead_is_handed_over(story: Story) -> None:
    """By naming somebody, or in the form; the room says who had it, and the new lead is in it."""
    await story.declare()
    bob, room = story.person("bob"), await story.room()
    assert (await bob.slash("/incident", "lead", ROOM)).text == "You lead INC-1 now."
    assert "<@U0CARLA> leads it now." in (await bob.slash("/incident", "lead @carla", ROOM)).text
    await story.follow()
    assert "handed the lead to <@U0CARLA>" in "\n".join(story.said(room))
    assert "U0CARLA" in story.workspace.slack.channel(room).members
    carla = story.person("carla")
    await carla.click("lead.open", ROOM)
    await story.settle()
    again = await carla.submit({"lead": "U0CARLA"})
    assert again is not None
    assert again["lead"].startswith("You already lead INC-1. bob handed the lead to carla at ")
    assert await carla.submit({"lead": "U0ANA"}) is None
    await story.follow()
    assert "*Lead* <@U0ANA>" in words(await story.card())


async def test_the_lead_is_not_handed_over_unseen(story: Story) -> None:
    """Whoever took it while the form was open keeps it, and the form says so."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    await bob.slash("/incident", "lead", ROOM)
    await story.follow()
    await bob.click("lead.open", ROOM)
    await story.settle()
    await carla.slash("/incident", "lead @carla", ROOM)
    refused = await bob.submit({"lead": "U0ANA"})
    assert refused is not None
    assert refused["lead"].startswith(
        "carla leads INC-1 by now. Look again before you hand it over. carla took over the"
    )
    assert (await story.incident()).lead == "U0CARLA"


@pytest.mark.core
async def test_two_resolve_at_once(story: Story) -> None:
    """One is recorded; the other is told, in the form, that it is over already."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    for person in (bob, carla):
        await person.slash("/incident", "resolve 1")
        await story.settle()
    first, second = await asyncio.gather(
        bob.submit({"fix": "restarted the database"}), carla.submit({"fix": "restarted the cache"})
    )
    wrong = first or second
    assert wrong is not None
    assert (first is None) is not (second is None)
    assert "INC-1 is already resolved." in wrong["fix"]
    await story.settle()
    assert [event.kind for event in await story.timeline()].count(EventKind.RESOLVED) == 1
    assert len([m for m in story.person("ana").dm if "What fixed it" in m.text]) == 1


async def test_the_reporter_hears_who_looks_what_is_new_and_what_fixed_it(story: Story) -> None:
    """Being looked into and fixed are told directly; where there is no room, the news is too."""
    await story.declare(**MINOR)
    ana, bob = story.person("ana"), story.person("bob")
    for text in ("lead 1", "update 1 one node is busy", "resolve 1 moved a job"):
        await bob.slash("/incident", text)
        await story.follow()
    told = [words(message) for message in ana.dm]
    for said, part in zip(told, ("Thank you", "<@U0BOB> is looking into", "one node is busy", "is fixed"), strict=True):
        assert part in said
    assert buttons(ana.dm[-1]) == ["Works for me", "Still broken"]


async def test_works_for_me(story: Story) -> None:
    """The reporter confirms; the room hears of it, and the buttons are gone."""
    await story.declare()
    ana = story.person("ana")
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await story.settle()
    await ana.click("confirm.works", "dm")
    await story.follow()
    assert "said that it works again" in "\n".join(story.said(await story.room()))
    resolution = (await story.incident()).resolution
    assert resolution is not None
    assert resolution.confirmed_by == (ana.id,)
    assert [message for message in ana.dm if "Works for me" in buttons(message)] == []


@pytest.mark.core
async def test_still_broken_reopens_with_the_reporter_s_words(story: Story) -> None:
    """What they still see stands in the room; the incident is investigated again, and can be resolved again."""
    await story.declare()
    ana, bob = story.person("ana"), story.person("bob")
    await bob.slash("/incident", "resolve 1 restarted it")
    await story.settle()
    await ana.click("confirm.broken", "dm")
    await story.settle()
    assert await ana.submit({"words": "Uploads still give 502"}) is None
    await story.follow()
    reopened = await story.incident()
    assert (reopened.state, reopened.resolution) == (State.INVESTIGATING, None)
    assert "reopened it: Uploads still give 502" in "\n".join(story.said(await story.room()))
    assert "Resolve" in buttons(await story.card())
    assert (await bob.slash("/incident", "resolve 1 restarted it properly")).text.startswith("INC-1 is resolved.")


async def test_what_needs_a_post_mortem_does_not_close_without(story: Story) -> None:
    """SEV2 is told what is missing, typed and in the form; SEV3 closes."""
    await story.declare()
    await story.declare(**MINOR, service="grafana")
    bob = story.person("bob")
    for number in (1, 2):
        assert "resolve it first" in (await bob.slash("/incident", f"close {number} done")).text
        await bob.slash("/incident", f"resolve {number} restarted it")
    refused = (await bob.slash("/incident", "close 1 done")).text
    assert "INC-1 is SEV2. Before closing: a published post-mortem (it is a draft)" in refused
    assert (await bob.slash("/incident", "close 2 done")).text == "INC-2 is closed."
    await story.settle()
    assert [(await story.incident(n)).state for n in (1, 2)] == [State.RESOLVED, State.CLOSED]


async def test_wrong_ends_are_refused_at_their_field(story: Story) -> None:
    """An end in the future, or before the beginning, is said where it stands; what was typed stays."""
    began = story.clock.now() - timedelta(minutes=30)
    await story.declare(started=int(began.timestamp()))
    bob = story.person("bob")
    await bob.slash("/incident", "resolve 1")
    await story.settle()
    for minutes, part in ((60, "in the future"), (-90, "before it started")):
        ended = int((story.clock.now() + timedelta(minutes=minutes)).timestamp())
        wrong = await bob.submit({"fix": "restarted it", "ended": ended})
        assert wrong is not None
        assert list(wrong) == ["ended"]
        assert part in wrong["ended"]
    assert "restarted it" in view_words(bob.view)
    assert await bob.submit({"ended": int((began + timedelta(minutes=10)).timestamp())}) is None
    resolution = (await story.incident()).resolution
    assert resolution is not None
    assert resolution.ended == began + timedelta(minutes=10)


async def test_the_card_forgets_trouble_that_is_over(story: Story) -> None:
    """While a message waits the card says so; once it is posted, not any longer."""
    await story.declare()
    await story.follow()
    fault = story.workspace.faults.add("slack", "chat.postMessage", "500")
    await story.person("bob").slash("/incident", "status 1 identified")
    await story.follow()
    assert "a message will follow" in words(await story.card())
    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=2)
    assert "moved it from triaging to identified" in "\n".join(story.said(await story.room()))
    assert "follow" not in words(await story.card())
