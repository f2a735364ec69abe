"""App Home: what I lead and what is open, page by page, and true while I look at it."""

import pytest

from tests.scenarios.reading import buttons, view_words
from tests.scenarios.story import GOOD, Story


@pytest.mark.core
async def test_an_open_home_follows_what_happens(story: Story) -> None:
    """Declared, led, resolved: whoever has opened their Home sees it there, and nobody else's is made."""
    bob, carla = story.person("bob"), story.person("carla")
    await bob.open_home()
    await story.settle()
    assert "Nothing is open" in view_words(bob.home)
    await story.declare()
    await story.pass_time(minutes=1)
    assert "INC-1" in view_words(bob.home)
    await bob.slash("/incident", "lead 1")
    await story.pass_time(minutes=1)
    shown = view_words(bob.home)
    assert shown.index("You lead") < shown.index("INC-1") < shown.index("*Open*")
    await bob.slash("/incident", "resolve 1 restarted it")
    await story.pass_time(minutes=1)
    assert "INC-1" not in view_words(bob.home)
    assert carla.home is None


async def test_a_home_that_nobody_looks_at_any_more_is_left_alone(story: Story) -> None:
    """After a day nothing is published for it; whoever opens it again sees how things are."""
    bob = story.person("bob")
    await bob.open_home()
    await story.settle()
    story.clock.advance(25 * 3600)
    await story.declare()
    await story.pass_time(minutes=1)
    assert "Nothing is open" in view_words(bob.home)
    await bob.open_home()
    await story.settle()
    assert "INC-1" in view_words(bob.home)


async def test_what_shows_nothing_new_is_not_published(story: Story) -> None:
    """An update changes the card, and no Home."""
    bob = story.person("bob")
    await bob.open_home()
    await story.declare()
    await story.pass_time(minutes=2)
    assert bob.home is not None
    before = bob.home.hash
    await story.person("ana").slash("/incident", "update 1 The database is full")
    await story.pass_time(minutes=2)
    assert bob.home.hash == before


async def test_what_is_taken_back_after_a_lost_answer_is_taken_back_at_home(story: Story) -> None:
    """The Home with the incident landed, and nobody heard of it: without it is not as it was, but has to be shown."""
    bob = story.person("bob")
    await bob.open_home()
    await story.settle()
    story.workspace.faults.add("slack", "views.publish", "timeout_after_write", times=1)
    await story.declare()
    await story.pass_time(seconds=30)
    assert "INC-1" in view_words(bob.home)
    await bob.slash("/incident", "resolve 1 It was nothing")
    await story.pass_time(minutes=2)
    assert "INC-1" not in view_words(bob.home)


async def test_many_open_incidents_are_turned_in_place(story: Story) -> None:
    """What does not fit is a page further, there and back."""
    ana = story.person("ana")
    for number in range(28):
        await ana.slash("/incident")
        assert await ana.submit(GOOD | {"error_kind": "slow", "what": f"slow, page {number}"}) is None
        await story.settle()
        story.clock.advance(16 * 60)  # closer together they would be reports of one outage
    bob = story.person("bob")
    await bob.open_home()
    await story.settle()
    assert bob.home is not None
    assert "INC-28 " in view_words(bob.home)
    assert "INC-3 " not in view_words(bob.home)
    assert buttons(bob.home)[-1] == "Show"
    await bob.click("home.older", "home")
    await story.settle()
    assert "INC-3 " in view_words(bob.home)
    assert "INC-28 " not in view_words(bob.home)
    await bob.click("home.newer", "home")
    await story.settle()
    assert "INC-28 " in view_words(bob.home)


async def test_a_private_incident_is_in_no_other_home(story: Story) -> None:
    """Neither when it is declared, nor while it goes on."""
    homes = [story.person(name) for name in ("ana", "bob", "carla", "viktor")]
    for person in homes:
        await person.open_home()
    await story.declare(what="A stranger reads the vault", flags=["security"])
    await story.pass_time(minutes=1)
    sees = {person.person.name: "INC-1" in view_words(person.home) for person in homes}
    assert sees == {"ana": True, "bob": False, "carla": False, "viktor": True}


async def test_slack_that_is_away_is_asked_again(story: Story) -> None:
    """A Home that could not be published comes later, by itself."""
    bob = story.person("bob")
    story.workspace.faults.add("slack", "views.publish", "500", times=1)
    await bob.open_home()
    await story.settle()
    assert bob.home is None
    await story.pass_time(minutes=2)
    assert "Nothing is open" in view_words(bob.home)
