"""Sends an answer, at its pace and as far as it goes: streamed or at once, whole or broken."""

import asyncio
import json

from aiohttp import web

from bot.workspace.claude.model import Asked, Broken, Json
from bot.workspace.claude.refused import error
from bot.workspace.claude.wire import Made, breaks_at, error_event, events, message

POLL = 0.02


class Sending:
    """One request that is answered; `closing` lets go of what hangs."""

    def __init__(self, request: web.Request, asked: Asked, request_id: str, closing: asyncio.Event) -> None:
        self._request = request
        self._asked = asked
        self._id = request_id
        self._closing = closing

    async def answer(self, made: Made, broken: Broken | None) -> web.StreamResponse:
        """As it was asked for."""
        if self._asked.body.get("stream"):
            return await self._stream(made, broken)
        return await self._at_once(made, broken)

    async def hang(self) -> web.Response:
        """Nothing, until the caller has given up or the stand-in stops."""
        transport = self._request.transport
        while transport is not None and not transport.is_closing() and not self._closing.is_set():
            await self._wait(POLL)
        return web.Response(status=504)

    async def _stream(self, made: Made, broken: Broken | None) -> web.StreamResponse:
        headers = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
        response = web.StreamResponse(headers=headers | {"request-id": self._id})
        await response.prepare(self._request)
        stream = events(made)
        until = breaks_at(stream, broken.where) if broken else len(stream)
        for _, data in stream[:until]:
            if made.reply.pace:
                await self._wait(made.reply.pace)
            await response.write(data)
        self._asked.became = "broken" if broken else "whole"
        if broken is not None and broken.how in {"cut", "stalls"}:
            following = stream[until][1]
            await response.write(following[: len(following) // 2])
            await self._lost(broken)
            return response
        if broken is not None and broken.how == "error":
            await response.write(error_event())
        await response.write_eof()
        return response

    async def _at_once(self, made: Made, broken: Broken | None) -> web.StreamResponse:
        await self._wait(made.reply.pace)
        whole = json.dumps(message(made)).encode()
        headers = {"Content-Type": "application/json", "request-id": self._id}
        self._asked.became = "broken" if broken else "whole"
        if broken is None:
            return web.Response(body=whole, headers=headers)
        if broken.how == "error":
            return refused(529, "overloaded_error", "Overloaded", self._id)
        response = web.StreamResponse(headers=headers | {"Content-Length": str(len(whole))})
        await response.prepare(self._request)
        await response.write(whole[: len(whole) // 2])
        await self._lost(broken)
        return response

    async def _lost(self, broken: Broken) -> None:
        """Either the caller finds the line cut, or it stays open and nothing comes."""
        if broken.how == "stalls":
            await self.hang()
        if self._request.transport is not None:
            self._request.transport.close()

    async def _wait(self, seconds: float) -> None:
        """So long, but not longer than the stand-in lives."""
        try:
            await asyncio.wait_for(self._closing.wait(), seconds)
        except TimeoutError:
            return


def refused(status: int, kind: str, said: str, request_id: str, headers: Json = None) -> web.Response:
    """An error, as the API answers it."""
    body = error(kind, said, request_id)
    return web.json_response(body, status=status, headers={"request-id": request_id, **(headers or {})})
