"""Whoever works on an action item: one at a time, from where it stands, each step kept before the next begins."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.change.lifecycle import OVER, move_change, move_item
from bot.change.model import Approval, Change, ChangeState, ItemState, TrackedItem
from bot.deps import WorkflowDeps, Workshop
from bot.errors import Permanent, Refused, Temporary
from bot.incident.model import HOLDFAST, Incident
from bot.storage import approvals, audit, changes, homes, items, rounds
from bot.storage.counters import next_number
from bot.workflows.changes.critical import is_critical

log = structlog.get_logger(__name__)

#: Whoever works on one says so this often, in seconds, and is taken for dead after so long without a word.
BEAT, LEASE = 1.0, timedelta(seconds=60)


class Hand:
    """One item in hand, with its newest change; nobody else writes either meanwhile."""

    def __init__(self, deps: WorkflowDeps, item: TrackedItem, holder: str, change: Change | None) -> None:
        self.deps = deps
        self.item = item
        self.change = change
        self._holder = holder

    @property
    def workshop(self) -> Workshop:
        """Where changes are made. Raises Permanent where there is none."""
        if self.deps.workshop is None:
            raise Permanent("No repository is set up, so there is nothing to change.")
        return self.deps.workshop

    @property
    def made(self) -> Change:
        """The change in hand."""
        assert self.change is not None, "this step needs a change"
        return self.change

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """Keep others away meanwhile; what is inside is cancelled once it is somebody else's."""
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._beat())
            try:
                yield
            finally:
                beating.cancel()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            try:
                async with self.deps.database.write() as connection:
                    await items.hold(connection, self.item.id, self._holder, self.deps.clock.now() + LEASE)
            except Temporary as error:  # the lease is longer than most of this
                log.warning("action item not held", item=self.item.key, problem=error.sentence)

    async def say(self, line: str) -> None:
        """What is being done right now, for people to see."""
        log.info("action item", item=self.item.key, doing=line)
        async with self.deps.database.write() as connection:
            await items.progress(connection, self.item.id, self._holder, line[:200])
            await rounds.want_shown(connection, self.item.round_id)
        self.deps.wake()

    async def keep(
        self,
        item: TrackedItem | None = None,
        change: Change | None = None,
        *,
        ask: Approval | None = None,
        used: Approval | None = None,
        only_if: Callable[[AsyncConnection], Awaitable[None]] | None = None,
    ) -> None:
        """Write down where they stand now, in one transaction. Raises Lost where somebody else has it.

        `only_if` is asked within it, by one after the other, and may raise what keeps it from being written.
        """
        async with self.deps.database.write() as connection:
            if only_if is not None:
                await next_number(connection, "begun", 0)  # takes none, and lets one be asked after the other
                await only_if(connection)
            await self._is_mine(connection)
            if used is not None and not await approvals.decide(
                connection, used.model_copy(update={"state": used.state.APPROVED}), used
            ):
                raise Refused(f"{used.key} was used before.")
            await self.keep_in(connection, item, change)
            if ask is not None:
                await approvals.ask(connection, ask)
                await homes.all_changed(connection, self.deps.clock.now())
        self.deps.wake()

    async def keep_in(
        self, connection: AsyncConnection, item: TrackedItem | None = None, change: Change | None = None
    ) -> None:
        """As `keep`, within a transaction of the caller's."""
        await self._is_mine(connection)
        now = self.deps.clock.now()
        if item is not None:
            item = item.model_copy(update={"changed_at": now})
        await items.keep(connection, item or self.item, self._holder)
        if change is not None:
            was = self.change if self.change is not None and self.change.id == change.id else None
            await changes.save(connection, change)
            if was is None or was.state is not change.state:
                await audit.record(connection, now, HOLDFAST, f"change_{change.state.value}", self.item.key, of(change))
            if change.landed and (was is None or was.landed != change.landed):
                await audit.record(connection, now, HOLDFAST, "change_landed", self.item.key, of(change))
        await rounds.want_shown(connection, self.item.round_id)
        self.item, self.change = item or self.item, change or self.change

    async def _is_mine(self, connection: AsyncConnection) -> None:
        """Raises Lost where somebody has decided otherwise meanwhile: it was taken over, or is gone."""
        row = await items.get(connection, self.item.id, lock=True)
        change = await changes.get(connection, self.change.id, lock=True) if self.change else None
        moved = change is not None and self.change is not None and change.state is not self.change.state
        if row is None or row.state is not self.item.state or moved:
            raise items.Lost

    async def give_up(self, sentence: str, state: ChangeState = ChangeState.REFUSED) -> None:
        """The change is refused, or stale, and the item waits for a person, with the reason."""
        change = self.change
        if change is not None and change.state not in OVER:
            change = move_change(change, state, problem=sentence)
        item = move_item(self.item, ItemState.HELD, reason=sentence, told=False, written=False)
        await self.keep(item, change)

    async def let_go(self, connection: AsyncConnection, again: datetime | None) -> None:
        """Leave it: until then, or until somebody wakes it."""
        await items.let_go(connection, self.item.id, self._holder, again)
        await rounds.want_shown(connection, self.item.round_id)

    async def incident(self) -> Incident | None:
        """What it is about, where that is known."""
        if not self.item.incident_id:
            return None
        return await self.deps.incidents.by_id(self.item.incident_id, HOLDFAST)

    async def is_critical(self) -> bool:
        """Whether a critical incident is open about it."""
        return is_critical(await self.incident())


def of(change: Change) -> dict[str, str]:
    """What the audit log keeps of a change: ids and hashes, never texts."""
    bound = change.bound
    known = {"change": change.id, "stack": change.stack, "commit": change.commit, "landed": change.landed}
    if bound is not None:
        known |= {"plan": bound.plan, "verdict": bound.verdict, "tree": bound.tree}
    return {name: value for name, value in known.items() if value}


def backoff(attempt: int, first: float, cap: float) -> timedelta:
    """How long to wait after so many attempts."""
    return timedelta(seconds=min(cap, first * 2.0 ** min(attempt, 30)))


def first_line(findings: Sequence[str]) -> str:
    """The first sentence there is."""
    return next((each for each in findings if each), "")


def later(now: datetime, attempt: int) -> datetime:
    """When something that did not work for now is tried again."""
    return now + backoff(attempt, 5.0, 300.0)
