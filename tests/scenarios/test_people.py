"""Who does what: the first to act leads, parts are taken on a live panel, the lead is handed over, help is called."""

import pytest

from bot.incident.model import EventKind, State
from bot.workspace.slack.model import Message
from tests.scenarios.reading import buttons, issue, view_words
from tests.scenarios.story import Story, words

ROOM = "inc-1-nextcloud"


async def panel(story: Story) -> Message:
    """The welcome, which shows who does what."""
    return next(each for each in story.workspace.slack.messages(ROOM) if "Leave, or name somebody" in words(each))


def last(story: Story, name: str) -> str:
    """The newest direct message to somebody."""
    return words(story.person(name).dm[-1])


@pytest.mark.core
async def test_whoever_acts_first_leads(story: Story) -> None:
    """Where nobody leads, the first responder to act does, hears what that means, and can pass it on."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    await bob.slash("/incident", "update 1 The database is full")
    await story.follow()
    assert (await story.incident()).lead == bob.id
    assert "You acted first, so you lead" in last(story, "bob")
    assert "Give an update before the next one is due." in last(story, "bob")
    await carla.slash("/incident", "status 1 mitigating")
    await story.settle()
    assert (await story.incident()).lead == bob.id
    assert "acted first and leads it now" in " ".join(story.said(ROOM))


async def test_a_reporter_who_adds_to_the_report_does_not_lead(story: Story) -> None:
    """Whoever saw it is not thereby in charge of it."""
    await story.declare()
    await story.person("ana").slash("/incident", "update 1 Mail is slow too")
    await story.settle()
    assert (await story.incident()).lead is None


async def test_parts_are_taken_and_left_on_the_panel(story: Story) -> None:
    """One click joins; the panel shows it to everybody; a second click says so instead of doing it twice."""
    incident = await story.declare()
    bob = story.person("bob")
    await bob.click("role.join", ROOM, f"{incident.id}:scribe")
    await story.follow()
    assert "*Scribe* <@U0BOB>" in words(await panel(story))
    assert bob.id in story.workspace.slack.channel(ROOM).members
    assert "Write down what happened and when." in last(story, "bob")
    await bob.click("role.join", ROOM, f"{incident.id}:scribe")
    await story.settle()
    assert "already there as scribe" in bob.ephemerals[-1].text
    assert (await bob.slash("/incident", "role leave scribe", ROOM)).text == "You are no longer scribe of INC-1."
    await story.follow()
    assert "*Scribe* nobody yet" in words(await panel(story))
    kinds = [event.kind for event in await story.timeline()]
    assert kinds.count(EventKind.ROLE_TAKEN) == kinds.count(EventKind.ROLE_LEFT) == 1


async def test_a_part_is_given_to_somebody(story: Story) -> None:
    """By name or by what people call it; a role that is not known is answered with those that are."""
    await story.declare()
    bob = story.person("bob")
    given = await bob.slash("/incident", "role 1 comms @carla")
    assert given.text == "<@U0CARLA> is communications lead of INC-1 now."
    assert (
        "“juggler” is not a role here. Roles: commander, technical"
        in (await bob.slash("/incident", "role 1 juggler")).text
    )
    assert "guest" in (await bob.slash("/incident", "role 1 scribe @gina")).text
    await story.follow()
    shown = (await bob.slash("/incident", "show 1")).blocks
    assert "*Communications lead* <@U0CARLA>" in str(shown)


@pytest.mark.core
async def test_the_lead_is_handed_over_with_a_summary(story: Story) -> None:
    """Nothing changes until the other accepts; then the room knows, and the offer shows no buttons any more."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    await bob.slash("/incident", "lead 1")
    said = await bob.slash("/incident", "handover 1 @carla The disk is full, I am deleting old logs")
    assert "It passes when they accept." in said.text
    await story.settle()
    assert (await story.incident()).lead == bob.id
    assert "I am deleting old logs" in last(story, "carla")
    await story.follow()
    assert "The lead is offered to <@U0CARLA>" in words(await story.card())
    await carla.click("offer.accept", "dm")
    await story.follow()
    assert (await story.incident()).lead == carla.id
    offered = next(each for each in carla.dm if "was offered to you here" in words(each))
    assert buttons(offered) == []
    assert "handed the lead to <@U0CARLA>" in " ".join(story.said(ROOM))


