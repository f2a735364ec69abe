"""What stands still and shows how things are: the card's buttons, App Home, and all of it after a restart."""

import pytest

from bot.incident.model import State
from tests.scenarios.reading import announcements, buttons, everything, issue, parsed, view_words
from tests.scenarios.story import Story, words

ROOM = "inc-1-nextcloud"
HOSTILE = "<!channel> @here <@U0BOB> <https://evil.example|click> *bold* `code` &lt;!here&gt; \u202egpj"


async def test_the_card_has_the_buttons_that_make_sense_now(story: Story) -> None:
    """From nobody leading to closed, the card offers what can be done next and nothing else."""
    await story.declare(error_kind="slow", service="grafana")
    bob = story.person("bob")
    work = ["Post update", "Severity", "Status", "Resolve"]
    steps = (
        ("", ["Take the lead", *work]),
        ("lead 1", ["Hand over the lead", *work]),
        ("status 1 monitoring", ["Hand over the lead", *work]),
        ("resolve 1 made room", ["Reopen", "Close"]),
        ("close 1 done", ["Reopen"]),
        ("reopen 1 it is back", ["Hand over the lead", *work]),
    )
    for text, expected in steps:
        if text:
            assert (await bob.slash("/incident", text)).error == ""
        await story.follow()
        assert buttons(await story.card()) == expected, text


@pytest.mark.parametrize("click", ["update", "severity", "status", "resolve", "lead"])
async def test_every_button_of_the_card_opens_its_form(story: Story, click: str) -> None:
    """One click from the room, with the incident's name in the title."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "lead 1")
    await story.follow()
    await bob.click(f"{click}.open", ROOM)
    await story.settle()
    assert bob.view is not None
    assert bob.view.callback_id == f"{click}.form"
    assert "INC-1" in bob.view.title


@pytest.mark.core
async def test_app_home_shows_what_i_lead_and_what_is_open(story: Story) -> None:
    """What I lead comes first; what is over is not there; a click shows the card."""
    for service in ("nextcloud", "immich", "mail"):
        await story.declare(service=service)
        story.clock.advance(120)
    bob = story.person("bob")
    await bob.slash("/incident", "lead 2")
    await bob.slash("/incident", "resolve 3 made room")
    await story.settle()
    await bob.open_home()
    await story.settle()
    shown = view_words(bob.home)
    assert shown.index("You lead") < shown.index("INC-2") < shown.index("*Open*") < shown.index("INC-1")
    assert "INC-3" not in shown
    assert bob.home is not None
    assert buttons(bob.home)[:2] == ["Report an incident", "Help"]
    await bob.click("show.open", "home")
    await story.settle()
    assert "502 Bad Gateway" in view_words(bob.view)


async def test_an_empty_home_says_so(story: Story) -> None:
    """With nothing open there is one calm sentence, and the button."""
    bob = story.person("bob")
    await bob.open_home()
    await story.settle()
    assert "Nothing is open. All is well." in view_words(bob.home)
    await bob.click("declare.open", "home")
    assert bob.view is not None
    assert bob.view.callback_id == "declare.form"


@pytest.mark.core
async def test_after_a_restart_everything_is_there_again(story: Story) -> None:
    """In the middle of the story the bot goes and another comes: nothing is lost, said twice or forgotten."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "lead 1")
    await bob.slash("/incident", "update 1 The database is full")
    await story.follow()
    before = (await story.incident(), words(await story.card()), everything(story))
    await story.restart()
    await story.settle()
    assert (await story.incident(), words(await story.card()), everything(story)) == before

    assert "INC-1" in str((await bob.slash("/incident", "list")).blocks)
    assert (await bob.slash("/incident", "resolve made room", ROOM)).text.startswith("INC-1 is resolved.")
    await story.follow()
    assert (await story.incident()).state is State.RESOLVED
    assert buttons(await story.card()) == ["Reopen"]
    assert issue(story).state == "closed"
    assert len(announcements(story)) == 1


async def test_nobody_is_called_by_what_somebody_wrote(story: Story) -> None:
    """Whatever is typed anywhere: no message, answer, Home, topic or issue calls people or links by it."""
    await story.declare(
        what=HOSTILE + " nextcloud is down", expected=HOSTILE, found_by=HOSTILE, link="javascript:alert(1)"
    )
    bob, ana = story.person("bob"), story.person("ana")
    forms = (
        ("update", {"text": HOSTILE, "next_steps": HOSTILE}),
        ("severity", {"severity": "SEV1", "reason": HOSTILE}),
        ("status", {"state": "mitigating", "note": HOSTILE}),
        ("resolve", {"fix": HOSTILE, "cause": HOSTILE}),
        ("reopen", {"reason": HOSTILE}),
    )
    for verb, fields in forms:
        await bob.slash("/incident", f"{verb} 1")
        await story.settle()
        assert await bob.submit(fields) is None
        await story.follow()
    await bob.slash("/incident", f"update 1 {HOSTILE}")
    await bob.slash("/incident", f"resolve 1 {HOSTILE}")
    await story.follow()
    await ana.click("confirm.broken", "dm")
    await story.settle()
    assert await ana.submit({"words": HOSTILE}) is None
    await bob.slash("/incident", f"update 99 {HOSTILE}")
    await ana.say(f"@holdfast {HOSTILE}", "alerts")
    await ana.open_home()
    await story.follow()
    calls = ("<!channel", "<!here", "<!everyone", "<https://evil", "\u202e", "<javascript:", "@here <@U0BOB>")
    for text in parsed(story):
        assert [call for call in calls if call in text] == [], text
    assert "\u202e" not in "".join(everything(story))
