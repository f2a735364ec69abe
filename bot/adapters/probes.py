"""Looks at a service from where the bot is: a page, a port, a name. It only looks, and sends nothing of ours along."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import aiohttp
from yarl import URL

from bot.adapters import dns_query
from bot.clock import Clock, monotonic
from bot.incident.probes import Probe, ProbeKind
from bot.incident.text import shorten

#: As much of a page is read, in bytes, and so many redirects within one host are followed.
MOST, REDIRECTS = 500_000, 5
#: As many looks at once.
AT_ONCE = 8
_CUT = {errno.ECONNRESET, errno.ECONNABORTED, errno.EPIPE}
_HEADERS = {"User-Agent": "Holdfast", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Seen:
    """What a probe saw. `said` continues a sentence that begins with the service: `answers 503`. `took`: seconds."""

    probe: Probe
    fine: bool
    said: str
    at: datetime
    took: float


class Prober:
    """Looks. `dns_port` is where named DNS servers listen."""

    def __init__(self, clock: Clock, *, dns_port: int = 53) -> None:
        self._clock = clock
        self._dns_port = dns_port
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._ways: dict[ProbeKind, Callable[[Probe], Awaitable[tuple[bool, str]]]] = {
            ProbeKind.HTTP: self._http,
            ProbeKind.TCP: self._tcp,
            ProbeKind.DNS: self._dns,
        }

    async def look(self, probe: Probe) -> Seen:
        """What it sees now. A service that does not answer is an answer; a `prometheus` probe is not ours to run."""
        async with self._turn:
            at, begun = self._clock.now(), monotonic()
            try:
                async with asyncio.timeout(probe.seconds):
                    fine, said = await self._ways[probe.kind](probe)
            except TimeoutError:
                fine, said = False, f"does not answer within {probe.seconds:g} s"
            except (OSError, aiohttp.ClientError, dns_query.NoAnswerError, ValueError) as error:
                fine, said = False, _trouble(error)
            return Seen(probe, fine, said, at, monotonic() - begun)

    async def close(self) -> None:
        """Let go of its connections."""
        if self._session is not None:
            await self._session.close()

    async def _http(self, probe: Probe) -> tuple[bool, str]:
        """Redirects are followed within the host only; one that leads away is what the service answers."""
        if self._session is None:
            connector = aiohttp.TCPConnector(force_close=True, use_dns_cache=False, limit=AT_ONCE)
            self._session = aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar())
        url = URL(probe.target)
        for _ in range(REDIRECTS):
            async with self._session.get(url, headers=_HEADERS, allow_redirects=False) as got:
                onward = _onward(url, got.headers.get("Location", "")) if 300 <= got.status < 400 else None
                if onward is None or got.status in probe.status:
                    return _judged(probe, got.status, await _text(got), _away(got))
                url = onward
        return False, f"sends whoever asks in circles, {REDIRECTS} times"

    async def _tcp(self, probe: Probe) -> tuple[bool, str]:
        host, port = probe.host_and_port
        _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True, f"takes connections on port {port}"

    async def _dns(self, probe: Probe) -> tuple[bool, str]:
        if probe.server:
            found = await dns_query.addresses(probe.target, probe.server, self._dns_port, probe.seconds)
        else:
            loop = asyncio.get_running_loop()
            rows = await loop.getaddrinfo(probe.target, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
            found = tuple(sorted({str(row[4][0]) for row in rows}))
        shown = shorten(", ".join(found), 100)
        if probe.answer and probe.answer not in found:
            return False, f"has the address {shown} for {probe.target}, not {probe.answer}"
        return True, f"has the address {shown} for {probe.target}"


def _onward(url: URL, location: str) -> URL | None:
    """Where a redirect leads within the same host, never from TLS to none; None where it leads away."""
    if not location:
        return None
    onward = url.join(URL(location))
    ports = {url.port, onward.port}
    same = onward.host == url.host and onward.user is None and (len(ports) == 1 or ports == {80, 443})
    return onward.with_fragment(None) if same and onward.scheme in {url.scheme, "https"} else None


def _away(got: aiohttp.ClientResponse) -> str:
    """The host that an answer sends people to, if it is another one."""
    if not 300 <= got.status < 400:
        return ""
    try:
        host = got.url.join(URL(got.headers.get("Location", ""))).host or ""
    except ValueError:
        return ""
    return shorten(host, 80) if host != got.url.host else ""


async def _text(got: aiohttp.ClientResponse) -> str:
    read = bytearray()
    async for chunk in got.content.iter_chunked(65_536):
        read += chunk
        if len(read) >= MOST:
            break
    return read.decode(errors="replace")


def _judged(probe: Probe, status: int, text: str, away: str) -> tuple[bool, str]:
    leads = f" and leads to {away}" if away else ""
    if status not in probe.status if probe.status else status >= 400:
        return False, f"answers {status}{leads}"
    if probe.word and probe.word not in text:
        return False, f"answers {status}{leads}, without “{probe.word}” in it"
    return True, f"answers {status}{leads}"


def _trouble(error: Exception) -> str:
    """Why nothing came back, in words that tell names, connections and certificates apart."""
    if isinstance(error, dns_query.NoAnswerError):
        return f"cannot be looked up: the DNS server {error}"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"has no valid certificate ({_certificate(error.certificate_error)})"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return "cannot agree on TLS"
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return "is not known by name (DNS)"
    cause = error.os_error if isinstance(error, aiohttp.ClientConnectorError) else error
    if isinstance(cause, ConnectionRefusedError):
        return "refuses connections"
    number = cause.errno if isinstance(cause, OSError) else None
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientPayloadError) or number in _CUT:
        return "cuts the line without an answer"
    if number:
        return f"cannot be reached ({os.strerror(number).lower()})"
    return "answers something that is not HTTP"


def _certificate(error: Exception) -> str:
    said = getattr(error, "verify_message", "") or "not trusted"
    return shorten(str(said), 120)
