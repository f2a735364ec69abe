"""Claude over the Messages API: one attempt each time, told apart into whole, broken off, and not answered at all."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import anthropic
import httpx2
from pydantic import BaseModel

from agents.runtime.incoming import Garbled, Incoming
from agents.runtime.limits import is_former
from agents.runtime.llm import Ask, Block, Fault, Reply, Unanswered
from bot.clock import Clock
from bot.telemetry import log

#: Seconds to connect, and between two signs of life of an answer; the provider sends some while it thinks.
CONNECT, SILENCE = 5.0, 60.0
_CACHED = {"type": "ephemeral"}
#: Whatever may go wrong while an answer is read: the line, or what came over it.
_BROKEN = (httpx2.HTTPError, httpx2.StreamError, anthropic.APIError, Garbled, ValueError, TypeError, AttributeError)
#: Nothing was sent.
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)
_BARRED = {
    401: "The API of the models does not take our key.",
    402: "The account of the models has no credit left.",
    403: "Our key may not ask this model.",
}


class AnthropicLLM:
    """Asks `base_url` with this key and no other: nothing of the environment or of files on disk plays a part."""

    def __init__(
        self, key: str, base_url: str, clock: Clock, *, connect: float = CONNECT, silence: float = SILENCE
    ) -> None:
        """Nothing is connected yet. Times in seconds."""
        timeout = httpx2.Timeout(silence, connect=connect, pool=connect)
        http = anthropic.DefaultAsyncHttpxClient(trust_env=False, follow_redirects=False, timeout=timeout)
        self._client = anthropic.AsyncAnthropic(
            api_key=key, base_url=base_url, max_retries=0, timeout=timeout, http_client=http, open_telemetry=False
        )
        self._client._custom_headers = {}  # the SDK takes them from the environment, and has no way to forbid it
        self._clock = clock

    def absent(self) -> str:
        return ""

    async def close(self) -> None:
        """Close its connections."""
        await self._client.close()

    async def ask(self, ask: Ask) -> Reply:
        incoming = Incoming()
        try:
            async with asyncio.timeout(ask.seconds):
                await self._read(ask, incoming)
            return incoming.reply()
        except TimeoutError:
            return _cut(incoming, "the model took too long")
        except anthropic.APIStatusError as error:
            if error.status_code == httpx2.codes.OK:  # an error inside of a stream
                return _cut(incoming, "the model's answer broke off")
            raise self._refusal(error) from error
        except _BROKEN as error:
            log(__name__).info("answer broke off", model=ask.model, error=type(error).__name__)
            if isinstance(error.__cause__, _UNSENT):
                raise Unanswered(Fault.AWAY, "The API of the models cannot be reached.", charged=False) from error
            return _cut(incoming, "the model's answer broke off")

    async def _read(self, ask: Ask, incoming: Incoming) -> None:
        stream = await self._client.messages.create(**body_of(ask), stream=True)
        async with stream:
            async for event in stream:
                if isinstance(event, BaseModel):
                    incoming.take(event.model_dump(mode="json", by_alias=True, exclude_unset=True, warnings=False))

    def _refusal(self, error: anthropic.APIStatusError) -> Unanswered:
        """Why the API did not answer; nothing was charged."""
        status = error.status_code
        log(__name__).info("no answer", status=status, kind=error.type, request=error.request_id)
        if status in _BARRED:
            return Unanswered(Fault.BARRED, _BARRED[status], charged=False)
        if status == httpx2.codes.NOT_FOUND:
            return Unanswered(Fault.UNKNOWN, "The API of the models knows no such model.", charged=False)
        if status in {408, 409, 429} or status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            after = retry_after(error.response.headers, self._clock.now())
            return Unanswered(Fault.BUSY, "The model is busy.", charged=False, after=after)
        return Unanswered(Fault.WRONG, "The API of the models did not take the request.", charged=False)


def retry_after(headers: httpx2.Headers, now: datetime) -> float | None:
    """Seconds to wait, as the answer's header says it: in milliseconds, in seconds, or as a date."""
    for name, factor in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name, "").strip()
        if value.isascii() and value.replace(".", "", 1).isdigit():
            return float(value) * factor
        try:
            at = parsedate_to_datetime(value)
        except ValueError:
            continue
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return max(0.0, (at - now).total_seconds())
    return None


def _cut(incoming: Incoming, why: str) -> Reply:
    """What broke off. Its usage counts what is known of the prompt."""
    if not incoming.begun:
        raise Unanswered(Fault.AWAY, f"{why[0].upper()}{why[1:]}.", charged=True)
    return Reply(blocks=(), stop_reason="", usage=incoming.usage, complete=False, why=why)


def body_of(ask: Ask) -> dict[str, Any]:
    """The request as the API has it. What stays the same from turn to turn is cached: system, tools, and all so far."""
    config: dict[str, Any] = {}
    body: dict[str, Any] = {
        "model": ask.model,
        "max_tokens": ask.max_tokens,
        "system": [{"type": "text", "text": ask.system, "cache_control": _CACHED}],
        "messages": _cached(ask.messages),
    }
    if not is_former(ask.model):
        body["thinking"] = {"type": "adaptive"}
        config["effort"] = ask.effort
    # Where calls were made before, the API wants to know of the tools also when none may be used any more.
    if ask.tools and not (ask.closed and not _called(ask.messages)):
        body["tools"] = [*ask.tools[:-1], ask.tools[-1] | {"cache_control": _CACHED}]
        if ask.closed:
            body["tool_choice"] = {"type": "none"}
    if ask.form is not None:
        config["format"] = {"type": "json_schema", "schema": anthropic.transform_schema(ask.form)}
    return body | ({"output_config": config} if config else {})


def _called(messages: Sequence[Block]) -> bool:
    return any(block.get("type") == "tool_use" for message in messages for block in message["content"])


def _cached(messages: Sequence[Block]) -> list[Block]:
    """With a mark at the end of what is cached: the last block that may carry one."""
    *before, last = messages
    *blocks, end = last["content"]
    if end.get("type") in {"thinking", "redacted_thinking"}:
        return [*messages]
    return [*before, last | {"content": [*blocks, end | {"cache_control": _CACHED}]}]
