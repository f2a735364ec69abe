"""Somebody who stands between Slack and the bot, and kills the bot around what a form's submission goes through."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import parse_qs

import aiohttp
from aiohttp import web
from sqlalchemy import func, select

from bot.storage.tables import submissions
from tests.kill.harness import House

#: When it dies: while it takes the request in, when its decision is committed, when it has answered and Slack has not
#: heard it, or right after Slack has.
Moment = Literal["submit", "commit", "ack", "acked"]


class Between:
    """Passes requests on; dies at `moment` in every form's first submission."""

    def __init__(self, house: House, moment: Moment) -> None:
        self._house = house
        self._moment = moment
        self._seen: set[str] = set()
        self._session = aiohttp.ClientSession()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        view = _submitted_view(body)
        dies = view is not None and view not in self._seen
        self._seen |= {view} if view else set()
        passing = asyncio.create_task(self._pass_on(request, body))
        if dies and self._moment == "submit":
            await asyncio.wait({passing}, timeout=0.01)
            await self._house.kill()
        answer = await passing
        if dies and self._moment == "ack":
            await self._house.kill()
            return web.Response(status=504)
        if dies and self._moment == "acked":
            self._house.kill_soon()
        return answer

    async def _pass_on(self, request: web.Request, body: bytes) -> web.StreamResponse:
        url = f"http://127.0.0.1:{self._house.port}{request.path}"
        headers = {name: value for name, value in request.headers.items() if name != "Host"}
        try:
            async with self._session.post(url, data=body, headers=headers) as answer:
                return web.Response(body=await answer.read(), status=answer.status, content_type=answer.content_type)
        except aiohttp.ClientError:
            return web.Response(status=502)

    async def close(self) -> None:
        await self._session.close()


def _submitted_view(body: bytes) -> str | None:
    """The form that is sent here; sent again, it has another trigger and is still the same form."""
    sent = json.loads(parse_qs(body.decode()).get("payload", ["{}"])[0])
    return str(sent["view"]["id"]) if sent.get("type") == "view_submission" else None


@asynccontextmanager
async def between(house: House, moment: Moment, port: int) -> AsyncIterator[None]:
    """Until the block ends the bot dies at this moment of every submission; at its commit over Socket Mode too."""
    if moment == "commit":
        watching = asyncio.create_task(_kill_at_commits(house))
        yield
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        return
    standing = Between(house, moment)
    app = web.Application()
    app.router.add_post("/slack/events", standing.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    house.deliver(port)
    yield
    house.deliver()
    await runner.cleanup()
    await standing.close()


async def _kill_at_commits(house: House) -> None:
    """Look at the table of submissions without a pause, and kill when there is one more."""
    count = select(func.count()).select_from(submissions)
    async with house.reading() as (database, _):

        async def counted() -> int:
            async with database.read() as connection:
                return int((await connection.execute(count)).scalar_one())

        await _each_time_it_grows(counted, house.kill)


async def _each_time_it_grows(count: Callable[[], Awaitable[int]], act: Callable[[], Awaitable[None]]) -> None:
    seen = await count()
    while True:
        if (now := await count()) > seen:
            await act()
        seen = now
        await House.moment(0.002)
