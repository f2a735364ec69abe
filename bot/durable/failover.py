"""Liveness of replicas on PostgreSQL: each holds an advisory lock; who finds a dead one's free takes its work over."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Collection

import psycopg
import structlog

from bot.clock import monotonic

log = structlog.get_logger(__name__)

#: The class of our advisory locks, so that they meet nobody else's.
LOCK_CLASS = 0x484F4C
#: How often each replica looks (tests: 0.02), and how long it waits for an answer about its own lock. Seconds.
EVERY, ANSWER = 0.5, 5.0


class Failover:
    """Holds our own lock, and looks for the locks of the dead. Needs a direct or session-mode connection."""

    def __init__(
        self,
        url: str,
        executor_id: str,
        unfinished: Callable[[], Awaitable[Collection[str]]],
        take_over: Callable[[str], Awaitable[None]],
        grace: float,
        every: float = EVERY,
    ) -> None:
        """`url` is libpq's; `unfinished` names every executor with work left, `take_over` makes one's work ours.

        A restart of the database drops every lock at once, so only one that stays free for `grace` seconds counts.
        """
        self._url = url
        self._id = executor_id
        self._unfinished = unfinished
        self._take_over = take_over
        self._grace = grace
        self._every = every
        self._connection: psycopg.AsyncConnection[tuple[bool]] | None = None
        self._free_since: dict[str, float] = {}

    @property
    def is_held(self) -> bool:
        """Whether others can see that we live."""
        return self._connection is not None

    async def hold(self) -> None:
        """Take our lock; nobody else asks for it while we live."""
        connection = await psycopg.AsyncConnection.connect(self._url, autocommit=True, connect_timeout=5)
        try:
            await connection.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, _key(self._id)))
        except BaseException:
            await connection.close()
            raise
        self._connection = connection

    async def run(self) -> None:
        """Until cancelled, look again and again."""
        while True:
            await asyncio.sleep(self._every)
            try:
                await self._keep()
                await self._look()
            except Exception as error:  # noqa: BLE001 - whatever it is may pass, and nobody else looks after the dead
                log.warning("liveness not known", problem=repr(error))
                self._free_since.clear()

    async def release(self) -> None:
        """Let our lock go: whoever finds it free may take over what we left."""
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _keep(self) -> None:
        """Make sure that our lock is held: a connection that broke, and its lock with it, says so only when used."""
        try:
            async with asyncio.timeout(ANSWER):
                if self._connection is None:
                    await self.hold()
                else:
                    await self._connection.execute("SELECT 1")
        except Exception:
            await self.release()
            raise

    async def _look(self) -> None:
        others = [executor for executor in await self._unfinished() if executor != self._id]
        self._free_since = {executor: since for executor, since in self._free_since.items() if executor in others}
        for executor in others:
            if not await self._is_free(executor):
                self._free_since.pop(executor, None)
            elif monotonic() - self._free_since.setdefault(executor, monotonic()) >= self._grace:
                log.warning("taking over", executor=executor)
                await self._take_over(executor)

    async def _is_free(self, executor: str) -> bool:
        assert self._connection is not None
        key = (LOCK_CLASS, _key(executor))
        answer = await self._connection.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        row = await answer.fetchone()
        if row is not None and row[0]:
            await self._connection.execute("SELECT pg_advisory_unlock(%s, %s)", key)
            return True
        return False


def _key(executor: str) -> int:
    """A lock's number: PostgreSQL takes 32 bits with a sign."""
    return zlib.crc32(executor.encode()) - 2**31
