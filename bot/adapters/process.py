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
#: What a program may know of our own environment.
_OURS = ("PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Ended(Frozen):
    """How a program ended: its exit code, and what it wrote."""

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

    Raises Temporary when it takes longer than `seconds`: then it and whatever it started are killed. Raises Permanent
    when there is no such program, or it writes more than anybody asked for.
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
        raise Permanent(f"{argv[0]} is not installed where Holdfast runs.") from error
    try:
        async with asyncio.timeout(seconds):
            out, err = await process.communicate(given)
    except TimeoutError as error:
        raise Temporary(f"{argv[0]} took longer than {seconds:g} seconds.") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if len(out) > MOST:
        raise Permanent(f"{argv[0]} wrote more than {MOST // 1024 // 1024} MB.")
    return Ended(code=process.returncode or 0, out=out, err=err.decode(errors="replace"))
