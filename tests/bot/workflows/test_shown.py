"""Shown state over the wire: the newest version, no edit that changes nothing, and no faster than it may be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.adapters.slack.client import Slack
from bot.adapters.slack.directory import Directory
from bot.adapters.slack.limits import Limiter
from bot.adapters.web import Web
from bot.deps import WorkflowDeps
from bot.incident.model import HOLDFAST, Incident, Place
from bot.incident.wanted import EffectKind, Wanted
from bot.settings import File, Timing
from bot.storage import effects, incidents
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.effects import FAILED, Surface
from bot.storage.incidents import IncidentStore
from bot.storage.troubles import problems
from bot.workflows.shown import show
from tests.bot.rows import an_effect, row, saved
from tests.clock import ManualClock
from tests.wire import Answer, Wire, wire

pytestmark = pytest.mark.sockets
TIMING = Timing(card_interval=2, backoff_first=4)


@dataclass
class Wall:
    """An incident whose card hangs in Slack."""

    deps: WorkflowDeps
    line: Wire
    clock: ManualClock
    incident: Incident
    limiter: Limiter

    async def show(self) -> Surface:
        await show(self.deps, self.incident.id, "card")
        return await self.surface()

    async def surface(self) -> Surface:
        async with self.deps.database.read() as connection:
            surface = await effects.surface(connection, self.incident.id, "card")
        assert surface is not None
        return surface

    async def change(self, title: str) -> None:
        """The incident changes, and every surface is to follow."""
        async with self.deps.database.write() as connection:
            current = await incidents.locked(connection, self.incident.id)
            await incidents.save(connection, current.model_copy(update={"title": title}), (), self.clock.now())
            await effects.want_shown(connection, self.incident.id)


@pytest.fixture
async def wall(database: Database, clock: ManualClock) -> AsyncIterator[Wall]:
    """The card was just posted, and shows what was rendered then."""
    incident = await saved(database, [Wanted(kind=EffectKind.ISSUE)], clock.now())
    async with wire() as line, aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-test", base_url=f"{line.url}/api/", session=session, retry_handlers=[])
        limiter = Limiter()
        slack, people = Slack(client, limiter, clock), Directory({})
        line.will("chat.update", Answer({"ok": True}))
        store = IncidentStore(database, frozenset())
        outside = (slack, None, None, Web(session))
        documents = DocumentStore(database)
        deps = WorkflowDeps(database, store, documents, *outside, people, "C0ALERTS", File(), TIMING, clock)
        async with database.write() as connection:
            await effects.show(connection, incident.id, "card", Place(channel="C1", ts="1.0"), "", clock.now())
        yield Wall(deps, line, clock, incident, limiter)


async def test_it_shows_the_newest(wall: Wall) -> None:
    """Five changes, one edit, with what is true now."""
    for number in range(5):
        await wall.change(f"Title {number}")
    surface = await wall.show()
    assert surface.shown == surface.wanted
    assert len(wall.line.seen) == 1
    assert "Title 4" in wall.line.forms[0]["blocks"]


async def test_what_changes_nothing_is_not_edited(wall: Wall) -> None:
    """The digest is equal: the version counts as shown, and Slack is left alone."""
    await wall.show()
    wall.clock.advance(TIMING.card_interval)
    await wall.change((await wall.deps.incidents.by_id(wall.incident.id, "holdfast")).title)
    surface = await wall.show()
    assert surface.shown == surface.wanted
    assert len(wall.line.seen) == 1


async def test_it_is_edited_at_most_every_two_seconds(wall: Wall) -> None:
    """However fast things change; what came in between is shown at the end of it."""
    for number in range(20):
        await wall.change(f"Title {number}")
        await wall.show()
        wall.clock.advance(0.5)
    assert len(wall.line.seen) == 5
    wall.clock.advance(TIMING.card_interval)
    await wall.show()
    assert "Title 19" in wall.line.forms[-1]["blocks"]


async def test_two_renderings_at_once_are_one(wall: Wall) -> None:
    """Two replicas that both were told: one edits."""
    await wall.change("New")
    await asyncio.gather(*(wall.show() for _ in range(4)))
    assert len(wall.line.seen) == 1


async def test_slower_is_obeyed(wall: Wall) -> None:
    """`retry_at` is when it may be tried again; until then it is not stale enough to be begun."""
    slow = Answer({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "30"})
    wall.line.will("chat.update", slow, Answer({"ok": True}))
    surface = await wall.show()
    assert surface.retry_at == wall.clock.now() + timedelta(seconds=30)
    assert surface.attempt == 1
    assert surface.shown < surface.wanted
    await wall.show()
    assert len(wall.line.seen) == 1
    wall.clock.advance(30)
    surface = await wall.show()
    assert surface.shown == surface.wanted
    assert (surface.attempt, surface.problem) == (0, "")


async def test_a_lost_answer_is_simply_edited_again(wall: Wall) -> None:
    """Editing twice is harmless; waits grow."""
    broken = Answer(text="oops", status=502)
    wall.line.will("chat.update", broken, broken, Answer({"ok": True}))
    waits = []
    for _ in range(2):
        surface = await wall.show()
        waits.append((surface.retry_at - wall.clock.now()).total_seconds())
        wall.clock.advance(waits[-1])
    assert waits == [4, 8]
    assert (await wall.show()).problem == ""
    assert len(wall.line.seen) == 3


@pytest.mark.parametrize("lost", [Answer(text="oops", status=502), Answer(hangs=True)], ids=["answer", "process"])
async def test_what_is_taken_back_after_a_loss_is_taken_back_in_slack(wall: Wall, lost: Answer) -> None:
    """An edit may have landed, and nobody knows: as before is then not as it still is, but has to be shown anew."""
    before = (await wall.deps.incidents.by_id(wall.incident.id, HOLDFAST)).title
    await wall.show()
    wall.clock.advance(TIMING.card_interval)
    wall.line.will("chat.update", lost, Answer({"ok": True}))
    await wall.change("Escalated")
    showing = asyncio.create_task(wall.show())
    while len(wall.line.seen) < 2:
        await asyncio.sleep(0.01)
    if lost.hangs:
        showing.cancel()
    await asyncio.wait({showing})
    wall.clock.advance(60)
    await wall.change(before)
    await wall.show()
    assert ["Escalated" in form["blocks"] for form in wall.line.forms] == [False, True, False]


async def test_what_never_left_us_is_still_as_it_was(wall: Wall) -> None:
    """Our own limits held the edit back: as before, it needs none."""
    before = (await wall.deps.incidents.by_id(wall.incident.id, HOLDFAST)).title
    await wall.show()
    wall.clock.advance(TIMING.card_interval)
    wall.limiter.pause("chat.update", 30, wall.clock.now())
    await wall.change("Escalated")
    assert (await wall.show()).retry_at == wall.clock.now() + timedelta(seconds=30)
    wall.clock.advance(60)
    await wall.change(before)
    surface = await wall.show()
    assert surface.shown == surface.wanted
    assert len(wall.line.seen) == 1


async def test_a_message_that_is_gone_is_not_tried_for_ever(wall: Wall) -> None:
    """Somebody deleted the card: the sentence stays, and the next change tries once more."""
    wall.line.will("chat.update", Answer({"ok": False, "error": "message_not_found"}))
    surface = await wall.show()
    assert surface.shown == surface.wanted
    assert "message_not_found" in surface.problem
    wall.clock.advance(60)
    await wall.show()
    assert len(wall.line.seen) == 1


async def test_what_could_not_be_done_is_on_the_card(wall: Wall) -> None:
    """While it waits, and when it was given up."""
    effect = await row(wall.deps.database, wall.incident)
    async with wall.deps.database.write() as connection:
        await effects.change(connection, effect.id, problem="GitHub cannot be reached.")
    await wall.show()
    assert "GitHub cannot be reached. I keep trying: the issue will follow." in wall.line.forms[-1]["blocks"]
    async with wall.deps.database.write() as connection:
        await effects.change(connection, effect.id, state=FAILED, problem="GitHub refused it.")
        await effects.want_shown(connection, wall.incident.id)
    wall.clock.advance(TIMING.card_interval)
    await wall.show()
    assert "GitHub refused it. I gave up on the issue." in wall.line.forms[-1]["blocks"]


def test_each_trouble_is_told_once() -> None:
    """Three comments that wait for the same reason are one sentence; what has no word is silent."""
    late = [an_effect(kind=EffectKind.COMMENT, problem="GitHub cannot be reached.") for _ in range(3)]
    assert problems([*late, an_effect(kind=EffectKind.PIN, problem="Slack refused.")], []) == [
        "GitHub cannot be reached. I keep trying: the issue's news will follow."
    ]
    assert problems([an_effect()], [an_effect(kind=EffectKind.PIN, state=FAILED, problem="Slack refused.")]) == []
