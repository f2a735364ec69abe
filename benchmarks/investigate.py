"""How long specialists take side by side against the slowest of them alone, and the tokens of each stage.

    python -m benchmarks.investigate

The model is the workspace's own, at a pace; everything else is as it is when somebody asks. No real tokens are counted:
the stand-in takes four bytes for one, so the figures tell stages apart, and not what a bill will say.
"""

import asyncio
import statistics
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from sqlalchemy import select

from agents.roles import given, specialist
from agents.roster import Roster
from agents.runtime.anthropic_llm import AnthropicLLM
from agents.runtime.loop import work
from agents.tools.box import box
from bot.clock import SystemClock
from bot.investigation.domains import Specialist
from bot.investigation.model import Step
from bot.storage.db import Database, open_database
from bot.storage.tables import turns
from bot.workspace.claude import LOCAL_KEY, PREFIX, Asked, Claude, Reply
from bot.workspace.claude.canned import canned
from tests.agents.roles.scene import scene
from tests.agents.runtime.kit import bench

ROUNDS = 3
AIM = 1.2
#: Seconds between two pieces of an answer, and what a model thinks before it.
PACE = 0.02
THOUGHT = "What changed shortly before, and what does not fit? " * 20
CHOSEN = (Specialist.CLUSTER, Specialist.WORKLOAD, Specialist.OBSERVABILITY, Specialist.DELIVERY)
#: Which stage an agent belongs to; all others are specialists.
STAGES = {"triage": "triage", "historian": "history", "report_writer": "report"}
KINDS = {
    "in": "input_tokens",
    "written": "cache_creation_input_tokens",
    "read": "cache_read_input_tokens",
    "out": "output_tokens",
}


def paced(asked: Asked) -> Reply:
    """A canned answer, as slowly as one that is thought about."""
    reply = canned(asked)
    return Reply(reply.text, reply.tool_calls, THOUGHT, pace=PACE)


@asynccontextmanager
async def outside() -> AsyncIterator[tuple[str, Database]]:
    """A model on the wire, and a database of ours."""
    claude = Claude()
    claude.otherwise(paced)
    app = web.Application(client_max_size=32 * 1024 * 1024)
    app.add_routes(claude.routes())
    with tempfile.TemporaryDirectory() as folder:
        database = open_database(f"sqlite:///{Path(folder) / 'holdfast.db'}")
        await database.migrate()
        async with TestServer(app) as server:
            yield str(server.make_url(PREFIX)), database
            claude.close()
        await database.close()


async def side_by_side(url: str, database: Database, chosen: Sequence[Specialist]) -> float:
    """Seconds that these take together, each looking around once and then answering, in a run of their own."""
    made = await scene(database)
    llm = AnthropicLLM(LOCAL_KEY, url, SystemClock())
    run = await bench(database, llm, run=f"run-{made.case.investigation.id}")
    tools = box(made.roster.deps, run.session.book, run.session.incident_id).looking
    roles = [specialist.role(run.session.keys, who, tools) for who in chosen]
    opening = given.opening(made.case, made.case.evidence)
    began = time.perf_counter()
    await asyncio.gather(*(work(run.session, role, "Look into it, at your part of it.", opening) for role in roles))
    took = time.perf_counter() - began
    await llm.close()
    return took


async def times(url: str, database: Database) -> None:
    """Each alone, then all of them; printed with the ratio of the medians."""
    alone = {
        who: statistics.median([await side_by_side(url, database, [who]) for _ in range(ROUNDS)]) for who in CHOSEN
    }
    for who, seconds in alone.items():
        print(f"  {who.value:<16} alone        {seconds * 1000:7.0f} ms")
    together = statistics.median([await side_by_side(url, database, CHOSEN) for _ in range(ROUNDS)])
    print(f"  all {len(CHOSEN)}            side by side {together * 1000:7.0f} ms")
    print(f"  ratio to the slowest alone: {together / max(alone.values()):.2f} (aim {AIM:g})")


async def tokens(url: str, database: Database) -> None:
    """What each stage of one whole investigation sends and gets, as the usage says it."""
    made = await scene(database)
    llm = AnthropicLLM(LOCAL_KEY, url, SystemClock())
    await Roster(made.roster.deps, llm).look(made.case, _unheard, _unstopped)
    await llm.close()
    query = select(turns.c.agent, turns.c.usage).where(turns.c.run_id == made.case.investigation.id)
    async with database.read() as connection:
        rows = [(agent, usage) for agent, usage in await connection.execute(query) if usage]
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for agent, usage in rows:
        used = {kind: int(usage.get(name) or 0) for kind, name in KINDS.items()}
        sums[STAGES.get(agent, "specialists")].update(used | {"calls": 1})
    for stage in ("triage", "specialists", "history", "report"):
        one = sums[stage]
        told = "   ".join(f"{kind} {one[kind]:>7,}" for kind in KINDS)
        print(f"  {stage:<12} calls {one['calls']:>3}   {told}")
    print(f"  the run      ${(await made.money()).spent / 1_000_000:.3f}, at the prices that are shipped")


async def _unheard(_: Step) -> None:
    """Nobody reads the progress."""


async def _unstopped() -> str:
    return ""


async def main() -> None:
    """Times, then tokens."""
    async with outside() as (url, database):
        print(f"Specialists on a model that says a piece every {PACE * 1000:.0f} ms, medians of {ROUNDS}:")
        await times(url, database)
        print("Tokens of one investigation (four bytes count as one):")
        await tokens(url, database)


if __name__ == "__main__":
    asyncio.run(main())
