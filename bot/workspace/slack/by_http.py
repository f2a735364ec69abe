"""Delivers as Slack does to a request URL: signed, and gone after three seconds."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import aiohttp

from bot.workspace.slack.delivery import Json, Parcel, Reply

FORM = "application/x-www-form-urlencoded"


class ByHttp:
    """`url` is the bot's request URL, for everything alike; until it is set, nobody answers."""

    def __init__(self, secret: str, now: Callable[[], float], patience: float) -> None:
        self.url = ""
        self._secret = secret
        self._now = now
        self.patience = patience
        self._session: aiohttp.ClientSession | None = None

    async def send(self, parcel: Parcel) -> Reply:
        if not self.url:
            return Reply(failure="connection_failed")
        content_type, body = encoded(parcel)
        headers = {"Content-Type": content_type} | self._signed(body)
        if parcel.attempt:
            headers |= {"X-Slack-Retry-Num": str(parcel.attempt), "X-Slack-Retry-Reason": parcel.reason}
        self._session = self._session or aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.patience)
        try:
            async with self._session.post(self.url, data=body, headers=headers, timeout=timeout) as answer:
                return _reply(answer.status, answer.headers, await answer.text())
        except TimeoutError:
            return Reply(failure="http_timeout")
        except aiohttp.TooManyRedirects:
            return Reply(failure="too_many_redirects")
        except aiohttp.ClientError:
            return Reply(failure="connection_failed")

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _signed(self, body: bytes) -> dict[str, str]:
        at = str(int(self._now()))
        signature = hmac.new(self._secret.encode(), f"v0:{at}:".encode() + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={signature}"}


def encoded(parcel: Parcel) -> tuple[str, bytes]:
    """Content type and body: a form for commands, JSON in a form for clicks, JSON for events."""
    match parcel.kind:
        case "slash_commands":
            return FORM, urlencode(parcel.payload).encode()
        case "interactive":
            return FORM, urlencode({"payload": json.dumps(parcel.payload)}).encode()
    return "application/json", json.dumps(parcel.payload).encode()


def _reply(status: int, headers: Mapping[str, str], text: str) -> Reply:
    no_retry = headers.get("x-slack-no-retry") == "1"
    if status != 200:
        return Reply(failure="http_error", no_retry=no_retry)
    return Reply(body=answered(text, is_json="json" in headers.get("content-type", "")), no_retry=no_retry)


def answered(text: str, *, is_json: bool) -> Json:
    """The body of an answer: nothing, a text, or JSON."""
    if not text:
        return {}
    if not is_json:
        return {"text": text}
    try:
        body = json.loads(text)
    except ValueError:
        return {"text": text}
    return body if isinstance(body, dict) else {}
