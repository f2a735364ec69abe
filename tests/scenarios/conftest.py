"""Where stories run: on SQLite over HTTP; the core also on PostgreSQL over Socket Mode; all four in the proof.

In one of the four everything is looked into, and every model refuses: each story has to complete all the same.
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.workspace.slack.service import Transport
from tests import postgres, templates
from tests.clock import ManualClock
from tests.scenarios.story import Looking, Story

EVERYWHERE: list[tuple[str, Transport, Looking]] = [
    ("sqlite", "http", "people"),
    ("postgres", "socket", "people"),
    ("sqlite", "socket", "refused"),
    ("postgres", "http", "people"),
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
def story_url(place: tuple[str, Transport, Looking], tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """The story's database, as a first start leaves it; empty for the usual files in its folder."""
    if place[0] == "sqlite":
        templates.copied(request.getfixturevalue("sqlite_template"), tmp_path)
        return ""
    server, like = (request.getfixturevalue(f"postgres_{what}") for what in ("server", "template"))
    return postgres.fresh_database(server, like)


@pytest.fixture
async def story(
    place: tuple[str, Transport, Looking],
    story_url: str,
    tmp_path: Path,
    clock: ManualClock,
    request: pytest.FixtureRequest,
) -> AsyncIterator[Story]:
    """A workspace with the bot in it; at the end nothing may have happened that real services would refuse."""
    _, transport, looking = place
    marked: dict[str, Looking] = {"models": "models", "looks": "rules", "asked": "people"}
    looking = next((how for mark, how in marked.items() if request.node.get_closest_marker(mark)), looking)
    hurried = request.node.get_closest_marker("hurried") is not None
    begun = await Story.begin(tmp_path, clock, story_url, transport, hurried=hurried, looking=looking)
    yield begun
    await begun.end()
    assert begun.surprises == []
