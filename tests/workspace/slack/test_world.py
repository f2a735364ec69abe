"""The workspace remembers, and its timestamps only ever grow."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot.workspace.slack import acts
from bot.workspace.slack.model import Change, Surprise, View
from bot.workspace.slack.service import Slack
from bot.workspace.slack.world import World
from tests.clock import ManualClock
from tests.workspace.slack.kit import section


def test_a_restart_forgets_nothing(clock: ManualClock, tmp_path: Path) -> None:
    """Channels, messages, topics, Homes and ids go on where they were."""
    world = World(clock, tmp_path / "slack.sqlite3")
    message = acts.post(world, "C0ALERTS", "U0ANA", "hello", blocks=[section()])
    acts.react(world, message, "U0BOB", "eyes")
    gone = acts.post(world, "C0ALERTS", "U0ANA", "gone")
    acts.delete(world, gone)
    dm = world.dm("U0ANA")
    world.save(View("V1", "U0ANA", {"type": "home", "blocks": []}, "h", "V1"))
    world.close()
    again = World(clock, tmp_path / "slack.sqlite3")
    assert again.history("C0ALERTS") == [message]
    assert again.dm("U0ANA") == dm
    assert again.homes["U0ANA"].id == "V1"
    assert float(again.next_ts()) > float(message.ts)
    assert again.next_id("C") not in again.channels
    again.close()


def test_a_restart_after_a_direct_message_has_all_channels(clock: ManualClock, tmp_path: Path) -> None:
    """One channel was kept; those that nothing happened in are there beside it."""
    world = World(clock, tmp_path / "slack.sqlite3")
    world.dm("U0VIKTOR")
    before = sorted(channel.name for channel in world.channels.values())
    world.close()
    again = World(clock, tmp_path / "slack.sqlite3")
    assert sorted(channel.name for channel in again.channels.values()) == before
    assert sorted(again.people) == sorted(world.people)
    again.close()


@given(st.lists(st.integers(-5, 5)))
def test_timestamps_grow(moves: list[int]) -> None:
    """Whatever the clock does, each timestamp is later than all before it."""
    clock = ManualClock()
    world = World(clock)
    stamps = []
    for seconds in moves:
        clock.advance(timedelta(seconds=seconds).total_seconds())
        stamps.append(float(world.next_ts()))
    assert stamps == sorted(set(stamps))


async def test_watchers_hear_of_changes(clock: ManualClock) -> None:
    """Who watches is told what to draw anew, until they stop watching."""
    world = World(clock)
    queue = world.subscribe()
    message = acts.post(world, "C0ALERTS", "U0ANA", "hello")
    assert queue.get_nowait() == Change("message", message.id, "C0ALERTS")
    world.unsubscribe(queue)
    acts.post(world, "C0ALERTS", "U0ANA", "again")
    assert queue.empty()


def test_each_workspace_is_its_own(clock: ManualClock) -> None:
    """Two workspaces share nothing."""
    one, two = World(clock), World(clock)
    one.people["U0ANA"].tz = "UTC"
    one.channels["C0ALERTS"].members.clear()
    one.surprises.append(Surprise("x", "y"))
    assert two.people["U0ANA"].tz == "Europe/Madrid"
    assert two.channels["C0ALERTS"].members
    assert two.surprises == []


async def test_a_guest_sees_only_where_they_are(clock: ManualClock) -> None:
    """A guest does not see public channels they are not in."""
    slack = Slack(clock)
    assert [channel.name for channel in slack.person("gina").channels] == ["alerts"]
    assert {channel.name for channel in slack.person("@bob").channels} == {"alerts", "general"}
    await slack.close()
