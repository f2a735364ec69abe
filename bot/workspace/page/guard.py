"""Who may talk to the page: a browser on this machine, from the page itself."""

from collections.abc import Awaitable, Callable
from functools import wraps

from aiohttp import web

from bot.errors import NotFound, Refused

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self';"
        " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LOCAL = ("127.0.0.1", "localhost", "[::1]", "::1")


def guarded(handler: Handler) -> Handler:
    """Adds the headers, turns refusals into answers, and refuses other sites and other names of this machine."""

    @wraps(handler)
    async def inner(request: web.Request) -> web.StreamResponse:
        if request.url.host not in LOCAL or (request.method != "GET" and _from_elsewhere(request)):
            answer: web.StreamResponse = web.Response(status=403, text="This page is for this machine alone.")
        else:
            answer = await _answered(handler, request)
        if not answer.prepared:
            answer.headers.update(HEADERS)
        return answer

    return inner


def _from_elsewhere(request: web.Request) -> bool:
    """Whether another site's page sent it: not every browser says so itself, but each says where it comes from."""
    ours = str(request.url.origin())
    return (
        request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
        or request.headers.get("Origin", ours) != ours
    )


async def _answered(handler: Handler, request: web.Request) -> web.StreamResponse:
    try:
        return await handler(request)
    except NotFound as refusal:
        return web.Response(status=404, text=refusal.sentence)
    except Refused as refusal:
        return web.Response(status=400, text=refusal.sentence)
