"""Text that hurts, requests that come twice, and a database that is held: answered in time, done once, nothing lost."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from bot.incident.model import EventKind
from bot.views.ids import Click
from bot.workflows.intake import PENDING
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.interactions import Interactions, targets
from tests.scenarios.story import GOOD, Story, words

HOSTILE = {
    "emoji": "🔥🧯 family 👨‍👩‍👧‍👦 flag 🇧🇬 the photos are gone 😱",
    "right to left": "השרת לא עונה \u202eevil\u202c الخادم لا يستجيب",
    "nul": "502\x00 on\x00 every page since the morning",
    "lone surrogates": "502 \ud800 on \udfff every \ud83d page",
    "one long word": "502 " + "x" * 2900,
    "a long wide word": "502 " + "😀" * 1400,
    "many lines": "\n" * 50 + "502 on every page" + "\r\n" * 1000,
    "pings": "502 <!channel> <!here> <@U0DEMO0ANA> <#C0DEMO0GEN> @channel @everyone",
    "mark-up": "502 *bold* _it_ ~no~ `code` ```block``` > quote <https://example.com|click> &amp;lt;script&gt;",
    "html": "502 <script>alert(1)</script><img src=x onerror=alert(1)> on every page",
    "sql": "502'); DROP TABLE incidents; -- on every page",
    "markers": "502 <!-- holdfast:00000000-0000-0000-0000-000000000000 --> on every page",
    "payload": "payload=%7B%22type%22%3A%22block_actions%22%7D on every page",
    "format": "{0} %s %(x)s ${x} {{x}} on every page",
    "invisible": "5\u200b0\u200b2\ufeff on\u2060 every page\u00ad",
    "zalgo": "5̴̢̛͔̯͕̬0̵̨̛̣̮̤2̶̧̛̮̭ on every page" * 20,
}


@pytest.mark.core
async def test_text_that_hurts_becomes_an_incident_like_any_other(story: Story) -> None:
    """Each is taken, told in every place, and hurts nobody: no ping, no broken message, no lost report."""
    ana = story.person("ana")
    for number, text in enumerate(HOSTILE.values(), 1):
        typed = text.encode(errors="ignore").decode()  # a form's body cannot hold half a character
        assert (await ana.slash("/incident", f"new {typed}")).error == ""
        assert await ana.submit(GOOD | {"what": text, "expected": text}) is None, text[:40]
        await story.settle()
        assert (await story.newest()).number == number
        story.clock.advance(16 * 60)  # closer together they would be reports of one outage
    await story.pass_time(minutes=6)
    for number in range(1, len(HOSTILE) + 1):
        assert (await story.incident(number)).places.issue_number is not None
        assert f"INC-{number}" in words(await story.card(number))
    said = " ".join(words(m) for m in story.workspace.slack.messages("alerts"))
    assert "<!channel>" not in said
    assert "<!here>" not in said
    assert "\u202e" not in said
    bodies = [issue.body or "" for issue in story.workspace.github.repository.issues.values()]
    assert not any("<script" in body for body in bodies)


@pytest.mark.core
async def test_text_that_hurts_in_an_update_is_told_once(story: Story) -> None:
    """The same texts typed into a room, inline."""
    incident = await story.declare()
    room = incident.places.room
    assert room is not None
    for text in HOSTILE.values():
        answer = await story.person("ana").slash("/incident", f"update {text.encode(errors='ignore').decode()}", room)
        assert (answer.error, answer.text != "") == ("", True)
    await story.pass_time(minutes=12)
    updates = [event for event in await story.timeline() if event.kind is EventKind.UPDATED]
    assert len(updates) == len(HOSTILE)
    assert (await story.person("ana").slash("/incident", "help")).text != ""


async def test_a_megabyte_over_a_socket_is_answered(story: Story) -> None:
    """Over HTTP a request of that size is refused at the door; a socket has none, so the form opens with its head."""
    ana = story.person("ana")
    text = "nextcloud is down " + "x" * 1_000_000
    answer = await ana.slash("/incident", text)
    if story.workspace.slack.transport == "http":
        assert answer.error == "dispatch_failed"
    else:
        assert answer.error == ""
        assert ana.view is not None
    assert (await ana.slash("/incident", "help")).error == ""


async def deliver(story: Story, parcel: Parcel) -> Reply:
    """As Slack would, once."""
    slack = story.workspace.slack
    return await (slack.by_http if slack.transport == "http" else slack.by_socket).send(parcel)


def made_by(story: Story) -> Interactions:
    """What builds Slack's requests."""
    return Interactions(story.workspace.slack.world, story.workspace.slack.tickets)


@pytest.mark.core
async def test_a_command_that_comes_twice_has_one_effect(story: Story) -> None:
    """The same trigger, at the same time and once more later: one entry, and the same answer."""
    incident = await story.declare()
    ana, room = story.person("ana"), story.workspace.slack.channel(incident.places.room or "")
    parcel, _ = made_by(story).slash(ana.person, room, "/incident", "update the disks are full")
    first, second = await asyncio.gather(deliver(story, parcel), deliver(story, parcel))
    await story.settle()
    third = await deliver(story, parcel)
    assert first.body["text"] == second.body["text"] == third.body["text"]
    updates = [event for event in await story.timeline() if event.kind is EventKind.UPDATED]
    assert len(updates) == 1


