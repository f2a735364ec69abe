"""The one HTTP server of the bot: it listens, and says in one sentence why it cannot."""

import os
from collections.abc import Iterable

from aiohttp import web

from bot.errors import Permanent
from handlers.slack.receive import LARGEST


class Server:
    """Answers the routes that it is given until it is closed."""

    def __init__(self, host: str, port: int) -> None:
        """Port 0 takes any that is free."""
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    async def open(self, routes: Iterable[web.AbstractRouteDef]) -> int:
        """Listen; the port. Raises Permanent where somebody else does."""
        app = web.Application(client_max_size=LARGEST)
        app.add_routes(routes)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            why = os.strerror(error.errno or 0).lower()
            raise Permanent(
                f"HOST and PORT: {self._host}:{self._port} cannot be used ({why}). "
                "Stop whatever listens there, or set PORT to another number."
            ) from error
        return int(self._runner.addresses[0][1])

    async def close(self) -> None:
        """Let the requests that are under way end."""
        if self._runner is not None:
            await self._runner.cleanup()
