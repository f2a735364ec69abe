"""Runs a program: its arguments as a list, an environment that holds what it needs and no more, an end in any case."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.errors import Permanent, Temporary
from bot.incident.model import Frozen

#: More output than this is no answer that we asked for. Bytes.
MOST = 64 * 1024 * 1024
#: How long a program that is told to stop may take to clean up after itself. Seconds.
GRACE = 2.0
#: What a program may know of our own environment.
_OURS = ("PATH", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")
_CHUNK = 65536


class Ended(Frozen):
    """How a program ended: its exit code (negative: by that signal), and what it wrote."""

    code: int
    out: bytes
    err: str


async def run(
    argv: Sequence[str],
    *,
    folder: Path,
    seconds: float,
    environment: Mapping[str, str] | None = None,
    given: bytes = b"",
) -> Ended:
    """Run it in `folder` with `given` as its input. Nothing of ours reaches it but what `environment` says.

    Raises Temporary when it takes longer than `seconds`, or writes more than anybody asked for: then it is ended, with
    whatever it started. Raises Permanent when there is no such program.
    """
    known = {name: os.environ[name] for name in _OURS if name in os.environ}
    pipe = asyncio.subprocess.PIPE
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            cwd=folder,
            env=known | dict(environment or {}),
            stdin=pipe,
            stdout=pipe,
            stderr=pipe,
            start_new_session=True,  # so that its children can be ended with it
        )
    except FileNotFoundError as error:
        if str(error.filename) == str(folder):
            raise Temporary(f"{folder.name} is not there.") from error
        raise Permanent(f"{argv[0]} is not installed where Holdfast runs.") from error
    try:
        async with asyncio.timeout(seconds):
            out, err = await _answer(process, given)
            await process.wait()
    except TimeoutError as error:
        raise Temporary(f"{argv[0]} took longer than {seconds:g} seconds.") from error
    finally:
        await asyncio.shield(_end(process))
    if out is None or err is None:
        raise Temporary(f"{argv[0]} wrote more than {MOST // 1024 // 1024} MB.")
    return Ended(code=process.returncode or 0, out=out, err=err.decode(errors="replace"))


async def _answer(process: asyncio.subprocess.Process, given: bytes) -> tuple[bytes | None, bytes | None]:
    """What it writes, while it is given its input."""
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    reading = (_all(process.stdout, process), _all(process.stderr, process))
    out, err, _ = await asyncio.gather(*reading, _give(process.stdin, given))
    return out, err


async def _all(stream: asyncio.StreamReader, process: asyncio.subprocess.Process) -> bytes | None:
    """Everything up to the end; None, and the program is killed, where it does not end."""
    parts: list[bytes] = []
    left = MOST
    while part := await stream.read(_CHUNK):
        left -= len(part)
        if left > 0:
            parts.append(part)
        else:
            parts.clear()
            _signal(process, signal.SIGKILL)
    return b"".join(parts) if left > 0 else None


async def _give(stream: asyncio.StreamWriter, given: bytes) -> None:
    with suppress(ConnectionError):  # it may end before it has read all; its exit code says what that means
        stream.write(given)
        await stream.drain()
    stream.close()


async def _end(process: asyncio.subprocess.Process) -> None:
    """End its whole group: what it has left running too, and itself after time to clean up."""
    if process.returncode is None:
        _signal(process, signal.SIGTERM)
        with suppress(TimeoutError):
            async with asyncio.timeout(GRACE):
                await process.wait()
    _signal(process, signal.SIGKILL)
    await process.wait()
    assert process.stdin is not None
    process.stdin.close()
    for stream in (process.stdout, process.stderr):
        while stream is not None and await stream.read(_CHUNK):
            pass  # to its end, so that nothing of it stays open


def _signal(process: asyncio.subprocess.Process, which: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, which)
