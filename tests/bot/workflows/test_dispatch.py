"""The hand of the clock: what is due is submitted once, and a database that is away is asked again."""

import asyncio

import pytest

from bot.durable.engine import Json
from bot.durable.fake import FakeEngine
from bot.incident.model import Place
from bot.incident.wanted import EffectKind, Landmark, Wanted
from bot.storage import effects
from bot.storage.db import Database, open_database
from bot.storage.effects import DONE
from bot.workflows.dispatch import Dispatcher
from tests.bot.rows import row, saved
from tests.clock import ManualClock


class Performed:
    """Remembers what was begun; the rows stay as they are."""

    def __init__(self) -> None:
        self.engine = FakeEngine()
        self.ids: list[str] = []
        self.gate = asyncio.Event()
        self.gate.set()
        for name in ("effect", "show"):
            self.engine.register(name, self._begun)

    async def _begun(self, id: str, payload: Json) -> Json:
        self.ids.append(id)
        await self.gate.wait()
        return {}


@pytest.fixture
def performed() -> Performed:
    """An engine that only remembers."""
    return Performed()


async def test_what_is_due_is_begun_once(database: Database, clock: ManualClock, performed: Performed) -> None:
    """However often and by however many replicas it is looked at."""
    incident = await saved(database, [Wanted(kind=EffectKind.POST), Wanted(kind=EffectKind.PIN)], clock.now())
    replicas = [Dispatcher(database, clock, performed.engine) for _ in range(3)]
    assert await replicas[0].tick() == 2
    assert await replicas[0].tick() == 0
    await asyncio.gather(*(replica.tick() for replica in replicas))
    await performed.engine.quiet(5)
    assert performed.ids == [f"fx:{(await row(database, incident, place)).id}:0" for place in (0, 1)]


async def test_what_waits_is_begun_when_its_time_has_come(
    database: Database, clock: ManualClock, performed: Performed
) -> None:
    """A moved clock moves it; the next attempt is a new submission."""
    incident = await saved(database, [Wanted(kind=EffectKind.POST)], clock.now())
    effect = await row(database, incident)
    dispatcher = Dispatcher(database, clock, performed.engine)
    assert await dispatcher.tick() == 1
    later = clock.now().replace(minute=clock.now().minute + 5)
    async with database.write() as connection:
        await effects.change(connection, effect.id, attempt=1, retry_at=later)
    assert await dispatcher.tick() == 0
    clock.advance(300)
    assert await dispatcher.tick() == 1
    await performed.engine.quiet(5)
    assert performed.ids == [f"fx:{effect.id}:0", f"fx:{effect.id}:1"]


async def test_what_needs_a_place_waits_for_it(database: Database, clock: ManualClock, performed: Performed) -> None:
    """Also when the place will never come: then it goes on without."""
    wanted = [
        Wanted(kind=EffectKind.ROOM, provides=Landmark.ROOM),
        Wanted(kind=EffectKind.POST, needs=Landmark.ROOM, line="room"),
        Wanted(kind=EffectKind.POST, needs=Landmark.ROOM, line="room"),
    ]
    incident = await saved(database, wanted, clock.now())
    dispatcher = Dispatcher(database, clock, performed.engine)
    for place, end in enumerate(["failed", DONE, DONE]):
        assert await dispatcher.tick() == 1
        async with database.write() as connection:
            await effects.change(connection, (await row(database, incident, place)).id, state=end)
    assert await dispatcher.tick() == 0


async def test_a_surface_is_rendered_once_for_each_version(
    database: Database, clock: ManualClock, performed: Performed
) -> None:
    """Many changes before it is rendered are one rendering."""
    incident = await saved(database, at=clock.now())
    async with database.write() as connection:
        await effects.show(connection, incident.id, "card", Place(channel="C1", ts="1.0"), "", clock.now())
        for _ in range(5):
            await effects.want_shown(connection, incident.id)
    dispatcher = Dispatcher(database, clock, performed.engine)
    assert await dispatcher.tick() == 1
    assert await dispatcher.tick() == 0


async def test_what_ended_and_left_its_row_due_is_begun_again(
    database: Database, clock: ManualClock, performed: Performed
) -> None:
    """Whatever broke, and by whichever process: an id that is spent strands no row."""
    incident = await saved(database, [Wanted(kind=EffectKind.POST)], clock.now())
    id = f"fx:{(await row(database, incident)).id}:0"
    first, second = (Dispatcher(database, clock, performed.engine) for _ in range(2))
    assert await first.tick() == 1
    await performed.engine.quiet(5)
    assert await second.tick() == 1
    for runs in (2, 3):
        clock.advance(61)
        assert await first.tick() == 1
        await performed.engine.quiet(5)
        assert performed.ids == [id] * runs
        assert await first.tick() == 0
    clock.advance(61)
    assert await second.tick() == 1
    await performed.engine.quiet(5)
    assert performed.ids == [id] * 4


async def test_what_still_runs_is_not_begun_again(database: Database, clock: ManualClock, performed: Performed) -> None:
    """However long it takes."""
    await saved(database, [Wanted(kind=EffectKind.POST)], clock.now())
    performed.gate.clear()
    dispatcher = Dispatcher(database, clock, performed.engine)
    assert await dispatcher.tick() == 1
    await asyncio.sleep(0)
    clock.advance(3600)
    assert await dispatcher.tick() == 0
    performed.gate.set()
    await performed.engine.quiet(5)
    assert len(performed.ids) == 1


async def test_one_that_cannot_be_begun_stops_no_other(database: Database, clock: ManualClock) -> None:
    """The engine refuses one of two; the other is begun all the same."""
    incident = await saved(database, [Wanted(kind=EffectKind.POST)] * 2, clock.now())
    spent = f"fx:{(await row(database, incident)).id}:0"
    begun: list[str] = []

    async def effect(id: str, payload: Json) -> Json:
        begun.append(id)
        return {}

    class Choosy(FakeEngine):
        async def submit(self, name: str, id: str, payload: Json, lane: str = "", *, anew: bool = False) -> bool:
            if id == spent:
                raise LookupError(id)
            return await super().submit(name, id, payload, lane, anew=anew)

    engine = Choosy()
    engine.register("effect", effect)
    assert await Dispatcher(database, clock, engine).tick() == 1
    await engine.quiet(5)
    assert begun == [f"fx:{(await row(database, incident, 1)).id}:0"]


async def test_a_database_that_is_away_is_asked_again(clock: ManualClock, performed: Performed) -> None:
    """Nothing is begun, and nothing breaks."""
    away = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    dispatcher = Dispatcher(away, clock, performed.engine)
    assert await dispatcher.tick() == 0
    assert await dispatcher.tick() == 0
    await away.close()


async def test_whoever_is_woken_looks_at_once(database: Database, clock: ManualClock, performed: Performed) -> None:
    """A wake during a look is not lost."""
    dispatcher = Dispatcher(database, clock, performed.engine)
    running = asyncio.create_task(dispatcher.run())
    dispatcher.wake()
    await asyncio.sleep(0)
    await saved(database, [Wanted(kind=EffectKind.POST)], clock.now())
    dispatcher.wake()
    async with asyncio.timeout(5):
        while not performed.ids:
            await asyncio.wait({running}, timeout=0.01)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
