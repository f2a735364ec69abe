"""Delivers over Socket Mode: up to ten connections, each parcel to any one of them, again if that one is lost."""

import asyncio
import json
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from bot.workspace.slack import limits
from bot.workspace.slack.delivery import Json, Parcel, Reply
from bot.workspace.slack.tickets import Tickets

HEARTBEAT = 10.0


class Lost(Exception):
    """The connection went away before the answer came."""


class Connection:
    """One WebSocket of the bot's, and what is still unanswered on it."""

    def __init__(self, request: web.Request) -> None:
        self.socket = web.WebSocketResponse(heartbeat=HEARTBEAT)
        self._request = request
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    async def ask(self, envelope: Json) -> Json:
        """The payload of the answer. Raises Lost."""
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = future
        try:
            await self.socket.send_json(envelope)
            return await future
        except ConnectionError:
            raise Lost from None
        finally:
            del self._waiting[envelope["envelope_id"]]

    def hear(self, text: str) -> None:
        """An answer came in; one nobody waits for any more is too late."""
        answer = json.loads(text)
        future = self._waiting.get(answer.get("envelope_id", ""))
        if future is not None and not future.done():
            payload = answer.get("payload") or {}
            future.set_result(payload if isinstance(payload, dict) else {"text": str(payload)})

    def lost(self) -> None:
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(Lost())

    def drop(self) -> None:
        """Cut the line, as a network does."""
        if self._request.transport is not None:
            self._request.transport.abort()


class BySocket:
    """The server side of Socket Mode."""

    def __init__(self, app_id: str, tickets: Tickets, patience: float) -> None:
        self.connections: list[Connection] = []
        self._app_id = app_id
        self._tickets = tickets
        self.patience = patience
        self._ids = count(1)
        self._turn = count()
        self._arrived = asyncio.Event()

    def routes(self) -> list[web.AbstractRouteDef]:
        return [web.get("/link/", self.connect)]

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One connection, from hello until either side ends it."""
        if not self._tickets.admit(request.query.get("ticket", "")):
            return web.Response(status=403, text="ticket used or unknown")
        connection = Connection(request)
        await connection.socket.prepare(request)
        if len(self.connections) >= limits.SOCKETS:
            await connection.socket.send_json(_disconnect("too_many_websockets"))
            await connection.socket.close()
            return connection.socket
        self.connections.append(connection)
        await connection.socket.send_json(self._hello())
        self._arrived.set()
        try:
            async for message in connection.socket:
                if message.type == WSMsgType.TEXT:
                    connection.hear(message.data)
        finally:
            self._forget(connection)
            connection.lost()
        return connection.socket

    async def send(self, parcel: Parcel) -> Reply:
        """Wait for the answer of one connection, and try another when that one is lost."""
        envelope_id = f"env-{next(self._ids)}"
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    connection = await self._any()
                    try:
                        return Reply(body=await connection.ask(_envelope(envelope_id, parcel)))
                    except Lost:
                        self._forget(connection)  # it may not have noticed yet; asked again at once, it never would
                        parcel = parcel.again("timeout")
        except TimeoutError:
            return Reply(failure="timeout" if self.connections else "connection_failed")

    async def warn(self, reason: str = "warning") -> None:
        """Ask every connection to renew itself, as Slack does every few hours."""
        for connection in list(self.connections):
            await connection.socket.send_json(_disconnect(reason))

    def drop(self) -> None:
        """Cut every connection at once."""
        for connection in list(self.connections):
            connection.drop()

    async def close(self) -> None:
        for connection in list(self.connections):
            await connection.socket.close()

    async def _any(self) -> Connection:
        while not self.connections:
            self._arrived.clear()
            await self._arrived.wait()
        return self.connections[next(self._turn) % len(self.connections)]

    def _forget(self, connection: Connection) -> None:
        if connection in self.connections:
            self.connections.remove(connection)

    def _hello(self) -> Json:
        debug: Json = {"host": "applink-local", "build_number": 1, "approximate_connection_time": 18060}
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": debug,
            "connection_info": {"app_id": self._app_id},
        }


def _envelope(id: str, parcel: Parcel) -> Json:
    envelope: dict[str, Any] = {
        "envelope_id": id,
        "type": parcel.kind,
        "accepts_response_payload": parcel.answerable,
        "payload": parcel.payload,
    }
    if parcel.kind == "events_api":
        envelope |= {"retry_attempt": parcel.attempt, "retry_reason": parcel.reason}
    return envelope


def _disconnect(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-local"}}
