"""A program that is run ends, with all that it has started, whatever it does."""

import asyncio
import subprocess
from pathlib import Path

import pytest

from bot.adapters.process import run
from bot.errors import Permanent, Temporary


def running(text: str) -> str:
    """The processes whose command line has this in it."""
    return subprocess.run(["pgrep", "-f", text], check=False, capture_output=True, text=True).stdout


async def test_what_it_writes_and_how_it_ends(tmp_path: Path) -> None:
    """Its input, both outputs, its exit code; and nothing of our environment but what it was given."""
    script = 'cat; echo "$SAID:$PYTEST_CURRENT_TEST" >&2; exit 3'
    ended = await run(("sh", "-c", script), folder=tmp_path, seconds=20, environment={"SAID": "x"}, given=b"in")
    assert (ended.code, ended.out, ended.err) == (3, b"in", "x:\n")


@pytest.mark.parametrize("script", ["sleep 7531", "sleep 7531 & echo done", "trap '' TERM; sleep 7531"])
async def test_nothing_is_left_running(tmp_path: Path, script: str) -> None:
    """Neither itself, nor what it started and left behind, nor where it does not listen."""
    with pytest.raises(Temporary, match=r"longer than 0\.5 seconds"):
        await run(("sh", "-c", script), folder=tmp_path, seconds=0.5)
    assert running("sleep 7531") == ""


async def test_nothing_is_left_running_when_we_are_stopped(tmp_path: Path) -> None:
    """Whoever waits for it is cancelled."""
    task = asyncio.create_task(run(("sleep", "7532"), folder=tmp_path, seconds=60))
    while not running("sleep 7532"):
        await asyncio.sleep(0.01)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert running("sleep 7532") == ""


async def test_too_much_is_not_read(tmp_path: Path) -> None:
    """On either output."""
    for where in ("1", "2"):
        with pytest.raises(Temporary, match="wrote more than"):
            await run(("sh", "-c", f"yes >&{where}"), folder=tmp_path, seconds=60)


async def test_what_is_not_there(tmp_path: Path) -> None:
    """A program that is not installed needs a person; a folder that is gone may come back."""
    with pytest.raises(Permanent, match="not installed"):
        await run(("no-such-program",), folder=tmp_path, seconds=5)
    with pytest.raises(Temporary, match="is not there"):
        await run(("true",), folder=tmp_path / "gone", seconds=5)
