"""Takes the outside down on purpose: errors, lost answers and cut lines, for every service of it alike."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf
from typing import Literal

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.clock import monotonic

Service = Literal["slack", "github", "git", "prometheus", "claude"]
Kind = Literal[
    "429",
    "500",
    "timeout_after_write",
    "timeout_before_write",
    "cut_after_write",
    "slow",
    "refused",
    "broken",
    "drop_sockets",
]
POLL = 0.02


@dataclass
class Fault:
    """What goes wrong, where: `method` is a glob over `chat.postMessage`, `POST /repos/*/issues`, git's `refs`, `fetch`
    and `push`, Prometheus' `query` and `alerts`, or Claude's `messages`.

    It happens `times` times, or until cleared. `seconds` is the Retry-After of a 429 and the wait of a slow answer;
    a time-out lasts until the caller gives up.
    """

    service: Service
    method: str = "*"
    kind: Kind = "500"
    times: int | None = None
    seconds: float = 1.0


class Faults:
    """Those in force, for all servers of the workspace. `delay` is added to every call, in milliseconds.

    `longest` is how many seconds a call hangs whose caller does not give up; then its line is cut.
    """

    def __init__(self) -> None:
        self.active: list[Fault] = []
        self.delay = 0.0
        self.longest = inf
        #: Cuts every Socket Mode connection; set by whoever holds them.
        self.on_drop: Callable[[], None] = lambda: None
        self._closing = asyncio.Event()

    def add(
        self,
        service: Service,
        method: str = "*",
        kind: Kind = "500",
        *,
        times: int | None = None,
        seconds: float = 1.0,
    ) -> Fault:
        """Let it go wrong from now on. Dropped sockets fall at once, and as long as it lasts none comes back."""
        fault = Fault(service, method, kind, times, seconds)
        if kind == "drop_sockets":
            self.on_drop()
            fault.times = None if times is None else times - 1
        if fault.times != 0:
            self.active.append(fault)
        return fault

    def clear(self, fault: Fault | None = None) -> None:
        """End one fault, or all."""
        self.active = [] if fault is None else [other for other in self.active if other is not fault]

    def close(self) -> None:
        """Let go of every call that hangs."""
        self._closing.set()

    def middleware(self) -> Middleware:
        """To be put before every handler of the workspace's server."""

        @web.middleware
        async def faulty(request: web.Request, handler: Handler) -> web.StreamResponse:
            called = _called(request)
            if called is None:
                return await handler(request)
            if self.delay:
                await asyncio.sleep(self.delay / 1000)
            fault = self._take(*called)
            return await handler(request) if fault is None else await self._happen(fault, request, handler)

        return faulty

    def _take(self, service: Service, method: str) -> Fault | None:
        for fault in self.active:
            sockets = (fault.kind == "drop_sockets") == (method == "socket")
            if fault.service == service and sockets and (method == "socket" or fnmatchcase(method, fault.method)):
                if fault.times is not None:
                    fault.times -= 1
                if fault.times == 0:
                    self.active.remove(fault)
                return fault
        return None

    async def _happen(self, fault: Fault, request: web.Request, handler: Handler) -> web.StreamResponse:
        match fault.kind:
            case "429":
                return _too_fast(fault)
            case "500":
                return web.Response(status=500, text="Internal Server Error")
            case "broken":
                return web.Response(text='{"ok": tr', content_type="application/json")
            case "slow":
                await asyncio.sleep(fault.seconds)
                return await handler(request)
            case "timeout_before_write":
                return await self._hang(request)
            case "timeout_after_write":
                await handler(request)
                return await self._hang(request)
            case "cut_after_write":
                await handler(request)
                return await _half(request)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=503)

    async def _hang(self, request: web.Request) -> web.Response:
        """Until the caller has given up, it took as long as it may, or the workspace stops."""
        until = monotonic() + self.longest
        while not self._closing.is_set() and request.transport is not None and not request.transport.is_closing():
            if monotonic() >= until:
                request.transport.abort()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), POLL)
        return web.Response(status=504)


async def _half(request: web.Request) -> web.StreamResponse:
    """The beginning of an answer, and then nothing: where there was none at all, curl would ask again by itself."""
    response = web.StreamResponse(headers={"Content-Length": "100"})
    await response.prepare(request)
    if request.transport is not None:
        request.transport.close()
    return response


def _too_fast(fault: Fault) -> web.Response:
    """Each service has words of its own for it; both say when to come back."""
    headers = {"Retry-After": str(max(1, round(fault.seconds)))}
    if fault.service == "github":
        said = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
        return web.json_response(said, status=403, headers=headers)
    if fault.service == "claude":
        told = {"type": "rate_limit_error", "message": "This request would exceed your rate limit."}
        return web.json_response({"type": "error", "error": told}, status=429, headers=headers)
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


def _called(request: web.Request) -> tuple[Service, str] | None:
    """Which service was called, and how a fault would name it; None for the page."""
    parts = request.path.split("/")
    match parts[1:]:
        case ["api", method]:
            return "slack", method
        case ["prometheus", "api", "v1", route]:
            return "prometheus", route
        case ["claude", "v1", what, *_]:
            return "claude", what
        case ["link", *_]:
            return "slack", "socket"
        case ["commands" | "actions" | "app", *_]:
            return "slack", "response_url"
        case ["files-pri", *_]:
            return "slack", "file"
        case ["github", "api", "v3", *rest]:
            return "github", f"{request.method} /{'/'.join(rest)}"
        case [_, repository, *rest] if repository.endswith(".git"):
            return "git", {"git-upload-pack": "fetch", "git-receive-pack": "push"}.get(rest[-1] if rest else "", "refs")
    return None
