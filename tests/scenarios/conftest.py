"""Where stories run: on SQLite over HTTP; the core also on PostgreSQL over Socket Mode; all four in the proof."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.workspace.slack.service import Transport
from tests import postgres
from tests.clock import ManualClock
from tests.scenarios.story import Story

EVERYWHERE: list[tuple[str, Transport]] = [
    ("sqlite", "http"),
    ("postgres", "socket"),
    ("sqlite", "socket"),
    ("postgres", "http"),
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each story once by default, once more where it is core, and everywhere in the proof."""
    if "place" not in metafunc.fixturenames:
        return
    is_core = metafunc.definition.get_closest_marker("core") is not None
    places = []
    for number, place in enumerate(EVERYWHERE):
        always = number == 0 or (number == 1 and is_core)
        marks = [] if always else [pytest.mark.proof]
        places.append(pytest.param(place, id="-".join(place), marks=[pytest.mark.sockets, *marks]))
    metafunc.parametrize("place", places)


@pytest.fixture
async def story(
    place: tuple[str, Transport], tmp_path: Path, clock: ManualClock, request: pytest.FixtureRequest
) -> AsyncIterator[Story]:
    """A workspace with the bot in it; at the end nothing may have happened that real services would refuse."""
    database, transport = place
    url = "" if database == "sqlite" else postgres.fresh_database(request.getfixturevalue("postgres_server"))
    hurried = request.node.get_closest_marker("hurried") is not None
    looks = request.node.get_closest_marker("looks") is not None
    models = request.node.get_closest_marker("models") is not None
    begun = await Story.begin(tmp_path, clock, url, transport, hurried=hurried, looks=looks or models, models=models)
    yield begun
    await begun.end()
    assert begun.surprises == []
