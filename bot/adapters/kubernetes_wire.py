"""One GET to a cluster's API: nothing else, within a time, up to a size, without following anybody elsewhere."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

from bot.errors import HoldfastError, Permanent, Temporary

if TYPE_CHECKING:
    import httpx
    from kr8s.asyncio import Api

#: No answer that is read whole may be larger. Bytes.
MOST = 16 * 1024 * 1024
#: The longest that a cluster may have us wait before we ask again. Seconds.
_LONGEST = 60.0
_CHUNK = 65_536
#: What kr8s writes to disk, because OpenSSL reads no certificate from memory.
_ON_DISK = {
    "client-key-data": "client_key_file",
    "client-certificate-data": "client_cert_file",
    "certificate-authority-data": "server_ca_file",
}


class Forbidden(Permanent):
    """The account may not read this."""


class Missing(Permanent):
    """It is not there."""


class Expired(Temporary):
    """The place in a list from which we wanted to go on is gone."""


@dataclass(frozen=True)
class Asked:
    """What is asked for. `what` completes the sentence `Holdfast may not …`, as in `list pods in nextcloud`."""

    what: str
    version: str
    path: tuple[str, ...]
    query: Mapping[str, str] = field(default_factory=dict)
    accept: str = "application/json"


@dataclass(frozen=True)
class Read:
    """What was read: as much of the body as was wanted, and whether there was more."""

    body: bytes
    cut: bool = False


class Wire:
    """GETs over one client. `login` gives a kubeconfig; it is asked again where the credentials have run out."""

    def __init__(self, login: Callable[[], dict[str, Any]], seconds: float) -> None:
        self._login = login
        self._seconds = seconds
        self._api: Api | None = None
        #: The one before, which others may still be reading from.
        self._old: Api | None = None
        self._opening = asyncio.Lock()

    async def json(self, asked: Asked) -> dict[str, Any]:
        """The object that is answered. Raises Temporary, Permanent, Forbidden, Missing or Expired."""
        read = await self.text(asked, MOST)
        if read.cut:
            raise Permanent(f"The cluster's answer is larger than {MOST // 1024 // 1024} MB. Ask for less of it.")
        try:
            answer = await asyncio.to_thread(json.loads, read.body)
        except (ValueError, RecursionError) as error:
            raise Temporary("The cluster answered something that is not JSON.") from error
        if not isinstance(answer, dict):
            raise Temporary("The cluster answered something else than was asked for.")
        return answer

    async def text(self, asked: Asked, most: int) -> Read:
        """The first `most` bytes of the answer; the rest is not read. Raises as `json` does.

        Asked again once where the credentials were refused: those of a pod change by the hour.
        """
        try:
            async with asyncio.timeout(self._seconds):
                api = await self._opened()
                status, after, read = await _get(api, asked, most)
                if status == 401:
                    await self._drop(api)
                    status, after, read = await _get(await self._opened(), asked, most)
        except TimeoutError as error:
            raise Temporary(f"The cluster did not answer within {self._seconds:g} seconds.") from error
        if status != 200:
            raise _refusal(status, after, asked.what)
        return read

    async def close(self) -> None:
        """Let go of the connections."""
        async with self._opening:
            for api in (self._api, self._old):
                await _close(api)
            self._api = self._old = None

    async def _opened(self) -> "Api":
        """The client. Made by its class, since `kr8s.api` would look into the environment for a kubeconfig."""
        async with self._opening:
            if self._api is None:
                self._api = await _open(await asyncio.to_thread(self._login), self._seconds)
            return self._api

    async def _drop(self, api: "Api") -> None:
        """Have the next one log in anew."""
        async with self._opening:
            if self._api is api:
                await _close(self._old)
                self._api, self._old = None, api


async def _open(config: dict[str, Any], seconds: float) -> "Api":
    """A client for what the kubeconfig names. No request is made yet."""
    from kr8s.asyncio import Api

    api = Api(bypass_factory=True, kubeconfig=config, serviceaccount="")
    api.timeout = seconds
    try:
        await api.auth
        await api._create_session()  # reads what was written to disk, which then goes
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Permanent(
            "The certificates in the kubeconfig cannot be read, so the cluster cannot be looked at."
        ) from error
    finally:
        _clean(api, config)
    return api


async def _close(api: "Api | None") -> None:
    if api is not None and api._session is not None:
        await api._session.aclose()


def _clean(api: "Api", config: Mapping[str, Any]) -> None:
    """Remove the files that keys and certificates of the kubeconfig were written to."""
    given = {**config["clusters"][0]["cluster"], **config["users"][0]["user"]}
    for name, attribute in _ON_DISK.items():
        if name in given and (path := getattr(api.auth, attribute)):
            with suppress(OSError):
                Path(path).unlink()


async def _get(api: "Api", asked: Asked, most: int) -> tuple[int, str, Read]:
    """Status, `Retry-After` and body. Raises Temporary where no answer came, Permanent where none can."""
    import httpx
    from kr8s import APITimeoutError

    try:
        async with api.call_api(
            "GET",
            version=asked.version,
            url="/".join(quote(part, safe="") for part in asked.path),
            params=dict(asked.query),
            # never packed: a small answer could then be unpacked to any size
            headers={"Accept": asked.accept, "Accept-Encoding": "identity"},
            stream=True,
            raise_for_status=False,
            follow_redirects=False,
        ) as response:
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise Permanent("The cluster packs its answers, although it was asked not to.")
            read = await _body(response, most)
            return response.status_code, response.headers.get("Retry-After", ""), read
    except (httpx.TimeoutException, APITimeoutError) as error:
        raise Temporary("The cluster did not answer in time.") from error
    except httpx.HTTPError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise Permanent("The cluster's certificate is not one that the kubeconfig trusts.") from error
        raise Temporary("The cluster cannot be reached.") from error


async def _body(response: "httpx.Response", most: int) -> Read:
    parts: list[bytes] = []
    left = most
    async with aclosing(cast("AsyncGenerator[bytes]", response.aiter_raw(_CHUNK))) as coming:
        async for part in coming:
            parts.append(part[:left])
            left -= len(part)
            if left < 0:
                break
    return Read(b"".join(parts), cut=left < 0)


def _refusal(status: int, after: str, what: str) -> HoldfastError:
    """What a status means. What the cluster says about it may hold anything, so it is left out."""
    if status == 401:
        return Permanent("The cluster does not take our credentials. Check the kubeconfig, or the pod's account.")
    if status == 403:
        verb, _, rest = what.partition(" ")
        return Forbidden(f"Holdfast may not {what}: its role in the cluster lacks `{verb}` on {rest}.")
    if status == 404:
        return Missing(f"There is nothing to {what}: the cluster does not know it.")
    if status == 410:
        return Expired("A list of the cluster changed while it was read.")
    if status == 429 or status >= 500:
        wait = min(float(after), _LONGEST) if after.isdecimal() else 0.0
        return Temporary(f"The cluster could not answer now ({status}).", wait)
    if 300 <= status < 400:
        return Permanent("The cluster sends us somewhere else, where we do not go. Check the server's address.")
    return Permanent(f"The cluster refused to {what} ({status}).")
