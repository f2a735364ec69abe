"""One agent in a process of its own, against a Claude on the wire; it kills itself at the moment it was told.

`FORKS` starts it quickly, since everything is imported already where it is forked from.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from agents.runtime.anthropic_llm import AnthropicLLM
from agents.runtime.loop import work
from agents.runtime.role import Role
from agents.runtime.tool import Capability, Result, Status
from bot.storage.db import Database, open_database
from bot.workspace.claude import LOCAL_KEY
from tests.agents.runtime.kit import Cluster, Pods, Verdict, bench, pods, role
from tests.clock import ManualClock

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.agents.mortal_process"])

#: When it dies: with its n-th writing undone, or done; with its n-th tool not run yet, or run. `asked`: while its n-th
#: request is being answered, which the test itself sees to. `never`: it is let live.
Moment = Literal["writing", "written", "tool", "ran", "asked", "never"]


@dataclass(frozen=True)
class Death:
    """When."""

    moment: Moment
    number: int = 0


class MortalDatabase(Database):
    """A database with whose n-th writing this process dies."""

    def __init__(self, database: Database, death: Death) -> None:
        super().__init__(database.engine)
        self._death = death
        self.writings = 0

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        self.writings += 1
        mine = self.writings
        async with super().write() as connection:
            yield connection
            die_at(self._death, "writing", mine)
        die_at(self._death, "written", mine)


class MortalCluster(Cluster):
    """A cluster with whose n-th question this process dies."""

    def __init__(self, death: Death) -> None:
        super().__init__()
        self._death = death
        self.runs = 0

    async def run(self, input: Pods) -> Result:
        self.runs += 1
        mine = self.runs
        die_at(self._death, "tool", mine)
        result = await super().run(input)
        die_at(self._death, "ran", mine)
        return result

    async def propose(self, input: Pods) -> Result:
        """What it proposes: nothing that happens."""
        await self.run(input)
        return Result(Status.OK, {"what": "Free the disk."}, query="fix")


def die_at(death: Death, moment: Moment, number: int) -> None:
    """SIGKILL: nothing is cleaned up, nobody is told."""
    if (death.moment, death.number) == (moment, number):
        os.kill(os.getpid(), signal.SIGKILL)


def agent(cluster: MortalCluster) -> Role[Verdict]:
    """It looks and proposes."""
    fix = pods(cluster, name="propose_fix", run=cluster.propose, capability=Capability.PROPOSE)
    return role(cluster, tools=(pods(cluster), fix), may=Capability.PROPOSE)


async def live(database_url: str, claude_url: str, run_id: str, death: Death) -> str:
    """Begin the run, or go on with it, to its answer."""
    database = open_database(database_url)
    llm = AnthropicLLM(LOCAL_KEY, claude_url, ManualClock())
    try:
        begun = await bench(database, llm, run=run_id)
        mortal, cluster = MortalDatabase(database, death), MortalCluster(death)
        return (await work(replace(begun.session, database=mortal), agent(cluster), "Why?")).verdict
    finally:
        await llm.close()
        await database.close()


def begin(database_url: str, claude_url: str, run_id: str, death: Death, told: Path) -> None:
    """What the process does; its answer stands in `told` at the end."""
    told.write_text(asyncio.run(live(database_url, claude_url, run_id, death)))
