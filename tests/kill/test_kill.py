"""`kill -9` at every step boundary and at random moments: nothing accepted is lost, nothing happens twice."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.incident.model import HOLDFAST
from bot.workspace.slack.service import Transport
from tests import postgres
from tests.kill.between import Moment, between
from tests.kill.harness import LATE, Death, House, Phase
from tests.kill.people import tell_story
from tests.kill.verdict import verdict
from tests.ports import own_port

pytestmark = [pytest.mark.sockets, pytest.mark.timeout(3000)]
PHASES: tuple[Phase, ...] = ("before", "mid", "after")
#: The phase in which an effect can be doubled stands in `make test`, the others in the proof.
QUICK = [phase if phase == "mid" else pytest.param(phase, marks=pytest.mark.proof) for phase in PHASES]
RANDOM_KILLS = 100
#: About how long a story takes that nobody kills. Seconds.
STORY = 5.0
#: How many stories share the boundaries: in each, the bot dies at every so-manieth call.
STORIES = 6
#: How many forms a story sends.
FORMS = 4
FILING = "POST /repos/example/infra/issues"


async def _house(request: pytest.FixtureRequest, folder: Path, transport: Transport) -> AsyncIterator[House]:
    url = "" if request.param == "sqlite" else postgres.fresh_database(request.getfixturevalue("postgres_server"))
    built = await House.build(folder, url, transport, own_port())
    built.start()
    await built.ready()
    keeper = asyncio.create_task(built.watch_over())
    yield built
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
    await built.end()


@pytest.fixture(params=["sqlite", "postgres"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """A running installation on each database, over HTTP."""
    async for built in _house(request, tmp_path, "http"):
        yield built


@pytest.fixture(params=["sqlite", "postgres"])
async def socketed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The same over Socket Mode."""
    async for built in _house(request, tmp_path, "socket"):
        yield built


async def tell(house: House) -> tuple[int, list[str]]:
    """One story, to its end; the incident's number and the outside calls it took."""
    house.calls.clear()
    number = await tell_story(house)
    await house.settled(number)
    return number, list(house.calls)


async def test_a_story_that_is_left_alone_is_whole(house: House) -> None:
    """The harness itself: without a kill every effect happens once."""
    await tell(house)
    assert house.kills == 0
    assert await verdict(house) == []


@pytest.mark.parametrize("phase", QUICK)
async def test_killed_while_the_issue_is_filed(house: House, phase: Phase) -> None:
    """The three ways to die in a call, at the one that people outside would see twice."""
    house.deaths = [Death(FILING, phase)]
    await tell(house)
    assert house.kills == 1
    assert await verdict(house) == []


@pytest.mark.parametrize("phase", QUICK)
@pytest.mark.parametrize(
    "call", ["POST /repos/example/infra/issues/1/comments", "GET /repos/example/infra/issues/1/events"]
)
async def test_killed_over_a_report_on_github(house: House, call: str, phase: Phase) -> None:
    """A stranger's report that came by webhook: while it is answered, and while we look what was done to its issue."""
    github = house.workspace.github
    house.deaths = [Death(call, phase)]
    github.repository.open("stranger", {"title": "Nextcloud is down", "body": "502", "labels": ["user-report"]})

    async def declared() -> bool:
        async with house.reading() as (_, store):
            return bool(await store.listed(HOLDFAST, limit=1))

    await house.until(declared)
    await house.settled(1)
    issue = github.repository.issues[1]
    assert house.kills == 1
    assert (sorted(issue.labels), len(issue.comments)) == (["needs-human", "user-report"], 1)
    assert await verdict(house) == []


@pytest.mark.proof
@pytest.mark.parametrize(("settle", "issues"), [("0.5", 2), ("18.0", 1)])
async def test_a_call_that_lands_after_the_kill(house: House, settle: str, issues: int) -> None:
    """Waiting out the settle time is what keeps a late call from being made twice; without it this test sees two."""
    house.timing["HOLDFAST_SETTLE"] = settle
    await house.kill()
    await house.ready()
    house.kills = 0
    house.calls.clear()
    house.deaths = [Death(FILING, "late")]
    number = await tell_story(house)
    await asyncio.sleep(LATE)
    await house.settled(number)
    titles = [issue.title for issue in house.workspace.github.repository.issues.values()]
    assert house.kills == 1
    assert len(titles) == issues


