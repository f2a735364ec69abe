"""Socket Mode: two connections that never renew themselves, and a watchdog that renews what ended or fell silent.

Slack's own client renews by itself, at once and for ever: on a ticket that is used up, past what `Retry-After` asks,
and without telling anybody. A connection is small enough to be ours.
"""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError

from bot.clock import monotonic

log = structlog.get_logger(__name__)

#: Every payload goes to one of them, so that one may be renewed while the other listens.
SOCKETS = 2
#: We ping this often. Seconds.
PING = 10.0
#: A connection without a sign of life for this long is dead, whatever it says of itself. Seconds.
SILENT = 60.0
#: The longest it may take to connect. Seconds.
CONNECT = 10.0
#: How long answers may take that are on their way when we leave, and how long Slack may take to say goodbye. Seconds.
LEAVE = 3.0
GOODBYE = 1.0
#: Two that were opened together would be closed together: one is renewed when they are this old. Seconds.
APART = 600.0
#: How long we let Slack be after it refused our token. Seconds.
REFUSED = 60.0


async def dispatch(app: AsyncApp, payload: dict[str, Any]) -> BoltResponse:
    """Bolt's answer. What Bolt itself cannot read is answered with nothing: sent again, it would read no better."""
    try:
        return await app.async_dispatch(AsyncBoltRequest(body=payload, mode="socket_mode"))
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        log.warning("payload makes no sense", kind=str(payload.get("type"))[:100], problem=repr(error))
        return BoltResponse(status=200, body="")


class Sockets:
    """Keeps the connections. `now` tells seconds that only grow; `problem` is why there are none, for `/readyz`."""

    def __init__(self, app: AsyncApp, app_token: str, now: Callable[[], float] = monotonic) -> None:
        self._app = app
        self._token = app_token
        self._now = now
        self._session: ClientSession | None = None
        self._connections: list[Connection | None] = [None] * SOCKETS
        self._not_before = now()
        self.problem = ""

    async def open(self) -> None:
        """Connect what can be connected; the rest is tried again by `watch`."""
        self._session = ClientSession()
        await self.watch()

    async def watch(self) -> None:
        """Look after each connection once. Call it every few seconds."""
        for place, connection in enumerate(self._connections):
            if (connection is None or not connection.is_sound) and self._now() >= self._not_before:
                await self._renew(place)
        if self._are_twins() and self._now() >= self._not_before:
            await self._renew(SOCKETS - 1)

    def _are_twins(self) -> bool:
        """Whether all are of one age, and old enough to be set apart."""
        ages = [self._now() - each.born for each in self._connections if each is not None and each.is_sound]
        return len(ages) == SOCKETS and min(ages) >= APART and max(ages) - min(ages) < APART / 2

    @property
    def is_fresh(self) -> bool:
        """Whether at least one connection is alive, so that Slack reaches us."""
        return any(connection is not None and connection.is_alive for connection in self._connections)

    async def close(self) -> None:
        """Leave what is not acked to another process, and go."""
        session, self._session = self._session, None
        for connection in filter(None, self._connections):
            await connection.close()
        self._connections = [None] * SOCKETS
        if session is not None:
            await session.close()

    async def _renew(self, place: int) -> None:
        """A new connection, and only then the end of the old one, which may still listen."""
        if self._session is None:
            return
        old = self._connections[place]
        try:
            async with asyncio.timeout(CONNECT):
                opened = await self._app.client.apps_connections_open(app_token=self._token)
                proxy, goodbye = self._app.client.proxy, ClientWSTimeout(ws_close=GOODBYE)
                socket = await self._session.ws_connect(
                    str(opened["url"]), heartbeat=PING, autoping=False, timeout=goodbye, proxy=proxy
                )
        except SlackApiError as error:
            self._refused(error)
        except (ClientError, TimeoutError, OSError) as error:
            self.problem = "Slack cannot be reached."
            log.warning("socket not connected", place=place, problem=repr(error))
        else:
            self.problem = ""
            self._connections[place] = Connection(self._app, socket, self._now)
            log.info("socket connected", place=place, anew=old is not None)
            if old is not None:
                await old.close()

    def _refused(self, error: SlackApiError) -> None:
        """Wait as long as Slack asks, and longer where only a person can help."""
        status, headers = getattr(error.response, "status_code", 0), getattr(error.response, "headers", {})
        data = getattr(error.response, "data", None)
        code = str(data.get("error", "")) if isinstance(data, dict) else ""
        if status == 429 or code == "ratelimited":
            after = str(headers.get("Retry-After", ""))
            self._not_before = self._now() + (float(after) if after.isdigit() else REFUSED)
            self.problem = "Slack asks us to go slower."
        elif not code or status >= 500:
            self.problem = "Slack has trouble of its own."
        else:
            self._not_before = self._now() + REFUSED
            self.problem = f"Slack refuses the app's token: {code}. Somebody has to mend SLACK_APP_TOKEN."
        log.warning("socket not connected", problem=self.problem)


class Connection:
    """One WebSocket, from its beginning to its end."""

    def __init__(self, app: AsyncApp, socket: ClientWebSocketResponse, now: Callable[[], float]) -> None:
        self._app = app
        self._socket = socket
        self._now = now
        self.born = self._sign_of_life = now()
        self._asked_to_go = False
        self._answering: set[asyncio.Task[None]] = set()
        self._listening = asyncio.create_task(self._listen(), name="socket")

    @property
    def is_alive(self) -> bool:
        """Whether Slack can still reach us here."""
        return not self._listening.done() and self._now() - self._sign_of_life <= SILENT

    @property
    def is_sound(self) -> bool:
        """Whether it needs no successor."""
        return self.is_alive and not self._asked_to_go

    async def close(self) -> None:
        """Hear nothing more, answer what was heard, and go. What is not answered, Slack gives to another connection."""
        self._listening.cancel()
        if self._answering:
            await asyncio.wait(self._answering, timeout=LEAVE)
        await asyncio.gather(self._listening, self._socket.close(), return_exceptions=True)

    async def _listen(self) -> None:
        async for message in self._socket:
            self._sign_of_life = self._now()
            if message.type == WSMsgType.PING:
                await self._socket.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._hear(message.data)
        log.info("socket ended", code=self._socket.close_code)

    def _hear(self, text: str) -> None:
        try:
            envelope = json.loads(text)
        except (ValueError, RecursionError):
            envelope = None
        if not isinstance(envelope, dict):
            log.warning("envelope makes no sense", size=len(text))
        elif envelope.get("type") == "disconnect":
            self._asked_to_go = True
            log.info("socket asked to go", reason=envelope.get("reason"))
        elif "envelope_id" in envelope:
            task = asyncio.create_task(self._answer(envelope), name=f"answer {envelope['envelope_id']}")
            self._answering.add(task)
            task.add_done_callback(self._answering.discard)

    async def _answer(self, envelope: dict[str, Any]) -> None:
        payload = envelope.get("payload")
        said = await dispatch(self._app, payload if isinstance(payload, dict) else {})
        if said.status == 503:
            return  # not stored: without an answer Slack sends it again
        is_json = said.headers.get("content-type", [""])[0].startswith("application/json")
        body = json.loads(said.body) if is_json and said.body else {"text": said.body}
        answer = {"envelope_id": envelope["envelope_id"]} | ({"payload": body} if said.body else {})
        try:
            await self._socket.send_json(answer)
        except (ClientError, ConnectionError) as error:
            log.warning("answer lost with its socket; Slack will ask again", problem=repr(error))
