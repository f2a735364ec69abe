"""What people are told in advance: by when, what is missing before closing, and what a tick keeps private."""

from tests.scenarios.reading import view_words
from tests.scenarios.story import Story, words

CRITICAL = ["several_services", "data_at_risk"]


async def test_before_closing_is_said_before_anybody_tries(story: Story) -> None:
    """The answer to *resolve*, the card and the close form say what is missing; the form asks nothing then."""
    await story.declare(flags=CRITICAL)
    room, ana = await story.room(), story.person("ana")
    answer = await ana.slash("/incident", "resolve restarted the database", room)
    assert "INC-1 is resolved." in answer.text
    assert "Before closing, when there is time: a published post-mortem" in answer.text
    await story.follow()
    assert "Before closing: a published post-mortem" in words(await story.card())
    await ana.slash("/incident", "close", room)
    await story.settle()
    assert "Nothing is lost; it stays resolved until then." in view_words(ana.view)
    assert ana.view is not None
    assert [block for block in ana.view.blocks if block["type"] == "input"] == []
    assert "submit" not in ana.view.body


async def test_a_minor_one_closes_without_a_word(story: Story) -> None:
    """Nothing is said to be missing where nothing is."""
    await story.declare(scope="just_me", error_kind="slow", flags=["workaround"])
    ana = story.person("ana")
    answer = await ana.slash("/incident", "resolve 1 went away")
    assert "Before closing" not in answer.text
    await ana.slash("/incident", "close 1")
    await story.settle()
    assert (await ana.submit({"note": "done"})) is None


async def test_who_waits_hears_by_when(story: Story) -> None:
    """Queued, then accepted: each time with the clock of the severity."""
    await story.declare("gina", flags=CRITICAL)
    gina = story.person("gina")
    assert "A responder reads it first within " in words(gina.dm[0])
    await story.person("bob").click("accept.do", "alerts")
    await story.settle()
    assert "was accepted, and somebody looks at it within " in words(gina.dm[-1])


async def test_the_form_does_not_contradict_its_tick(story: Story) -> None:
    """What becomes public is said with what keeps it private."""
    ana = story.person("ana")
    await ana.slash("/incident")
    assert "Unless you tick security or private: readable by others" in view_words(ana.view)


async def test_a_mention_is_one_however_the_name_is_written(story: Story) -> None:
    """The page shows the bot as Holdfast, so people write it so."""
    carla = story.person("carla")
    await carla.say("@Holdfast help", "alerts")
    await story.settle()
    assert "/incident resolve" in str(carla.ephemerals[-1].blocks)


async def test_an_update_while_slack_is_down_says_that_it_follows(story: Story) -> None:
    """Nothing is called posted that is not."""
    await story.declare()
    room = await story.room()
    story.workspace.faults.add("slack", "*", "refused")
    answer = await story.person("ana").slash("/incident", "update we look at the disks", room)
    assert answer.text == "Your update on INC-1 is saved. It is posted as soon as Slack takes it."
