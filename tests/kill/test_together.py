"""`kill -9` while people work together: parts, an offered lead, an escalation and a merge happen once each."""

from collections import defaultdict

import pytest

from tests.kill.harness import Death, House, Phase
from tests.kill.test_kill import PHASES, house, named, table
from tests.kill.together import work_together
from tests.kill.verdict import verdict

pytestmark = [pytest.mark.sockets, pytest.mark.timeout(3000)]
__all__ = ["house"]
#: In each story the bot dies at every so-manieth call.
STORIES = 4


async def told(house: House) -> list[str]:
    """One story to its end; the outside calls it took."""
    house.calls.clear()
    await house.settled(await work_together(house))
    return list(house.calls)


@pytest.mark.parametrize("house", ["sqlite", pytest.param("postgres", marks=pytest.mark.proof)], indirect=True)
async def test_people_who_are_left_alone(house: House) -> None:
    """Without a kill every effect happens once, and every message shows the newest."""
    await told(house)
    assert house.kills == 0
    assert await verdict(house) == []


@pytest.mark.proof
@pytest.mark.parametrize("phase", PHASES)
async def test_killed_while_people_work_together(
    house: House, phase: Phase, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each outside call of it: before it is done, when it is done but unanswered, and right after."""
    calls = await told(house)
    done: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for first in range(1, STORIES + 1):
        house.killed.clear()
        house.deaths = [Death(place, phase) for place in range(first, len(calls) + 1, STORIES)]
        await told(house)
        house.deaths = []
        wrong = await verdict(house)
        for call in house.killed:
            done[named(call)][0] += 1
            done[named(call)][1] += len(wrong)
        assert wrong == [], f"killed {phase} {house.killed}"
    with capsys.disabled():
        table(house, f"together, killed {phase}", done)
    assert house.kills >= len(calls) * 0.8
