"""Prometheus' HTTP API in our words: it is only read, at one address, and never followed elsewhere."""

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit, urlunsplit

import aiohttp

from bot.adapters.prometheus_reading import UNREADABLE, Answer, Firing, Rule, answer, firing, rules
from bot.errors import HoldfastError, Permanent, Temporary
from bot.incident.text import shorten
from bot.settings import Settings

#: The largest answer that is read, in bytes, and the most series that are asked for.
MOST, SERIES = 4_000_000, 1000
#: A longer request goes as a form. It reads all the same. Characters.
LONG = 1500
#: As much of what Prometheus says about a mistake is repeated. Characters.
SAID = 300


class Prometheus:
    """A client. `seconds` is the longest that a call may take; `token` is a bearer token, or `user:password`.

    A user and password in `url` are used likewise, and are in no link and no sentence.
    Each method raises Temporary or Permanent, with a sentence for people.
    """

    def __init__(self, url: str, token: str = "", *, seconds: float = 10.0) -> None:
        parts = urlsplit(url)
        userinfo, _, host = parts.netloc.rpartition("@")
        self.url = urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))
        self._headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token or userinfo:
            self._headers["Authorization"] = _authorization(token or unquote(userinfo))
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    async def query(self, query: str, at: datetime | None = None) -> Answer:
        """What a query says at an instant; without one, now as Prometheus has it. Each series has one point."""
        when = {} if at is None else {"time": _instant(at)}
        return answer(await self._ask("query", {"query": query, **self._bounds, **when}))

    async def range(self, query: str, start: datetime, end: datetime, step: float) -> Answer:
        """What it says from `start` to `end`, a point every `step` seconds."""
        span = {"start": _instant(start), "end": _instant(end), "step": f"{step:g}"}
        return answer(await self._ask("query_range", {"query": query, **self._bounds, **span}))

    async def alerts(self) -> Sequence[Firing]:
        """What fires now, or is about to."""
        return firing(await self._ask("alerts", {}))

    async def rules(self) -> Sequence[Rule]:
        """The rules by which it raises alerts."""
        return rules(await self._ask("rules", {"type": "alert"}))

    def link(self, query: str, at: datetime | None = None) -> str:
        """The page of Prometheus that shows a query, for people; until `at`, if there is one."""
        end = {} if at is None else {"g0.end_input": f"{at:%Y-%m-%d %H:%M:%S}", "g0.range_input": "1h"}
        return f"{self.url}/graph?{urlencode({'g0.expr': query, 'g0.tab': '0', **end})}"

    async def close(self) -> None:
        """Let go of its connections."""
        if self._session is not None:
            await self._session.close()

    @property
    def _bounds(self) -> dict[str, str]:
        return {"timeout": f"{self._seconds:g}s", "limit": str(SERIES)}

    async def _ask(self, route: str, given: Mapping[str, str]) -> Any:  # Any: the `data` of Prometheus' answer
        """A GET, or where that would be too long a form, which is a query as well."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=self._seconds)
            self._session = aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar())
        long = len(urlencode(given)) > LONG
        how: dict[str, Any] = {"data": dict(given)} if long else {"params": dict(given)}
        try:
            async with self._session.request(
                "POST" if long else "GET",
                f"{self.url}/api/v1/{route}",
                headers=self._headers,
                allow_redirects=False,
                **how,
            ) as got:
                return _data(got.status, await _body(got.content))
        except TimeoutError as error:
            raise Temporary(f"Prometheus did not answer within {self._seconds:g} s.") from error
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise Temporary("Prometheus cannot be reached.") from error


def open_prometheus(settings: Settings) -> Prometheus | None:
    """The Prometheus of these settings; None where there is none."""
    if not settings.prometheus_url:
        return None
    token = settings.prometheus_token.get_secret_value()
    return Prometheus(settings.prometheus_url, token, seconds=settings.timing.http_timeout)


async def _body(content: aiohttp.StreamReader) -> bytes:
    read = bytearray()
    async for chunk in content.iter_chunked(65_536):
        read += chunk
        if len(read) > MOST:
            raise Permanent(f"That is more than {MOST // 1_000_000} MB. Ask for fewer series, a shorter time, or sums.")
    return bytes(read)


def _data(status: int, body: bytes) -> Any:  # Any: as above
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        told = None
    if status == 200 and isinstance(told, dict) and told.get("status") == "success":
        data = told.get("data")
        notes = told.get("warnings")
        return {**data, "warnings": notes} if isinstance(data, dict) and notes else data
    raise _refusal(status, told.get("error") if isinstance(told, dict) else None)


def _refusal(status: int, error: object) -> HoldfastError:
    said = " ".join(error.split()) if isinstance(error, str) else ""
    said = shorten(said.removeprefix('invalid parameter "query": '), SAID)
    if 300 <= status < 400:
        return Permanent("Prometheus sends us to another address, which is not followed. Mend PROMETHEUS_URL.")
    if status in {401, 403}:
        return Permanent(f"Prometheus does not let us in ({status}). Look at PROMETHEUS_TOKEN.")
    if status == 404 and not said:
        return Permanent("There is no Prometheus at PROMETHEUS_URL, only something that does not know its API (404).")
    if said:
        kind = Permanent if status in {200, 400, 404, 405, 413, 422} else Temporary
        return kind(f"Prometheus says: {said.rstrip('.')}.")
    return Temporary(UNREADABLE if status == 200 else f"Prometheus answers {status}.")


def _authorization(token: str) -> str:
    return f"Basic {b64encode(token.encode()).decode()}" if ":" in token else f"Bearer {token}"


def _instant(at: datetime) -> str:
    return f"{at.timestamp():.3f}"
