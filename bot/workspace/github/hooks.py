"""Tells the bot what happens as GitHub's webhooks do: signed, under a delivery id, and once unless asked again."""

import asyncio
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

import aiohttp

from bot.workspace.github.model import Json

#: What the stand-in signs with; worth nothing elsewhere.
LOCAL_SECRET = "local-webhook-secret"  # noqa: S105
#: GitHub gives up after ten seconds, and does not try again by itself.
PATIENCE = 10.0


@dataclass(frozen=True)
class Delivery:
    """One webhook: its id, the event's name and the very bytes that are signed. `status` is the answer; 0 for none."""

    id: str
    event: str
    body: bytes
    status: int | None = None

    @property
    def payload(self) -> Json:
        """What it says."""
        said: Json = json.loads(self.body)
        return said


class Hooks:
    """Delivers to `url`, one after the other; without one nothing is sent. While `held`, deliveries only pile up."""

    def __init__(self, secret: str = LOCAL_SECRET, changed: Callable[[], None] = lambda: None) -> None:
        self.url = ""
        self.secret = secret
        self.held = False
        self.deliveries: list[Delivery] = []
        self._changed = changed
        self._last: asyncio.Task[Delivery] | None = None
        self._tasks: set[asyncio.Task[Delivery]] = set()
        self._settled: asyncio.Task[Delivery] | None = None
        self._session: aiohttp.ClientSession | None = None

    def happened(self, event: str, payload: Json) -> None:
        """Something that the bot has subscribed to."""
        if not self.url:
            return
        delivery = Delivery(str(uuid.uuid4()), event, json.dumps(payload).encode())
        self.deliveries.append(delivery)
        if not self.held:
            self._last = asyncio.get_running_loop().create_task(self._after(self._last, delivery))
            self._tasks.add(self._last)
            self._last.add_done_callback(self._tasks.discard)

    def release(self) -> list[Delivery]:
        """Stop holding back; what piled up is handed over, to be delivered in any order."""
        self.held = False
        return [delivery for delivery in self.deliveries if delivery.status is None]

    async def deliver(self, delivery: Delivery, *, secret: str = "") -> int:
        """Send it, perhaps again: same id, same bytes. The status that came back; 0 where nobody answered."""
        self._session = self._session or aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=PATIENCE)
        status = 0
        with suppress(aiohttp.ClientError, TimeoutError):
            headers = self._headers(delivery, secret or self.secret)
            async with self._session.post(self.url, data=delivery.body, headers=headers, timeout=timeout) as answer:
                status = answer.status
        self.deliveries = [replace(each, status=status) if each.id == delivery.id else each for each in self.deliveries]
        self._changed()
        return status

    async def settle(self) -> bool:
        """Until everything was delivered; whether there was anything to deliver."""
        before = self._settled
        while self._last is not None and not self._last.done():
            await self._last
        self._settled = self._last
        return before is not self._last

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    async def _after(self, before: asyncio.Task[Delivery] | None, delivery: Delivery) -> Delivery:
        if before is not None:
            await asyncio.wait({before})
        await self.deliver(delivery)
        return delivery

    @staticmethod
    def _headers(delivery: Delivery, secret: str) -> dict[str, str]:
        signature = hmac.new(secret.encode(), delivery.body, hashlib.sha256).hexdigest()
        return {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/local",
            "X-GitHub-Delivery": delivery.id,
            "X-GitHub-Event": delivery.event,
            "X-Hub-Signature-256": f"sha256={signature}",
        }
