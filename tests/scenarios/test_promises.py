"""The promises, each under its name, as far as what they speak of exists."""

from collections import Counter

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError

from bot.audit import Entry
from bot.incident.model import HOLDFAST, EventKind, State
from bot.storage.audit import check
from bot.storage.tables import audit
from bot.workspace.faults import Kind
from bot.workspace.slack.events import Events
from tests.scenarios.reading import (
    announcements,
    delivered_twice,
    issue,
    of_investigations,
    outside_once,
    seen_by,
    view_words,
)
from tests.scenarios.story import Story, words

ROOM = "inc-1-nextcloud"
SECRET = "A stranger reads the vault through a leaked token"


async def kinds(story: Story) -> Counter[EventKind]:
    return Counter(event.kind for event in await story.timeline())


@pytest.mark.core
async def test_promise_once_delivered_twice(story: Story) -> None:
    """Two clicks, two replicas, a redelivered event: one effect."""
    ana, bob = delivered_twice(story, "ana"), delivered_twice(story, "bob")
    await ana.slash("/incident", "nextcloud gives 502")
    assert await ana.submit({"scope": "multiple"}) is None
    await story.follow()
    await bob.click("lead.take", ROOM)
    await bob.slash("/incident", "update The database is full", ROOM)
    await bob.click("resolve.open", ROOM)
    await story.settle()
    assert await bob.submit({"fix": "made room"}) is None
    await story.follow()
    await ana.click("confirm.works", "dm")
    await story.follow()
    assert [each.number for each in await story.incidents.listed("U0VIKTOR")] == [1]
    once = (EventKind.DECLARED, EventKind.LEAD_CHANGED, EventKind.UPDATED, EventKind.RESOLVED)
    assert {kind: (await kinds(story))[kind] for kind in (*once, EventKind.CONFIRMED_FIXED)} == dict.fromkeys(
        (*once, EventKind.CONFIRMED_FIXED), 1
    )
    assert len(announcements(story)) == 1
    outside_once(story)


async def test_promise_once_told_twice(story: Story) -> None:
    """An event that arrives twice is answered once."""
    slack = story.workspace.slack
    again = Events(slack.world, slack._send)
    ana = story.person("ana")
    await ana.say("nextcloud gives 502", "dm")
    await ana.say("@holdfast is anything open?", "alerts")
    await again.settle()
    await story.settle()
    assert len([message for message in ana.dm if message.user != ana.id]) == 1
    assert len(ana.ephemerals) == 1


@pytest.mark.parametrize("kind", ["500", "refused"])
async def test_promise_alone_without_github(story: Story, kind: Kind) -> None:
    """Incidents work with GitHub down. What could not be done is said, queued and retried."""
    fault = story.workspace.faults.add("github", "*", kind)
    await story.declare()
    await story.follow()
    assert "the issue will follow" in words(await story.card())
    assert "the issue will follow" in words(announcements(story)[0])
    bob = story.person("bob")
    for text in (
        "lead",
        "update The database is full",
        "severity SEV1 mail too",
        "update Room was made",
        "resolve done",
    ):
        assert (await bob.slash("/incident", text, ROOM)).error == ""
        await story.follow()
        await story.pass_time(minutes=3)
    assert (await story.incident()).state is State.RESOLVED
    said = "\n".join(story.said(await story.room()))
    for part in ("took the lead", "The database is full", "SEV2 to SEV1", "Room was made", "resolved it: done"):
        assert part in said
    assert "is fixed" in story.person("ana").dm[-1].text
    assert story.workspace.github.repository.issues == {}

    story.workspace.faults.clear(fault)
    await story.pass_time(minutes=12)
    filed = issue(story)
    assert [comment.body.split(":**")[0] for comment in filed.comments] == [
        "**Update", "**Severity", "**Update", "**Resolved",
    ]  # fmt: skip
    assert (filed.state, "sev1" in filed.labels) == ("closed", True)
    assert "#1" in words(await story.card())
    assert "follow" not in words(await story.card())
    outside_once(story)


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("chat.postMessage", "429"),
        ("conversations.create", "429"),
        ("*.*", "500"),
        ("chat.postMessage", "timeout_after_write"),
    ],
)
async def test_promise_alone_with_a_slack_that_falters(story: Story, method: str, kind: Kind) -> None:
    """Slack's refusals and lost answers delay what is posted and created; nothing is lost, and nothing is twice."""
    ana = story.person("ana")
    await ana.slash("/incident", "nextcloud gives 502")
    story.workspace.faults.add("slack", method, kind, times=4, seconds=7)
    assert await ana.submit({"scope": "multiple"}) is None
    await story.settle()
    for _ in range(8):
        await story.pass_time(seconds=15)
    incident = await story.incident()
    assert incident.places.room_name == ROOM
    assert issue(story).state == "open"
    assert len(announcements(story)) == 1
    assert "follow." not in words(await story.card())
    assert len([message for message in ana.dm if "Thank you" in message.text]) == 1
    outside_once(story)


