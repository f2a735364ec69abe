"""A replica's sign of life: whatever goes wrong while it looks, it looks again, and says when others cannot see it."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field

import psycopg
import pytest
from sqlalchemy.exc import InterfaceError

from bot.durable.failover import Failover
from tests import postgres

pytestmark = pytest.mark.sockets


@dataclass
class Others:
    """What a replica sees of the others: each look raises, or names who has work left."""

    looks: list[Exception | set[str]] = field(default_factory=list)
    looked: int = 0
    taken: list[str] = field(default_factory=list)

    async def unfinished(self) -> Collection[str]:
        self.looked += 1
        seen = self.looks.pop(0) if self.looks else set[str]()
        if isinstance(seen, Exception):
            raise seen
        return seen

    async def take_over(self, executor: str) -> None:
        self.taken.append(executor)


@dataclass
class Replica:
    """One that looks, and what it sees."""

    url: str
    others: Others
    failover: Failover
    running: asyncio.Task[None]

    async def looked(self, more: int) -> None:
        """Wait until it has looked again so often."""
        wanted = self.others.looked + more
        async with asyncio.timeout(10):
            while self.others.looked < wanted:
                await asyncio.wait({self.running}, timeout=0.02)
                assert not self.running.done()


@pytest.fixture
async def replica(postgres_server: str) -> AsyncIterator[Replica]:
    """Running, with a grace of no time: what is free twice is taken over."""
    url, others = postgres.fresh_database(postgres_server), Others()
    made = Failover(url, "r-1", others.unfinished, others.take_over, 0.0, 0.02)
    await made.hold()
    running = asyncio.create_task(made.run())
    yield Replica(url, others, made, running)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await made.release()


async def test_a_look_that_fails_in_any_way_is_not_the_last(replica: Replica) -> None:
    """Also where the driver's error comes wrapped; the dead have nobody else."""
    lost = InterfaceError("SELECT", {}, Exception("the connection is lost"))
    replica.others.looks = [lost, ZeroDivisionError(), {"r-dead"}, {"r-dead"}]
    await replica.looked(5)
    assert replica.others.taken == ["r-dead"]
    assert replica.failover.is_held


async def test_a_lock_that_is_lost_is_noticed_and_taken_again(replica: Replica) -> None:
    """The connection breaks while there is nobody to look for."""
    with psycopg.connect(replica.url, autocommit=True) as other:
        ours = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        assert len(other.execute(ours).fetchall()) == 1
        await replica.looked(3)
        held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        assert other.execute(held).fetchone() == (1,)
    assert replica.failover.is_held


async def test_while_the_lock_is_not_held_it_says_so(replica: Replica, postgres_server: str) -> None:
    """Nobody may connect, so others may think that we are dead."""
    name = replica.url.rpartition("/")[2].partition("?")[0]
    with psycopg.connect(postgres_server, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        async with asyncio.timeout(10):
            while replica.failover.is_held:
                await asyncio.wait({replica.running}, timeout=0.02)
        other.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())
    await replica.looked(1)
    assert replica.failover.is_held
