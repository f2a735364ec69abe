"""`kill -9` while an alert is taken: Alertmanager says it again until it is heard, and it is one incident all along."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.incident.model import HOLDFAST
from tests import postgres
from tests.kill.harness import PATIENCE, Death, House, Phase
from tests.kill.test_kill import QUICK
from tests.kill.verdict import verdict
from tests.ports import own_port
from tests.scenarios.alertmanager import alert, delivery
from tests.scenarios.story import WEBHOOK_TOKEN

pytestmark = [pytest.mark.sockets, pytest.mark.timeout(3000)]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.proof)])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A running installation that takes alerts."""
    url = "" if request.param == "sqlite" else postgres.fresh_database(request.getfixturevalue("postgres_server"))
    built = await House.build(tmp_path, url, "http", own_port())
    built.timing["HOLDFAST_WEBHOOK_TOKEN"] = WEBHOOK_TOKEN
    built.start()
    await built.ready()
    keeper = asyncio.create_task(built.watch_over())
    yield built
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
    await built.end()


async def says(house: House, body: object) -> None:
    """Say it until it is heard, as Alertmanager does."""
    url = f"http://127.0.0.1:{house.port}/alertmanager/webhook"
    headers = {"Authorization": f"Bearer {WEBHOOK_TOKEN}"}
    async with asyncio.timeout(PATIENCE), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.post(url, json=body, headers=headers) as answer:
                    assert answer.status in (200, 202, 503), await answer.text()
                    if answer.status != 503:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


@pytest.mark.parametrize("phase", QUICK)
async def test_killed_while_an_alert_is_announced(house: House, phase: Phase) -> None:
    """Two groups of one service, said again after the kill: one incident, and each message once."""
    began = datetime.now(UTC)
    first, second = (delivery(key, alert(f"Down {key}", began, namespace="mail")) for key in ("g", "h"))
    house.deaths = [Death("chat.postMessage", phase)]
    await says(house, first)
    await asyncio.gather(says(house, first), says(house, second))
    async with house.reading() as (_, store):
        found = await store.listed(HOLDFAST, limit=10)
    assert [incident.service for incident in found] == ["mail"]
    await house.settled(found[0].number)
    assert house.kills == 1
    assert await verdict(house) == []