async def test_promise_quiet_in_a_whole_story(story: Story) -> None:
    """One card, edited in place. A budget of messages per incident."""
    calls, start = story.workspace.slack.api.calls, len(story.workspace.slack.api.calls)
    await story.declare()
    ana, bob = story.person("ana"), story.person("bob")
    changes = (
        "lead",
        "update The database is full",
        "severity SEV1 mail too",
        "status mitigating",
        "update Room was made",
    )
    for text in (*changes, "resolve done"):
        await bob.slash("/incident", text, ROOM)
        await story.follow()
    await ana.click("confirm.works", "dm")
    await story.follow()

    ours = story.workspace.slack.world.app.user_id
    in_room = [m for m in story.workspace.slack.messages(await story.room()) if m.user == ours]
    assert len([m for m in in_room if m.subtype == "channel_topic"]) <= 2, "the topic changes with the severity only"
    looked = await of_investigations(story)
    assert len(looked) == (3 if story.looks else 0), "how far it is, what it came to, and how far the written record is"
    lines = [words(m) for m in in_room if not m.subtype and m not in looked]
    assert len(lines) == 2 + 7 + 1, "card, welcome, a line for each change and for the answer, and the draft"
    assert len(set(lines)) == len(lines)
    assert len(announcements(story)) == 1
    assert len(story.workspace.slack.messages("alerts")) == 1 + 2, "the announcement, and its two updates"
    assert len(ana.dm) == 3, "received, being looked into, fixed"
    used = Counter(calls[start:])
    most = 2 * 8 + 3 + (2 * 3 if story.looks else 0)
    assert used["chat.update"] <= most, "card and announcement once for each change, and what they said at first"

    quiet = len(calls)
    await story.pass_time(minutes=30)
    assert calls[quiet:] == [], "nothing happens, so nothing is said"


@pytest.mark.core
async def test_promise_private_leaks_nowhere(story: Story) -> None:
    """A private incident leaks nowhere: no public issue, digest, status page, or other people's App Home."""
    await story.declare(what=SECRET, flags=["security"], service="vaultwarden", error_kind="other")
    room, viktor = await story.room(), story.person("viktor")
    for text in ("lead", f"update {SECRET}", "severity SEV2 contained", "status monitoring", f"resolve {SECRET}"):
        await viktor.slash("/incident", text, room)
        await story.follow()
    for name in ("bob", "carla", "gina"):
        person = story.person(name)
        await person.open_home()
        for text in ("list", "show 1", "update 1", "status", "vaultwarden is slow"):
            await person.slash("/incident", text)
            await story.settle()
        assert "INC-1" not in view_words(person.home)
        seen = seen_by(story, person)
        for word in ("INC-1", "inc-1", "stranger", "token"):
            assert word not in seen, (name, word)
    assert story.workspace.github.repository.issues == {}
    assert announcements(story) == []
    async with story.bot.database.read() as connection:
        rows = (await connection.execute(select(audit))).all()
    assert "stranger" not in str(rows)


@pytest.mark.core
async def test_promise_traced_who_did_what(story: Story) -> None:
    """Who asked, who clicked, what ran: an append-only, hash-chained log that `holdfast check` verifies."""
    await story.declare()
    ana, bob = story.person("ana"), story.person("bob")
    for text in ("lead", "update The database is full", "severity SEV3 less", "status monitoring", "resolve done"):
        await bob.slash("/incident", text, ROOM)
        await story.follow()
    await story.person("carla").slash("/incident", "lead 99")
    await ana.click("confirm.works", "dm")
    await bob.slash("/incident", "close done", ROOM)
    await story.settle()
    async with story.bot.database.read() as connection:
        rows = (await connection.execute(select(audit).order_by(audit.c.number))).mappings().all()
    entries = [Entry.model_validate(dict(row)) for row in rows]
    acts = ("lead", "update", "severity", "status", "resolve")
    expected = [(ana.id, "declare"), *((bob.id, act) for act in acts), (ana.id, "confirm"), (bob.id, "close")]
    assert [(entry.actor, entry.act) for entry in entries if entry.actor != HOLDFAST] == expected
    ours = [entry.act for entry in entries if entry.actor == HOLDFAST]
    assert ours == (["investigated"] if story.looks else [])
    assert {entry.subject for entry in entries} == {"INC-1"}
    assert await check(story.bot.database) is None
    with pytest.raises(DBAPIError, match="append-only"):
        async with story.bot.database.write() as connection:
            await connection.execute(update(audit).where(audit.c.number == 3).values(actor="U0CARLA"))
    assert await check(story.bot.database) is None


async def test_promise_bounded_in_a_storm(story: Story) -> None:
    """Messages have limits that code enforces before the fact: a storm of updates is said at Slack's pace, in order."""
    await story.declare()
    bob, calls = story.person("bob"), story.workspace.slack.api.calls
    await bob.slash("/incident", "lead", ROOM)
    await story.follow()
    before = len(calls)
    for number in range(12):
        assert (await bob.slash("/incident", f"update step {number} of many", ROOM)).text.startswith("Your update")
    await story.settle()
    burst = Counter(calls[before:])
    assert burst["chat.postMessage"] <= 2 * 3, "three at once in a channel"
    assert burst["chat.update"] <= 2, "card and announcement once"
    for _ in range(25):
        await story.pass_time(seconds=2)
    said = [text for text in story.said(await story.room()) if "of many" in text]
    assert ["step " + text.split("step ")[1] for text in said] == [f"step {n} of many" for n in range(12)]
    seconds = Counter(message.ts.split(".")[0] for message in story.workspace.slack.messages(await story.room()))
    assert max(seconds.values()) <= 8
    assert "step 11 of many" in words(await story.card())
    assert story.workspace.slack.api.calls.count("chat.update") < 12 * 2
    outside_once(story)
