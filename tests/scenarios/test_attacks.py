"""What somebody tries who means harm: forged clicks, leads that cannot lead, words that mislead."""

import pytest

from bot.incident.model import State
from bot.views.ids import Click
from bot.workspace.slack.interactions import Interactions, Target, targets
from tests.scenarios.reading import buttons, seen_by, view_words
from tests.scenarios.story import GOOD, Story

SECRET = "A stranger reads the vault"
#: Inputs that tell us at once; outside their form they mean nothing.
INPUTS = (Click.SEVERITY_SYMPTOM, Click.SEVERITY_SHARE, Click.SEVERITY_FLAGS)
#: Every button that is about one incident.
ABOUT_ONE = [click for click in Click if not click.startswith(("declare.", "help.")) and click not in INPUTS]


@pytest.mark.core
async def test_a_forged_click_tells_and_does_nothing(story: Story) -> None:
    """The id of a private incident in the value of any button of ours: the same words as for one that is not there."""
    private = await story.declare(what=SECRET, flags=["security"])
    await story.declare(what="502 on every page")
    carla, before = story.person("carla"), await story.incident()
    (shown,) = [t for t in targets(await story.card(2)) if t.element["action_id"] == Click.UPDATE]
    slack = story.workspace.slack
    made = Interactions(slack.world, slack.tickets)
    wire = slack.by_http if slack.transport == "http" else slack.by_socket
    said: dict[str, set[str]] = {}
    for value in (private.id, "00000000-0000-0000-0000-000000000000", "' OR 1=1 --"):
        for click in ABOUT_ONE:
            forged = Target(shown.place, shown.block, shown.element | {"action_id": click, "value": value})
            assert (await wire.send(made.action(carla.person, forged, {}))).failure == ""
            await story.settle()
            if carla.view is None:
                said.setdefault(click, set()).add(carla.ephemerals[-1].text)
            else:
                said.setdefault(click, set()).add(view_words(carla.view))
                await carla.close_view(everything=True)
    assert {click: len(texts) for click, texts in said.items()} == dict.fromkeys(ABOUT_ONE, 1)
    assert SECRET not in seen_by(story, carla) + str(said)
    assert await story.incident() == before


async def test_who_cannot_lead_is_not_made_lead(story: Story) -> None:
    """A guest or an app could not even post an update; a name that is none asks, and takes nothing."""
    await story.declare()
    bob, room = story.person("bob"), await story.room()
    await bob.join(room)
    for nobody in ("@gina", "@holdfast"):
        answer = await bob.slash("/incident", f"lead {nobody}", room)
        assert "Only a member of the workspace can lead" in answer.text, nobody
    for nobody in ("carla", "<@U0NOBODY>"):
        assert (await bob.slash("/incident", f"lead {nobody}", room)).text == ""
        await story.settle()
        assert "Who leads from now on?" in view_words(bob.view)
    assert (await story.incident()).lead is None


async def test_a_private_report_of_a_guest_reaches_the_owner(story: Story) -> None:
    """Nobody else hears of it, and it does not wait unseen."""
    gina, viktor = story.person("gina"), story.person("viktor")
    await gina.slash("/incident", "", "dm")
    assert await gina.submit(GOOD | {"what": SECRET, "flags": ["security"]}) is None
    await story.follow()
    assert (await story.incident()).state is State.QUEUED
    assert SECRET not in " ".join(story.said("alerts"))
    assert buttons(viktor.dm[-1]) == ["Accept", "Decline"]
    await viktor.click(Click.ACCEPT, "dm")
    await story.follow()
    assert (await story.incident()).state is State.TRIAGING
    assert gina.id in story.workspace.slack.channel(await story.room()).members
