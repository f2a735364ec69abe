"""How Slack reaches us over HTTP: signature checked here, forms read here. The other way is `sockets.py`."""

import asyncio
import hashlib
import hmac
import json
import re
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError
from slack_bolt.async_app import AsyncApp

from bot.clock import Clock
from handlers.slack.sockets import dispatch

#: Slack's own limit on the age of a request, in seconds.
FRESH = 300
#: The largest request that Slack has a reason to send, in bytes.
LARGEST = 1_000_000
#: The longest that a request may take to arrive; Slack itself gives up after three. Seconds.
ARRIVAL = 5.0
_SECONDS = re.compile("[0-9]{1,12}")


class BadRequestError(Exception):
    """A request that is not Slack's, or not whole; the sentence goes back to the sender."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


def check_signature(secret: str, timestamp: str, signature: str, body: bytes, now: float) -> None:
    """Raises BadRequestError unless Slack signed this within five minutes of `now` (seconds since 1970)."""
    if not _SECONDS.fullmatch(timestamp) or abs(now - int(timestamp)) > FRESH:
        raise BadRequestError(401, "the request's timestamp is missing or stale")
    expected = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(f"v0={expected}".encode(), signature.encode(errors="replace")):
        raise BadRequestError(401, "the request's signature is wrong")


def parse(content_type: str, body: bytes) -> dict[str, Any]:  # Any: Slack's own JSON
    """The payload of a request. We read the form ourselves, since Bolt takes any form with the word payload for one."""
    try:
        text = body.decode()
        if content_type != "application/x-www-form-urlencoded":
            return _object(json.loads(text))
        form = dict(parse_qsl(text, keep_blank_values=True, max_num_fields=100))
        return form if "command" in form or "payload" not in form else _object(json.loads(form["payload"]))
    except (ValueError, RecursionError) as error:
        raise BadRequestError(400, "the request's body cannot be read") from error


def _object(parsed: object) -> dict[str, Any]:
    if not isinstance(parsed, dict):
        raise BadRequestError(400, "the request's body is not an object")
    return parsed


class HttpReceiver:
    """`POST /slack/events`: everything that Slack sends over HTTP."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock, arrival: float = ARRIVAL) -> None:
        """`arrival` is how many seconds a request may take to arrive: nobody holds a line open who says nothing."""
        self._app = app
        self._secret = signing_secret
        self._clock = clock
        self._arrival = arrival

    async def handle(self, request: web.Request) -> web.Response:
        try:
            payload = await self._verified(request)
        except BadRequestError as bad:
            return web.json_response({"error": bad.sentence}, status=bad.status)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"error": "the request is too large"}, status=413)
        if payload.get("type") == "url_verification":
            return web.json_response({"challenge": payload.get("challenge", "")})
        if "ssl_check" in payload:
            return web.Response()
        answer = await dispatch(self._app, payload)
        kind = answer.headers.get("content-type", ["text/plain"])[0].partition(";")[0]
        return web.Response(status=answer.status, text=answer.body or "", content_type=kind)

    async def _verified(self, request: web.Request) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._arrival):
                body = await request.read()
        except TimeoutError as error:
            raise BadRequestError(408, "the request did not arrive in time") from error
        except RequestPayloadError as error:
            raise BadRequestError(400, "the request's body cannot be read") from error
        header = request.headers
        timestamp, signature = header.get("X-Slack-Request-Timestamp", ""), header.get("X-Slack-Signature", "")
        check_signature(self._secret, timestamp, signature, body, self._clock.now().timestamp())
        return parse(request.content_type, body)
