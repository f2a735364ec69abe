"""Services of the workspace that can be looked at: a page each, which tests and the demo's panel can take down."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import quote

from aiohttp import web

PREFIX = "/services"
#: How often a page that hangs looks whether it may still. Seconds.
POLL = 0.02


@dataclass
class Target:
    """How a service is. `status` is what its page answers; `hangs`: it answers nothing at all."""

    status: int = 200
    hangs: bool = False

    @property
    def works(self) -> bool:
        """Whether somebody who looks finds it well."""
        return self.status < 400 and not self.hangs


class Targets:
    """The services, by name; each works until it is taken down. `asked` counts who looked at which."""

    def __init__(self) -> None:
        self.site = "http://127.0.0.1"
        self.known: dict[str, Target] = {}
        self.asked: dict[str, int] = {}
        self._closing = asyncio.Event()

    def url(self, name: str) -> str:
        """Where its page is; from now on it is known."""
        self.known.setdefault(name, Target())
        return f"{self.site}{PREFIX}/{quote(name, safe='')}"

    def down(self, name: str, status: int = 503, *, hangs: bool = False) -> None:
        """Its page answers with this status from now on, or not at all."""
        self.known[name] = Target(status, hangs)

    def up(self, name: str) -> None:
        """It works again."""
        self.known[name] = Target()

    def close(self) -> None:
        """Let go of whoever waits for a page that hangs."""
        self._closing.set()

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        return [web.get(f"{PREFIX}/{{name}}", self._page)]

    async def _page(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        target = self.known.get(name)
        if target is None:
            return web.Response(status=404, text=f"The workspace has no service {name}.")
        self.asked[name] = self.asked.get(name, 0) + 1
        while target.hangs and not self._closing.is_set():
            if request.transport is None or request.transport.is_closing():
                break
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), POLL)
        said = "works" if target.works else "does not work"
        return web.Response(status=target.status, text=f"{name} {said}.")
