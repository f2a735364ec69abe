"""Every verb of `/incident`: typed or asked in a form, in the incident's room and elsewhere, with id and without."""

import pytest

from bot.incident.model import Incident, State
from bot.workspace.slack.forms import Simple
from bot.workspace.slack.people import Actor
from tests.scenarios.reading import buttons, view_words
from tests.scenarios.story import Story

ROOM = "inc-1-nextcloud"
#: What is typed after the verb, what its form holds, and what is answered.
VERBS: dict[str, tuple[str, dict[str, Simple], str]] = {
    "update": ("The database is full", {"text": "The database is full"}, "Your update on INC-1 is saved."),
    "severity": ("SEV1 mail is down too", {"severity": "SEV1", "reason": "mail is down too"}, "INC-1 is SEV1 now."),
    "status": (
        "mitigating restarting it",
        {"state": "mitigating", "note": "restarting it"},
        "INC-1 is mitigating now.",
    ),
    "resolve": ("restarted it", {"fix": "restarted it"}, "INC-1 is resolved."),
    "reopen": ("it is back", {"reason": "it is back"}, "INC-1 is open again."),
    "close": ("nothing left", {"note": "nothing left"}, "INC-1 is closed."),
    "role": ("scribe", {"role": "scribe"}, "You are scribe of INC-1 now."),
    "escalate": ("nobody here may", {"reason": "nobody here may"}, "INC-1 is escalated. The owner is told."),
    "link": (
        "https://grafana.example.com/d/1 Database",
        {"link": "https://grafana.example.com/d/1", "name": "Database"},
        "The link is on the card of INC-1.",
    ),
    "decline": ("all probes pass", {"checked": "all probes pass"}, "INC-1 is declined"),
    "private": ("a name is in it", {"reason": "a name is in it"}, "INC-1 is private now."),
}


async def begin(story: Story, verb: str) -> Actor:
    """An incident to which the verb can be done, and somebody to do it."""
    minor = verb == "close"
    await story.declare(**({"error_kind": "slow"} if minor else {}))
    if verb in ("reopen", "close"):
        await story.person("carla").slash("/incident", "resolve 1 first try")
        await story.settle()
    return story.person("bob")


def done(incident: Incident, verb: str) -> bool:
    """Whether the verb has happened to the incident."""
    match verb:
        case "update":
            return incident.last_update is not None
        case "severity":
            return incident.severity == "SEV1"
        case "role":
            return incident.roles == {"scribe": ("U0BOB",)}
        case "escalate":
            return incident.needs_human
        case "link":
            return [link.name for link in incident.links] == ["Database"]
        case "private":
            return incident.private
    states = {
        "status": State.MITIGATING,
        "resolve": State.RESOLVED,
        "reopen": State.INVESTIGATING,
        "close": State.CLOSED,
        "decline": State.DECLINED,
    }
    return incident.state is states[verb]


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_is_done_at_once_when_everything_is_typed(story: Story, verb: str) -> None:
    """One line with the incident named, from anywhere."""
    bob = await begin(story, verb)
    text, _, answered = VERBS[verb]
    answer = await bob.slash("/incident", f"{verb} inc-1 {text}")
    assert answer.text.startswith(answered)
    await story.settle()
    assert done(await story.incident(), verb)


@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "close"])
async def test_in_the_room_the_incident_need_not_be_named(story: Story, verb: str) -> None:
    """There the verb and the words are enough."""
    bob = await begin(story, verb)
    text, _, answered = VERBS[verb]
    assert (await bob.slash("/incident", f"{verb} {text}", ROOM)).text.startswith(answered)
    assert done(await story.incident(), verb)


@pytest.mark.parametrize("verb", VERBS)
async def test_a_verb_alone_asks_for_the_rest(story: Story, verb: str) -> None:
    """With the incident named but nothing said, its form opens."""
    bob = await begin(story, verb)
    assert (await bob.slash("/incident", f"{verb} 1")).text == ""
    await story.settle()
    assert "INC-1" in view_words(bob.view)
    assert await bob.submit(VERBS[verb][1]) is None
    assert done(await story.incident(), verb)
    assert bob.view is None


@pytest.mark.parametrize("verb", VERBS)
async def test_without_an_incident_it_is_picked_from_the_last_five(story: Story, verb: str) -> None:
    """Elsewhere, without an id, the last five are offered; what was typed is in the form that follows."""
    bob = await begin(story, verb)
    text, fields, _ = VERBS[verb]
    await bob.slash("/incident", f"{verb} {text}")
    await story.settle()
    shown = view_words(bob.view)
    assert "Which incident?" in shown
    assert "INC-1" in shown
    assert bob.view is not None
    assert "Report this as a new incident" in buttons(bob.view)
    await bob.click(f"{verb}.open")
    await story.settle()
    assert text.rpartition(" ")[2] in view_words(bob.view), "what was typed need not be typed again"
    assert await bob.submit(fields) is None
    assert done(await story.incident(), verb)


