"""From the submitted form to card, room and issue, with every outside call delayed by 50 ms, against the critical path.

    python -m benchmarks.declare

The critical path is what no program can avoid: the room has to be there before the card can be posted into it, two
calls one after the other; the issue is filed beside them.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.load import free_port, serving
from benchmarks.world import REPORT, environment, workspace
from bot.workspace.workspace import Workspace
from tests import postgres

DELAY_MS = 50.0
#: Creating the room, then posting the card.
CRITICAL_CALLS = 2
RUNS = 15
LIMIT = 20.0


async def once(here: Workspace, number: int) -> float:
    """Milliseconds from the press of the button until card, room and issue are all there."""
    ana = here.slack.person("ana")
    await ana.slash("/incident", "")
    began = time.perf_counter()
    assert await ana.submit(REPORT) is None
    while not _is_there(here, number):
        if time.perf_counter() - began > LIMIT:
            raise SystemExit(f"incident {number} was not complete after {LIMIT:.0f} s")
        await asyncio.sleep(0.002)
    took = (time.perf_counter() - began) * 1000
    await ana.slash("/incident", f"resolve {number} done")  # or the next report would be one more of this outage
    return took


def _is_there(here: Workspace, number: int) -> bool:
    rooms = [c for c in here.slack.world.channels.values() if c.name.startswith(f"inc-{number}-")]
    has_card = bool(rooms) and any(message.blocks for message in here.slack.messages(rooms[0].id))
    return has_card and number in here.github.repository.issues


async def measure(name: str, database_url: str | None) -> None:
    async with workspace() as here:
        port = free_port()
        with tempfile.TemporaryDirectory() as data:
            async with serving(["bot", "run"], port, environment(here, port, Path(data), database_url)) as bot:
                await once(here, 1)
                here.faults.delay = DELAY_MS
                times = []
                for number in range(2, RUNS + 2):
                    times.append(await once(here, number))
                    await asyncio.sleep(3.1)  # below the rate at which Slack lets channels be created
                bare = await _bare()
                critical = CRITICAL_CALLS * DELAY_MS
                median = statistics.median(times)
                print(
                    f"  {name:<9} median {median:6.1f} ms, worst {max(times):6.1f} ms; "
                    f"critical path {critical:.0f} ms; "
                    f"ratio {median / critical:.2f} (aim 1.3); ready after {bot.ready_seconds:.2f} s, "
                    f"resident {bot.resident_mib():.0f} MiB ({bare})"
                )


async def _bare() -> str:
    """What a bare AsyncApp takes, for comparison."""
    port = free_port()
    async with serving(["benchmarks.bare", str(port)], port, {"SLACK_SIGNING_SECRET": "none"}) as bare:
        return f"a bare app: {bare.ready_seconds:.2f} s, {bare.resident_mib():.0f} MiB"


async def main() -> None:
    print(f"Submit to card, room and issue, {DELAY_MS:.0f} ms an outside call:")
    await measure("sqlite", None)
    with tempfile.TemporaryDirectory() as folder, postgres.server(Path(folder) / "pg") as server:
        await measure("postgres", postgres.fresh_database(server))


if __name__ == "__main__":
    asyncio.run(main())
