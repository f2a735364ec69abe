"""Load, and what is measured of it: an open loop of signed requests, and a server as a process of its own."""

import asyncio
import hashlib
import hmac
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Server:
    """A started server: where it is, how long it took until it was ready, and its process."""

    url: str
    ready_seconds: float
    pid: int

    def resident_mib(self) -> float:
        """Resident memory of the process, in MiB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@asynccontextmanager
async def serving(module: Sequence[str], port: int, environment: Mapping[str, str]) -> AsyncIterator[Server]:
    """`python -m MODULE …` until the block ends; entered once `/readyz` answers 200."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *module, env=os.environ | dict(environment), stderr=asyncio.subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        async with aiohttp.ClientSession() as session:
            while not await _answers(session, f"{url}/readyz"):
                await asyncio.sleep(0.02)
        yield Server(url, time.perf_counter() - began, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        await process.wait()


async def _answers(session: aiohttp.ClientSession, url: str) -> bool:
    try:
        async with session.get(url) as answer:
            return answer.status == 200
    except aiohttp.ClientError:
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers with which Slack sends a form."""
    now = str(int(time.time()))
    seal = hmac.new(secret.encode(), f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    return {"Content-Type": FORM, "X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={seal}"}


async def open_loop(url: str, secret: str, body: Callable[[int], bytes], rate: float, seconds: float) -> list[float]:
    """Send at a fixed rate, whatever comes back; milliseconds from when each was due until its answer was read."""
    count = int(rate * seconds)
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        start = time.perf_counter() + 0.1

        async def one(number: int) -> float:
            due = start + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            sent = body(number)
            async with session.post(f"{url}/slack/events", data=sent, headers=signed(secret, sent)) as answer:
                await answer.read()
                if answer.status != 200:
                    raise SystemExit(f"answered {answer.status} instead of 200")
            return (time.perf_counter() - due) * 1000

        return list(await asyncio.gather(*(one(number) for number in range(count))))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of all lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
