"""`/healthz`: this process is alive. `/readyz`: it can do its work now, or it says what it cannot."""

from collections.abc import Awaitable, Callable, Sequence

from aiohttp import web

#: What is not ready, a sentence each; empty when all is well.
Unready = Callable[[], Awaitable[Sequence[str]]]


def routes(unready: Unready) -> list[web.RouteDef]:
    """The two routes; `unready` is asked at every request."""

    async def healthz(_: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def readyz(_: web.Request) -> web.Response:
        problems = list(await unready())
        return web.json_response({"ready": not problems, "problems": problems}, status=503 if problems else 200)

    return [web.get("/healthz", healthz), web.get("/readyz", readyz)]
