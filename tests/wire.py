"""A small server that answers as it is told, and counts: what our adapters meet on the wire, without the workspace."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import unused_port

Json = Any  # Any: whatever the service would answer


@dataclass(frozen=True)
class Answer:
    """What to answer: JSON or text with a status; or nothing at all; or half of it, and then the line is cut."""

    body: Json = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: str | None = None
    hangs: bool = False
    cut: bool = False


@dataclass
class Wire:
    """Answers in order, by the end of the path; the last one stays. `seen` is every request: method and path."""

    url: str
    answers: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    seen: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def will(self, path: str, *answers: Answer) -> None:
        """From now on requests whose path ends so are answered with these."""
        self.answers[path] = list(answers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.seen.append(f"{request.method} {request.path}")
        self.headers.append(request.headers)
        form = await request.post()
        self.forms.append({name: str(value) for name, value in form.items()})
        path = next((end for end in sorted(self.answers, key=len, reverse=True) if request.path.endswith(end)), None)
        if path is None:
            return web.json_response({"ok": False, "error": "unknown_method", "message": "Not Found"}, status=404)
        waiting = self.answers[path]
        answer = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        if answer.hangs:
            await self.over.wait()
        if answer.cut:
            return await self._cut(request)
        if answer.text is not None:
            return web.Response(text=answer.text, status=answer.status, headers=answer.headers)
        return web.json_response(answer.body, status=answer.status, headers=answer.headers)

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        """Promise a hundred bytes, send a few, and hang up."""
        response = web.StreamResponse(headers={"Content-Length": "100", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"ok": t')
        assert request.transport is not None
        request.transport.close()
        return response


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    """A server on a port of its own, until the block ends."""
    port = unused_port()
    made = Wire(f"http://127.0.0.1:{port}")
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", made.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    yield made
    made.over.set()
    await runner.cleanup()