@pytest.mark.proof
@pytest.mark.parametrize("phase", PHASES)
async def test_killed_at_every_step_boundary(house: House, phase: Phase, capsys: pytest.CaptureFixture[str]) -> None:
    """Each outside call of the story: killed before it is done, when it is done but unanswered, and right after."""
    _, calls = await tell(house)
    done: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for first in range(1, STORIES + 1):
        house.deaths = [Death(place, phase) for place in range(first, len(calls) + 1, STORIES)]
        await _tell_and_judge(house, phase, done)
    for missed in sorted({named(call) for call in calls} - done.keys()):
        house.deaths = [Death(missed, phase)]
        await _tell_and_judge(house, phase, done)
    with capsys.disabled():
        table(house, f"killed {phase}", done)
    assert house.kills >= len(calls) * 0.9


async def _tell_and_judge(house: House, phase: Phase, done: dict[str, list[int]]) -> None:
    """One story with its deaths; nothing may be wrong after it."""
    house.killed.clear()
    await tell(house)
    house.deaths = []
    wrong = await verdict(house)
    for call in house.killed:
        done[named(call)][0] += 1
        done[named(call)][1] += len(wrong)
    assert wrong == [], f"killed {phase} {house.killed}"


@pytest.mark.proof
@pytest.mark.parametrize("moment", ["submit", "commit", "ack", "acked"])
async def test_killed_around_every_submission(house: House, moment: Moment, capsys: pytest.CaptureFixture[str]) -> None:
    """While a form is taken in, when it is decided, when the answer is on its way, and right after it."""
    async with between(house, moment, own_port()):
        await tell(house)
    with capsys.disabled():
        table(house, f"killed at each {moment}", {"submissions": [house.kills, 0]})
    assert house.kills >= FORMS
    assert await verdict(house) == []


@pytest.mark.proof
async def test_killed_at_every_commit_over_socket_mode(socketed: House, capsys: pytest.CaptureFixture[str]) -> None:
    """What Slack sent over a socket that died with the bot is done once too."""
    async with between(socketed, "commit", 0):
        await tell(socketed)
    with capsys.disabled():
        table(socketed, "killed at each commit, Socket Mode", {"submissions": [socketed.kills, 0]})
    assert socketed.kills >= FORMS
    assert await verdict(socketed) == []


@pytest.mark.proof
async def test_killed_at_a_hundred_random_moments(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """At any moment, also while it starts, while it stores, and while it answers."""
    chance = random.Random(20260302)  # the same moments each time
    stories = 0
    while house.kills < RANDOM_KILLS:
        killer = asyncio.create_task(_kill_now_and_then(house, chance))
        await tell(house)
        killer.cancel()
        await asyncio.gather(killer, return_exceptions=True)
        stories += 1
        assert await verdict(house) == []
    with capsys.disabled():
        table(house, "killed at random", {f"{stories} stories": [house.kills, 0]})


async def _kill_now_and_then(house: House, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(chance.uniform(0.0, STORY))
        await house.kill()


def named(call: str) -> str:
    return "/".join("N" if part.isdigit() else part for part in call.split("/"))


def table(house: House, when: str, done: dict[str, list[int]]) -> None:
    database = "postgres" if house.database_url else "sqlite"
    print(f"\n{database:<10}{when:<50}{'kills':>6}{'lost or doubled':>17}")
    for call, (kills, wrong) in sorted(done.items()):
        print(f"{'':<10}{call:<50}{kills:>6}{wrong:>17}")
    print(f"{'':<10}{'all':<50}{house.kills:>6}{sum(wrong for _, wrong in done.values()):>17}")