async def test_an_offer_can_be_turned_down(story: Story) -> None:
    """Whoever leads goes on leading, and the room hears it."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    await bob.slash("/incident", "lead 1")
    await bob.slash("/incident", "handover 1 @carla The disk is full")
    await story.settle()
    await carla.click("offer.decline", "dm")
    await story.follow()
    incident = await story.incident()
    assert (incident.lead, incident.handover) == (bob.id, None)
    assert "cannot take the lead" in " ".join(story.said(ROOM))


async def test_people_are_called(story: Story) -> None:
    """A person, or everybody who plays a part; they come into the room and hear why."""
    await story.declare()
    bob, carla = story.person("bob"), story.person("carla")
    assert (await bob.slash("/incident", "call 1 @carla we need the database")).text.startswith("<@U0CARLA> is asked")
    await story.settle()
    assert carla.id in story.workspace.slack.channel(ROOM).members
    assert "we need the database" in last(story, "carla")
    assert "Nobody is scribe" in (await bob.slash("/incident", "call 1 scribe")).text
    await carla.slash("/incident", "role 1 scribe")
    assert "<@U0CARLA> is asked" in (await bob.slash("/incident", "call 1 scribe")).text


@pytest.mark.core
async def test_an_escalation_reaches_the_owner_and_ends_when_it_is_acknowledged(story: Story) -> None:
    """The owner reads what is needed and has one button; card and issue say it until then."""
    await story.declare()
    bob, viktor = story.person("bob"), story.person("viktor")
    await bob.slash("/incident", "escalate 1 Nobody here may restart the storage")
    await story.follow()
    assert "Nobody here may restart the storage" in last(story, "viktor")
    assert "[NEEDS A PERSON]" in words(await story.card())
    assert "needs-human" in issue(story).labels
    await viktor.click("ack.do", "dm")
    await story.follow()
    incident = await story.incident()
    assert not incident.needs_human
    assert incident.milestones.acknowledged is not None
    assert "[NEEDS A PERSON]" not in words(await story.card())
    assert "needs-human" not in issue(story).labels
    await viktor.click("ack.do", "dm")
    await story.settle()
    assert "acknowledged already" in viktor.ephemerals[-1].text


async def test_ack_without_an_incident_asks_which(story: Story) -> None:
    """From anywhere; the form asks nothing but the button."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "ack")
    await story.settle()
    await bob.click("ack.open")
    await story.settle()
    assert "You have seen it and are on it" in view_words(bob.view)
    assert await bob.submit({}) is None
    await story.settle()
    assert (await story.incident()).milestones.acknowledged is not None


async def test_the_impact_is_on_the_card(story: Story) -> None:
    """Field by field; what is known stays when the form is opened again."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "impact", ROOM)
    await story.settle()
    assert await bob.submit({"users": "About 40 people", "data": "None lost"}) is None
    await story.follow()
    assert "*Users* About 40 people *Data* None lost" in words(await story.card())
    await bob.slash("/incident", "impact 1")
    await story.settle()
    assert "About 40 people" in view_words(bob.view)


async def test_severity_by_answers(story: Story) -> None:
    """The form says what the answers come to before anything is sent, and takes that as the reason."""
    await story.declare()
    bob = story.person("bob")
    await bob.slash("/incident", "severity 1")
    await story.settle()
    assert "These answers come to *SEV2 (major)*" in view_words(bob.view)
    await bob.fill("flags", ["data_at_risk"])
    await story.settle()
    assert "These answers come to *SEV1 (critical)*: Data is at risk." in view_words(bob.view)
    assert await bob.submit({"severity": "by_answers"}) is None
    await story.settle()
    incident = await story.incident()
    assert (incident.severity, incident.severity_reason) == ("SEV1", "Data is at risk.")


async def test_what_is_missing_before_closing_is_said_in_advance(story: Story) -> None:
    """On the card, as soon as it is resolved; and nothing is missing of a drill."""
    await story.declare()
    await story.person("bob").slash("/incident", "resolve 1 restarted it")
    await story.follow()
    assert "Before closing: a published post-mortem (it is a draft); a lead" in words(await story.card())
    refused = await story.person("bob").slash("/incident", "close 1 done")
    assert "Before closing: a published post-mortem" in refused.text
    assert (await story.incident()).state is State.RESOLVED
