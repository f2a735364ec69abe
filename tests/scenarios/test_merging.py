"""The same thing reported more than once: joined while declaring, thanked one by one, and merged afterwards."""

import asyncio

import pytest

from bot.incident.model import EventKind, State
from tests.scenarios.alertmanager import Alertmanager
from tests.scenarios.reading import announcements, issue, issue_text, view_words
from tests.scenarios.story import GOOD, Story, words

TEN = 10


@pytest.mark.core
async def test_ten_people_report_the_same_outage_within_a_minute(story: Story) -> None:
    """One incident, one room, one issue, ten thanked; each hears that it is fixed."""
    world = story.workspace.slack.world
    people = [person for person in world.people.values() if not person.is_bot and not person.is_restricted][:TEN]
    assert len(people) >= 4
    actors = [story.person(person.name) for person in people]
    for actor in actors:
        await actor.slash("/incident")
    await asyncio.gather(*(actor.submit(GOOD) for actor in actors))
    await story.follow()
    incident = await story.newest()
    assert incident.number == 1
    assert set(incident.reporters) == {actor.id for actor in actors}
    assert len(announcements(story)) == 1
    assert len(story.workspace.github.repository.issues) == 1
    assert f"Reported by {len(actors)} people" in words(await story.card())
    for actor in actors:
        assert sum("Thank you." in words(message) for message in actor.dm) == 1, actor.id
    await actors[0].slash("/incident", "resolve 1 restarted it")
    await story.follow()
    for actor in actors:
        assert sum("is fixed as of" in words(message) for message in actor.dm) == 1, actor.id


async def test_whoever_recognises_it_joins_and_is_told(story: Story) -> None:
    """The form shows what is open; sending it as it stands adds the report to that."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "nextcloud shows 502 on login")
    await story.settle()
    assert "Is it one of these?" in view_words(bob.view)
    assert "Yes: INC-1" in view_words(bob.view)
    assert await bob.submit({"scope": "multiple"}) is None
    await story.settle()
    assert (await story.newest()).number == 1
    assert "is about this already, and your report was added" in words(bob.dm[-1])
    again = [event for event in await story.timeline() if event.kind is EventKind.REPORTED_AGAIN]
    assert [event.text for event in again] == ["nextcloud shows 502 on login"]


async def test_something_else_is_an_incident_of_its_own(story: Story) -> None:
    """Who says so is believed, however alike it looks."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "nextcloud shows 502 on login")
    await story.settle()
    assert await bob.submit({"joins": "anew", "scope": "multiple"}) is None
    await story.settle()
    assert (await story.newest()).number == 2


async def test_a_joined_report_that_makes_it_worse_is_heard(story: Story) -> None:
    """The room learns what it would be, with the button to change it; nothing changes by itself."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "nextcloud shows 502")
    await story.settle()
    assert await bob.submit({"what": "My files are gone", "flags": ["data_at_risk"]}) is None
    await story.follow()
    said = " ".join(story.said("inc-1-nextcloud"))
    assert "another report would make it SEV1. Data is at risk." in said
    assert (await story.incident()).severity == "SEV2"


async def test_a_report_about_security_never_joins_what_is_public(story: Story) -> None:
    """It is an incident of its own, and private."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident")
    assert await bob.submit(GOOD | {"flags": ["security"]}) is None
    await story.settle()
    newest = await story.newest()
    assert (newest.number, newest.private) == (2, True)


async def test_what_is_hours_apart_is_not_the_same_by_itself(story: Story) -> None:
    """A form that was opened before the other one was there joins only what was reported just now."""
    ana, bob = story.person("ana"), story.person("bob")
    await bob.slash("/incident")
    await story.declare("ana")
    await story.pass_time(minutes=20)
    assert await bob.submit(GOOD) is None
    await story.settle()
    assert (await story.newest()).number == 2
    assert ana.id != bob.id


@pytest.mark.core
async def test_two_incidents_become_one(story: Story) -> None:
    """Both timelines stay and name each other; its people come along; the issue names the other and closes."""
    await story.declare("ana")
    await story.declare("bob", service="immich", what="Photos do not load")
    carla = story.person("carla")
    answer = await carla.slash("/incident", "merge 2 into 1 both wait for the same disk")
    assert answer.text == "INC-2 is merged into INC-1, which goes on for both."
    await story.follow()
    gone, grown = await story.incident(2), await story.incident(1)
    assert (gone.state, gone.merged_into) == (State.MERGED, "INC-1")
    assert "U0BOB" in grown.reporters
    assert "U0BOB" in story.workspace.slack.channel("inc-1-nextcloud").members
    assert EventKind.MERGED_IN in [event.kind for event in await story.timeline(1)]
    assert EventKind.DECLARED in [event.kind for event in await story.timeline(2)]
    assert issue(story, 2).state == "closed"
    assert "same as INC-1" in issue_text(issue(story, 2))
    assert "INC-2 turned out to be the same" in issue_text(issue(story, 1))
    assert "merged it into INC-1" in " ".join(story.said("inc-2-immich"))
    assert "which goes on for both" in words(story.person("bob").dm[-1])
    await carla.slash("/incident", "resolve 1 new disk")
    await story.follow()
    assert "is fixed as of" in words(story.person("bob").dm[-1])


async def test_alerts_go_along_with_their_incident(story: Story) -> None:
    """A group whose incident was merged belongs to the one that goes on: it opens nothing new when it fires on."""
    outside = Alertmanager(story)
    await outside.fires("TargetDown", "immich")
    await story.settle()
    await story.declare("ana")
    assert "is merged into INC-2" in (await story.person("carla").slash("/incident", "merge 1 into 2")).text
    await story.settle()
    await outside.resolves("TargetDown", "immich")
    await story.pass_time(minutes=11)
    await outside.fires("TargetDown", "immich")
    await story.follow()
    assert (await story.newest()).number == 2
    kinds = [event.kind for event in await story.timeline(2)]
    assert kinds.count(EventKind.ALERT_STOPPED) == kinds.count(EventKind.ALERT_FIRED) == 1


async def test_merging_is_refused_where_it_makes_no_sense(story: Story) -> None:
    """Into itself, into what is over, into nothing, from private to public."""
    await story.declare("ana")
    await story.declare("bob", service="immich", what="Photos do not load")
    carla = story.person("carla")
    for text, why in (
        ("merge 1 into 1", "cannot be merged into itself"),
        ("merge 1 into 9", "There is no such incident"),
    ):
        assert why in (await carla.slash("/incident", text)).text
    await carla.slash("/incident", "resolve 2 it works")
    await story.settle()
    assert "INC-2 is resolved" in (await carla.slash("/incident", "merge 1 into 2")).text
    assert (await story.incident(1)).state is State.TRIAGING


async def test_two_merges_at_once_do_not_make_a_ring(story: Story) -> None:
    """One goes into two, and two into one, at the same moment: one of them is refused."""
    await story.declare("ana")
    await story.declare("bob", service="immich", what="Photos do not load")
    carla, viktor = story.person("carla"), story.person("viktor")
    said = await asyncio.gather(carla.slash("/incident", "merge 1 into 2"), viktor.slash("/incident", "merge 2 into 1"))
    await story.settle()
    states = [(await story.incident(number)).state for number in (1, 2)]
    assert states.count(State.MERGED) == 1
    assert sum("is merged into" in answer.text for answer in said) == 1
