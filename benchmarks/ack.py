"""How fast Slack gets its answer: `/incident help` against a bare AsyncApp in the same run, and a declare form.

    python -m benchmarks.ack            # PostgreSQL too, from the package that ships its binaries

An open loop: each request is due at a fixed moment, and its time counts from then, so a stall shows in all behind it.
"""

import asyncio
import tempfile
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.load import Server, free_port, open_loop, percentile, serving
from benchmarks.world import declared, environment, workspace
from tests import postgres

SECONDS = 10.0
RATES = (50, 500)
DECLARES = 20


def help_command(number: int) -> bytes:
    """`/incident help`, as Slack sends it."""
    fields = {
        "command": "/incident",
        "text": "help",
        "user_id": "U0VIKTOR",
        "channel_id": "C0ALERTS",
        "channel_name": "alerts",
        "team_id": "T0DEMO0001",
        "trigger_id": f"{number}.bench",
        "response_url": "http://127.0.0.1:9/none",
    }
    return urlencode(fields).encode()


async def measure(name: str, server: Server, secret: str, rate: float) -> float:
    """Print p50 and p99 of one rate; the p99 is returned."""
    times = await open_loop(server.url, secret, help_command, rate, SECONDS)
    p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
    print(f"  {name:<9} help    {rate:>4}/s   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   n={len(times)}")
    return p99


async def helps() -> None:
    """The bot and the bare app, in turn at each rate."""
    async with workspace() as here:
        port, bare_port = free_port(), free_port()
        secret = here.environment(port)["SLACK_SIGNING_SECRET"]
        with tempfile.TemporaryDirectory() as data:
            ours = environment(here, port, Path(data))
            async with (
                serving(["bot", "run"], port, ours) as bot,
                serving(["benchmarks.bare", str(bare_port)], bare_port, {"SLACK_SIGNING_SECRET": secret}) as bare,
            ):
                for name, server in (("holdfast", bot), ("bare", bare)):
                    ready, memory = server.ready_seconds, server.resident_mib()
                    print(f"  {name:<9} ready after {ready:.2f} s, resident {memory:.0f} MiB")
                    await open_loop(server.url, secret, help_command, 50, 2.0)
                for rate in RATES:
                    against = await measure("bare", bare, secret, rate)
                    ratio = await measure("holdfast", bot, secret, rate) / against
                    print(f"  ratio of p99 at {rate}/s: {ratio:.2f} (aim 1.25)")


async def declares(name: str, database_url: str | None) -> None:
    """Submitted declare forms at a fixed rate, on one database."""
    async with workspace() as here:
        port = free_port()
        secret = here.environment(port)["SLACK_SIGNING_SECRET"]
        with tempfile.TemporaryDirectory() as data:
            ours = environment(here, port, Path(data), database_url)
            async with serving(["bot", "run"], port, ours) as bot:
                times = await open_loop(bot.url, secret, await declared(here), DECLARES, SECONDS)
                p50, p99 = percentile(times, 0.5), percentile(times, 0.99)
                print(f"  {name:<9} declare {DECLARES:>4}/s   p50 {p50:7.1f} ms   p99 {p99:7.1f} ms   n={len(times)}")


async def main() -> None:
    print("Acks, milliseconds from when each request was due:")
    await helps()
    await declares("sqlite", None)
    with tempfile.TemporaryDirectory() as folder, postgres.server(Path(folder) / "pg") as server:
        await declares("postgres", postgres.fresh_database(server))


if __name__ == "__main__":
    asyncio.run(main())
