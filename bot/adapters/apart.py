"""Runs a program whose output goes into files of ours: it is followed while it runs, and goes on where we die.

A program that writes into a pipe dies with whoever reads it. Terraform, killed so in the middle of an apply, leaves a
state without what it was making.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.adapters.process import GRACE, MOST
from bot.errors import Permanent, Temporary
from bot.incident.model import Frozen

#: A line of output as it comes, without its end.
Line = Callable[[str], Awaitable[None]]
#: How often it is looked whether there is more to read. Seconds.
_LOOK = 0.1
#: A longer line is no progress that people read. Bytes.
_LONGEST_LINE = 65_536


class Left(Frozen):
    """How a program ended (negative: by that signal), and the files with what it wrote."""

    code: int
    out: Path
    err: Path


async def run_apart(
    argv: Sequence[str],
    *,
    folder: Path,
    output: Path,
    environment: Mapping[str, str],
    seconds: float,
    line: Line,
    grace: float = GRACE,
    holding: Sequence[int] = (),
) -> Left:
    """Run it in `folder`, with exactly this environment, no input, and files that only we can read: `out` and `err` in
    the folder `output`. `line` is given what it writes to `out`, line by line. `holding` are open files that it
    inherits, such as a lock that is held for as long as it runs.

    Raises Temporary when it takes longer than `seconds`, or writes more than anybody asked for: then it is told to
    stop, and ended after `grace` seconds with whatever it started. Raises Permanent when there is no such program.
    """
    left = Left(code=0, out=output / "out", err=output / "err")
    with _private(left.out) as out, _private(left.err) as err:
        process = await _started(argv, folder, environment, (out, err), holding)
    try:
        async with asyncio.timeout(seconds):
            await _follow(process, left, line)
    except TimeoutError as error:
        raise Temporary(f"{Path(argv[0]).name} took longer than {seconds:g} seconds.") from error
    finally:
        await asyncio.shield(_end(process, grace))
    return left.model_copy(update={"code": process.returncode or 0})


async def _started(
    argv: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    files: tuple[BinaryIO, BinaryIO],
    holding: Sequence[int],
) -> asyncio.subprocess.Process:
    name = Path(argv[0]).name
    try:
        return await asyncio.create_subprocess_exec(
            *argv,
            cwd=folder,
            env=dict(environment),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=files[0],
            stderr=files[1],
            pass_fds=tuple(holding),
            start_new_session=True,  # so that its children can be ended with it
            umask=0o077,
        )
    except FileNotFoundError as error:
        if str(error.filename) == str(folder):
            raise Permanent(f"The folder {folder.name} is not there.") from error
        raise Permanent(f"{name} is not installed where Holdfast runs.") from error
    except OSError as error:
        raise Permanent(f"{name} cannot be run where Holdfast runs ({error.strerror}).") from error


async def _follow(process: asyncio.subprocess.Process, left: Left, line: Line) -> None:
    """Hand on each line as it comes, until the program has ended."""
    ending = asyncio.ensure_future(process.wait())
    rest = b""
    try:
        with left.out.open("rb") as reader:
            while True:
                done, _ = await asyncio.wait({ending}, timeout=_LOOK)
                *lines, rest = (rest + reader.read()).split(b"\n")
                for each in lines:
                    await line(each.decode(errors="replace"))
                rest = rest[-_LONGEST_LINE:]
                if left.out.stat().st_size + left.err.stat().st_size > MOST:
                    raise Temporary(f"A program wrote more than {MOST // 1024 // 1024} MB.")
                if done:
                    return
    finally:
        ending.cancel()


async def _end(process: asyncio.subprocess.Process, grace: float) -> None:
    """End its whole group: what it has left running too, and itself after time to clean up."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(grace):
                await process.wait()
    _signal(process, signal.SIGKILL)
    await process.wait()


def _private(path: Path) -> BinaryIO:
    """A new file that nobody else can read; what was there is gone."""
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _signal(process: asyncio.subprocess.Process, which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, which)
