"""Finding incidents in Slack: typed, asked in a form, a page at a time, and never what is somebody's secret."""

import pytest

from bot.workspace.slack.model import Ephemeral, View
from tests.scenarios.reading import buttons, view_words
from tests.scenarios.story import GOOD, Story, texts

SECRET = "A stranger reads the vault through a leaked token"


def keys(place: Ephemeral | View) -> list[int]:
    """The numbers of the incidents that are listed there, in order."""
    said = [text for block in place.blocks if "accessory" in block for text in texts(block["text"])]
    return [int(text.split("INC-")[1].split()[0]) for text in said if "INC-" in text]


async def many(story: Story, count: int) -> None:
    """So many incidents, without their rooms: nobody looks at those here."""
    for number in range(count):
        person = story.person("ana")
        await person.slash("/incident")
        assert await person.submit(GOOD | {"error_kind": "slow", "what": f"slow, page {number}"}) is None
        story.clock.advance(16 * 60)  # closer together they would be reports of one outage
    await story.settle()


@pytest.mark.core
async def test_words_and_filters_find_incidents(story: Story) -> None:
    """Open ones without words, everything with them; filters narrow it."""
    await story.declare(service="mail", what="Certificates have expired")
    await story.declare(service="immich", what="Photos do not load")
    bob = story.person("bob")
    await bob.slash("/incident", "resolve 1 renewed them")
    await story.settle()
    for text, expected in {
        "": [2],
        "all": [2, 1],
        "certificate": [1],
        "renewed": [1],
        "service:mail": [],
        "service:mail all": [1],
        "status:resolved": [1],
        "by:@ana all": [2, 1],
        "by:me all": [],
        "since:1d": [2, 1],
        "sev:2 photos": [2],
    }.items():
        await bob.slash("/incident", f"list {text}")
        assert keys(bob.ephemerals[-1]) == expected, text


async def test_a_filter_that_means_nothing_says_what_does(story: Story) -> None:
    """In the answer to a command, and at its field in the form."""
    bob = story.person("bob")
    assert "status: broken is none." in (await bob.slash("/incident", "list status:broken")).text
    assert "such as 7d" in (await bob.slash("/incident", "list since:yesterday")).text
    await bob.slash("/incident", "list")
    await bob.click("list.open")
    assert await bob.submit({"words": "by:somebody"}) == {"by": "by: name somebody with an @, or say `me`."}
    assert await bob.submit({"words": ""}) is None


async def test_a_report_that_begins_with_list_is_not_lost(story: Story) -> None:
    """Nothing is found for it, and it is one click from the form, with all its words."""
    ana = story.person("ana")
    await ana.slash("/incident", "list of photos is empty in immich")
    assert "Report this as a new incident" in buttons(ana.ephemerals[-1])
    await ana.click("declare.draft")
    await story.settle()
    assert "list of photos is empty in immich" in view_words(ana.view)


@pytest.mark.core
async def test_pages_are_turned_in_place(story: Story) -> None:
    """Older and newer replace the page that stands there, with the same question."""
    await many(story, 12)
    bob = story.person("bob")
    await bob.slash("/incident", "list slow service:nextcloud")
    assert keys(bob.ephemerals[-1]) == list(range(12, 2, -1))
    assert buttons(bob.ephemerals[-1])[:2] == ["Older", "Search"]
    for button, expected in (("older", [2, 1]), ("newer", list(range(12, 2, -1)))):
        await bob.click(f"list.{button}")
        await story.settle()
        assert len(bob.ephemerals) == 1
        assert keys(bob.ephemerals[-1]) == expected


async def test_the_form_finds_and_turns_pages_too(story: Story) -> None:
    """What is filled in is asked; what is found takes the form's place."""
    await many(story, 12)
    await story.declare("bob", service="mail", what="Certificates have expired")
    bob = story.person("bob")
    await bob.open_home()
    await story.settle()
    await bob.click("list.open", "home")
    filled = {"words": "slow", "service": "nextcloud", "severity": "SEV3", "status": "open", "since": "7d"}
    assert await bob.submit(filled | {"by": "U0ANA"}) is None
    assert bob.view is not None
    assert keys(bob.view) == list(range(12, 2, -1))
    await bob.click("list.older")
    await story.settle()
    assert keys(bob.view) == [2, 1]
    await bob.click("list.open")
    assert await bob.submit({"words": "certificate", "all": ["all"]}) is None
    assert keys(bob.view) == [13]


async def test_asked_by_mention_and_in_a_direct_message(story: Story) -> None:
    """The same words find the same."""
    await story.declare(service="mail", what="Certificates have expired")
    bob = story.person("bob")
    await bob.say("@holdfast list certificate", "alerts")
    await bob.say("list photos", "dm")
    await story.settle()
    assert keys(bob.ephemerals[-1]) == [1]
    assert "Nothing found for: photos" in bob.dm[-1].text


@pytest.mark.core
async def test_a_private_incident_is_found_by_nobody_else(story: Story) -> None:
    """By no word, filter, page or form; whoever may see it finds it."""
    await story.declare(what=SECRET, flags=["security"])
    carla, ana = story.person("carla"), story.person("ana")
    for text in ("", "all", "stranger", "vault", "service:nextcloud all", "by:@ana", "sev:1", "since:1d", "1"):
        await carla.slash("/incident", f"list {text}")
        assert keys(carla.ephemerals[-1]) == [], text
        assert "Older" not in buttons(carla.ephemerals[-1])
        await ana.slash("/incident", f"list {text}")
        assert keys(ana.ephemerals[-1]) == [1], text
    await carla.click("list.open")
    assert await carla.submit({"words": "stranger", "by": "U0ANA"}) is None
    assert "INC-" not in view_words(carla.view)


NASTY = ('"', "a AND (b OR", "NEAR(x)", "'; DROP TABLE incidents; --", "\x00", "🔥", "\u202e", "service:", "by:", "*")


@pytest.mark.parametrize("text", NASTY)
async def test_nothing_that_is_typed_breaks_the_list(story: Story, text: str) -> None:
    """It is looked for, or refused with a sentence."""
    await story.declare()
    answer = await story.person("bob").slash("/incident", f"list {text}")
    assert not answer.error
    assert "went wrong" not in answer.text
    assert answer.text
