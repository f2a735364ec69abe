"""Which events the bot hears of, and how often Slack tries to tell it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any

from bot.workspace.slack import limits, payloads
from bot.workspace.slack.delivery import Parcel, Reply
from bot.workspace.slack.world import World

SUBSCRIPTIONS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Events:
    """Delivers what happens, as far as the bot subscribed to it and is a member of where it happened."""

    def __init__(self, world: World, send: Callable[[Parcel], Awaitable[Reply]]) -> None:
        #: Seconds before each further attempt.
        self.retries: Sequence[float] = limits.RETRIES
        self._world = world
        self._send = send
        self._ids = count(1)
        self._running: set[asyncio.Task[None]] = set()
        self._newest: dict[str, Parcel] = {}
        self._busy = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        world.heard.append(self.happened)

    def happened(self, event: dict[str, Any]) -> None:
        """Start telling the bot, if it is to know."""
        if not self._wanted(event):
            return
        parcel = Parcel("events_api", payloads.event(self._world, f"Ev{next(self._ids):010d}", event))
        self._newest[event["type"]] = parcel
        self._start(parcel)

    async def redeliver(self, kind: str) -> None:
        """Deliver the newest event of this type again, as Slack does when it thinks that the answer was lost."""
        self._start(self._newest[kind].again("http_timeout"))
        await self.settle()

    def _start(self, parcel: Parcel) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(parcel))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    def _wanted(self, event: dict[str, Any]) -> bool:
        app = self._world.app
        channel = self._world.channels.get(event.get("item", event).get("channel", ""))
        kind = event["type"]
        if kind == "message" and channel is not None:
            kind = SUBSCRIPTIONS[channel.kind]
        return kind in app.events and (channel is None or app.user_id in channel.members)

    async def _deliver(self, parcel: Parcel) -> None:
        reply = await self._try(parcel)
        for wait in self.retries:
            if not reply.failure or reply.no_retry:
                return
            await asyncio.sleep(wait)
            parcel = parcel.again(reply.failure)
            reply = await self._try(parcel)

    async def _try(self, parcel: Parcel) -> Reply:
        self._busy += 1
        self._quiet.clear()
        try:
            return await self._send(parcel)
        finally:
            self._busy -= 1
            if not self._busy:
                self._quiet.set()

    async def settle(self) -> None:
        """Until the bot was told of everything that has happened, once; what it did not take is tried again later."""
        await asyncio.sleep(0)  # what has just happened has yet to set out
        await self._quiet.wait()

    async def close(self) -> None:
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