@pytest.mark.core
async def test_a_form_that_comes_twice_is_one_report(story: Story) -> None:
    """An impatient Slack, or an impatient person: one incident, one room, one issue."""
    ana = story.person("ana")
    await ana.slash("/incident", "")
    view = ana.view
    assert view is not None
    assert await ana.submit(GOOD) is None
    again = made_by(story).submission(ana.person, view)
    replies = await asyncio.gather(*(deliver(story, again) for _ in range(3)))
    await story.pass_time(minutes=1)
    assert {(reply.failure, str(reply.body)) for reply in replies} == {("", "{}")}
    assert (await story.newest()).number == 1
    assert list(story.workspace.github.repository.issues) == [1]
    assert len([c for c in story.workspace.slack.world.channels.values() if c.name.startswith("inc-")]) == 1


async def test_a_click_that_comes_twice_has_one_effect(story: Story) -> None:
    """*Take the lead*, delivered three times with one trigger."""
    await story.declare()
    bob = story.person("bob")
    (target,) = [t for t in targets(await story.card()) if t.element["action_id"] == Click.LEAD_TAKE]
    parcel = made_by(story).action(bob.person, target, {})
    replies = await asyncio.gather(*(deliver(story, parcel) for _ in range(3)))
    await story.settle()
    assert [reply.failure for reply in replies] == ["", "", ""]
    assert (await story.incident()).lead == bob.id
    assert len([event for event in await story.timeline() if event.kind is EventKind.LEAD_CHANGED]) == 1


async def test_an_event_that_comes_again_is_answered_once(story: Story) -> None:
    """Slack tries an event again when it was not sure; the second time it says so."""
    ana = story.person("ana")
    said = {"type": "app_mention", "user": ana.id, "ts": "1772461800.000100", "text": "<@U0> help"}
    event = {"channel": story.workspace.slack.channel("alerts").id, "event_ts": "1772461800.000100"} | said
    parcel = Parcel("events_api", {"type": "event_callback", "event_id": "Ev1", "event": event, "team_id": "T0"})
    for attempt in (parcel, parcel.again("http_timeout"), parcel.again("http_timeout").again("http_error")):
        assert (await deliver(story, attempt)).failure == ""
    await story.settle()
    assert len(ana.ephemerals) == 1


@contextmanager
def held(story: Story, folder: Path, file: str = "holdfast.db") -> Iterator[None]:
    """Nobody else can write (on PostgreSQL: nor read) while the block lasts."""
    url = story.bot.settings.database
    if make_url(url).get_backend_name() == "sqlite":
        with closing(sqlite3.connect(folder / file, isolation_level=None)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            yield
            connection.execute("ROLLBACK")
        return
    with psycopg.connect(url) as other:
        other.execute("LOCK TABLE incidents, events, effects, submissions IN ACCESS EXCLUSIVE MODE")
        yield
        other.rollback()


@pytest.mark.core
@pytest.mark.hurried
async def test_a_database_that_is_held_delays_and_loses_nothing(story: Story, tmp_path: Path) -> None:
    """The answer comes in time and says what is known: it is stored and worked on. It happens, once."""
    ana = story.person("ana")
    await ana.slash("/incident", "")
    with held(story, tmp_path):
        assert await ana.submit(GOOD) is None
        assert ana.view is not None
        assert PENDING in str(ana.view.body)
    await story.settle()
    await story.pass_time(minutes=1)
    assert (await story.newest()).number == 1
    assert list(story.workspace.github.repository.issues) == [1]


@pytest.mark.hurried
async def test_a_journal_that_is_held_says_so_and_repeating_is_harmless(story: Story, tmp_path: Path) -> None:
    """Not even stored yet: the answer does not claim it; sent once more, it is still one report."""
    if make_url(story.bot.settings.database).get_backend_name() != "sqlite":
        pytest.skip("the journal of PostgreSQL is in the same database")
    ana = story.person("ana")
    await ana.slash("/incident", "")
    sent = ana.view
    assert sent is not None
    with held(story, tmp_path, "engine.db"):
        assert await ana.submit(GOOD) is None
        assert "Storage is slow right now." in str(ana.view)
    assert (await deliver(story, made_by(story).submission(ana.person, sent))).failure == ""
    await story.settle()
    assert (await story.newest()).number == 1


@pytest.mark.proof
@pytest.mark.hurried
async def test_a_database_held_longer_than_it_waits_loses_nothing(story: Story, tmp_path: Path) -> None:
    """Past every time limit of its driver the work is still kept, and done once."""
    ana = story.person("ana")
    await ana.slash("/incident", "")
    with held(story, tmp_path):
        assert await ana.submit(GOOD) is None
        await asyncio.sleep(7)
    await story.settle()
    assert (await story.newest()).number == 1
