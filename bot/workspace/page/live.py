"""Keeps an open page up to date: renders it anew after every change and sends the pieces that differ."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress

from aiohttp import web

from bot.workspace.slack.model import Change

#: Changes that come together are rendered together. Seconds.
TOGETHER = 0.03
#: A line now and then, so that a page that went away is noticed. Seconds.
PULSE = 15.0


async def stream(
    request: web.Request, changes: asyncio.Queue[Change], fragments: Callable[[], dict[str, str]]
) -> web.StreamResponse:
    """Server-sent events, each a JSON object of HTML by element id, until the page is closed."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
    await response.prepare(request)
    sent: dict[str, str] = {}
    with suppress(ConnectionResetError):
        while True:
            now = fragments()
            if fresh := {id: html for id, html in now.items() if sent.get(id) != html}:
                await response.write(f"data: {json.dumps(fresh)}\n\n".encode())
                sent = now
            await _next(response, changes)
    return response


async def _next(response: web.StreamResponse, changes: asyncio.Queue[Change]) -> None:
    """Returns after the next change, with those that came right after it."""
    while True:
        try:
            async with asyncio.timeout(PULSE):
                await changes.get()
        except TimeoutError:
            await response.write(b": still here\n\n")
            continue
        await asyncio.sleep(TOGETHER)
        while not changes.empty():
            changes.get_nowait()
        return
