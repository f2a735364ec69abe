"""One effect, of a post, on either database."""

import pytest

from bot.incident.wanted import EffectKind, Wanted
from bot.storage.db import Database
from tests.bot.durable.bench import Bench, Outside
from tests.bot.rows import row, saved
from tests.clock import ManualClock


@pytest.fixture
async def bench(database: Database, clock: ManualClock) -> Bench:
    """One effect that nobody has tried."""
    incident = await saved(database, [Wanted(kind=EffectKind.POST)], clock.now())
    return Bench(database, clock, Outside(), (await row(database, incident)).id)
