"""The bot's door on loopback, as it is in production, and requests as Slack (or somebody else) sends them."""

import hashlib
import hmac
import io
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from aiohttp import TCPConnector, web
from aiohttp.test_utils import TestClient, TestServer

from bot.incident.model import Incident
from handlers.slack.receive import ARRIVAL, LARGEST, HttpReceiver
from tests.clock import START, ManualClock
from tests.handlers.slack.ear import Body, World, slash, world

SECRET = "a-secret-of-the-tests"
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:  # Any: whatever was answered
        return json.loads(self.text)


@dataclass
class Wire:
    """A bot behind its HTTP door; `here` is everything behind it."""

    here: World
    clock: ManualClock
    client: TestClient[web.Request, web.Application]

    async def post(
        self,
        body: bytes,
        kind: str = JSON,
        *,
        age: float = 0,
        secret: str = SECRET,
        changed: Mapping[str, str] | None = None,
    ) -> Reply:
        """A signed request whose timestamp is `age` seconds old; `changed` are headers that it has instead."""
        at = str(int(self.clock.now().timestamp() - age))
        usual = {"Content-Type": kind, "X-Slack-Request-Timestamp": at, "X-Slack-Signature": signed(secret, at, body)}
        return await self.send("POST", body, usual | dict(changed or {}))

    async def send(self, method: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        """A request as it is."""
        async with self.client.request(method, "/slack/events", data=io.BytesIO(body), headers=headers) as answer:
            return Reply(answer.status, await answer.text(), answer.headers)

    async def command(self, fields: Body) -> Reply:
        """A slash command, as its form comes."""
        return await self.post(urlencode(fields).encode(errors="surrogatepass"), FORM)

    async def interaction(self, payload: Body) -> Reply:
        """A click or a form sent, as JSON in a form's field."""
        return await self.post(urlencode({"payload": json.dumps(payload)}).encode(), FORM)

    async def event(self, payload: Body, attempt: int = 0) -> Reply:
        """An event, as JSON; from the second attempt on Slack says that it is one."""
        again = {"X-Slack-Retry-Num": str(attempt), "X-Slack-Retry-Reason": "http_timeout"} if attempt else {}
        return await self.post(json.dumps(payload).encode(), JSON, changed=again)

    async def still_serves(self) -> None:
        """The next request is answered as if nothing had been."""
        answer = await self.command(slash("help"))
        assert answer.status == 200
        assert "/incident resolve" in answer.text

    async def settle(self) -> None:
        """Until what runs beside the answers has ended."""
        await self.here.deps.tasks.quiet()


def signed(secret: str, at: str, body: bytes) -> str:
    """The signature that Slack would give it."""
    return "v0=" + hmac.new(secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()


@asynccontextmanager
async def wire(
    incidents: Sequence[Incident] = (), patience: float = 2.6, arrival: float = ARRIVAL
) -> AsyncIterator[Wire]:
    """A bot that knows these incidents, listening."""
    clock = ManualClock(START)
    async with world(incidents, patience) as here:
        receiver = HttpReceiver(here.app, SECRET, clock, arrival)
        server = web.Application(client_max_size=LARGEST)
        server.add_routes([web.post("/slack/events", receiver.handle)])
        async with TestClient(TestServer(server), connector=TCPConnector(force_close=True)) as client:
            yield Wire(here, clock, client)