@pytest.mark.core
async def test_no_report_is_lost_to_the_grammar(story: Story) -> None:
    """A report that begins with a verb is one click from the form, with all its words."""
    await story.declare()
    ana = story.person("ana")
    await ana.slash("/incident", "update broke immich, photos give 502")
    await story.settle()
    await ana.click("declare.draft")
    assert ana.view is not None
    assert ana.view.state["what"]["declare.what"]["value"] == "update broke immich, photos give 502"
    assert ana.view.state["service"]["declare.service"]["selected_option"]["value"] == "immich"
    assert await ana.submit({"scope": "multiple"}) is None
    await story.settle()
    assert (await story.newest()).service == "immich"


async def test_the_last_five_are_the_last_five(story: Story) -> None:
    """The newest first, and no more than can be read at a glance."""
    for service in ("nextcloud", "immich", "mail", "grafana", "vpn", "vaultwarden"):
        await story.declare(service=service)
        story.clock.advance(120)
    bob = story.person("bob")
    await bob.slash("/incident", "resolve")
    await story.settle()
    shown = view_words(bob.view)
    assert [number for number in range(1, 7) if f"INC-{number} " in shown] == [2, 3, 4, 5, 6]
    assert shown.index("INC-6") < shown.index("INC-2")


async def test_what_is_over_hides_nothing_that_is_open(story: Story) -> None:
    """However much was resolved since, the open incident is offered to be resolved, and the others to be reopened."""
    await story.declare()
    bob = story.person("bob")
    for number in range(2, 7):
        await story.declare(service="grafana", error_kind="slow")
        await bob.slash("/incident", f"resolve {number} went away")
        story.clock.advance(120)
    for verb, offered in (("resolve", ["INC-1 "]), ("reopen", ["INC-6 ", "INC-2 "])):
        await bob.slash("/incident", verb)
        await story.settle()
        shown = view_words(bob.view)
        assert [key for key in offered if key in shown] == offered
        assert ("INC-6 " in shown) is (verb == "reopen")


async def test_show_and_list(story: Story) -> None:
    """Looking changes nothing, and only the one who looks sees it."""
    await story.declare()
    before = await story.incident()
    bob = story.person("bob")
    for text in ("show 1", "1", "INC-1", "#inc-1-nextcloud", "show inc-1-nextcloud", "list"):
        answer = await bob.slash("/incident", text)
        assert "INC-1" in answer.text + str(answer.blocks), text
    assert "INC-1" in (await bob.slash("/incident", "show", ROOM)).text
    await bob.slash("/incident", "show")
    await story.settle()
    assert "Which incident?" in view_words(bob.view)
    await bob.click("show.open")
    await story.settle()
    assert "502 Bad Gateway" in view_words(bob.view)
    assert await story.incident() == before


async def test_an_incident_that_is_not_there(story: Story) -> None:
    """The number is answered kindly, and the words are kept."""
    bob = story.person("bob")
    answer = await bob.slash("/incident", "update 7 everything is on fire")
    assert "There is no such incident" in answer.text
    assert "everything is on fire" in str(answer.blocks)
    assert "Report this as a new incident" in buttons(bob.ephemerals[-1])


async def test_a_word_near_a_verb_gets_that_verb(story: Story) -> None:
    """A slip of the finger is asked about, never acted upon; a longer text is a report."""
    bob = story.person("bob")
    for typed, meant in (("lst", "list"), ("udpate", "update"), ("resolv", "resolve"), ("hlep", "help")):
        assert f"Did you mean `/incident {meant}`?" in (await bob.slash("/incident", typed)).text
    await bob.slash("/incident", "lits of pages are white")
    assert bob.view is not None
    assert bob.view.callback_id == "declare.form"


async def test_help_names_every_verb(story: Story) -> None:
    """With a verb it says how that one is used."""
    bob = story.person("bob")
    shown = (await bob.slash("/incident", "help")).text
    for verb in (*VERBS, "new", "list", "show", "lead", "help"):
        assert f"/incident {verb}" in shown
    assert "Status page" in str(bob.ephemerals[-1].blocks)
    one = (await bob.slash("/incident", "help resolve")).text
    assert "what fixed it" in one
    assert "/incident lead" not in one


async def test_a_word_that_is_no_level_and_no_stage(story: Story) -> None:
    """What does not exist is said with what does."""
    bob = await begin(story, "severity")
    wrong = await bob.slash("/incident", "severity 1 SEV9 because")
    assert "SEV9 is not a severity here. Choose one of SEV1, SEV2, SEV3, SEV4." in wrong.text
    assert "SEV9 because" in str(wrong.blocks)
    await bob.slash("/incident", "status 1 sleeping")
    await story.settle()
    assert bob.view is not None
    assert bob.view.callback_id == "status.form"
    assert "already" in (await bob.slash("/incident", "severity 1 SEV2 same")).text
