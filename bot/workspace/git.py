"""The infra repository over git's own protocol: `git http-backend` behind the workspace's server, with a password."""

import asyncio
import base64
import binascii
import os
from collections.abc import Callable, Mapping

from aiohttp import web

from bot.workspace.bare import QUIET, Bare

_SERVICES = ("git-upload-pack", "git-receive-pack")
_CHUNK = 65536


class GitServer:
    """Serves `/<owner>/<repo>.git`. `people` says whose a token is; without one of them nobody reads or writes."""

    def __init__(self, bare: Bare, name: str, people: Mapping[str, str]) -> None:
        self._bare = bare
        self._name = name
        self._people = people
        self._writing = asyncio.Lock()
        #: Called before each push is taken, with the branches as they stand; a test lets somebody else be quicker.
        self.before_push: Callable[[Mapping[str, str]], None] | None = None

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server."""
        root = f"/{self._name}.git"
        return [
            web.get(f"{root}/info/refs", self._serve),
            *(web.post(f"{root}/{service}", self._serve) for service in _SERVICES),
        ]

    async def _serve(self, request: web.Request) -> web.Response:
        login = self._people.get(_password(request))
        if login is None:
            return web.Response(
                status=401,
                text="Invalid username or token. Password authentication is not supported for Git operations.",
                headers={"WWW-Authenticate": 'Basic realm="GitHub"'},
            )
        given = b"".join([part async for part in request.content.iter_chunked(_CHUNK)])
        if not request.path.endswith("/git-receive-pack"):
            return await self._ask(request, given, login)
        async with self._writing:  # one push at a time, so that each is told what it moved
            if self.before_push is not None:
                self.before_push(self._bare.branches())
            before = self._bare.branches()
            answer = await self._ask(request, given, login)
            self._bare.tell(before, login)
        return answer

    async def _ask(self, request: web.Request, given: bytes, login: str) -> web.Response:
        """One run of git's own CGI program. aiohttp has unpacked what was sent already."""
        folder = self._bare.folder
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "GIT_PROJECT_ROOT": str(folder.parent),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{folder.name}/{request.path.partition('.git/')[2]}",
            "REMOTE_USER": login,
            "REMOTE_ADDR": request.remote or "",
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.query_string,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(given)),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        }
        pipe = asyncio.subprocess.PIPE
        backend = await asyncio.create_subprocess_exec(
            "git", "http-backend", env=environment | QUIET, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL
        )
        out, _ = await backend.communicate(given)
        return _answer(out)


def _password(request: web.Request) -> str:
    """What was given as the password, under whatever name; empty for none."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _answer(out: bytes) -> web.Response:
    """What a CGI program wrote: headers, an empty line, and the body."""
    head, found, body = out.partition(b"\r\n\r\n")
    if not found:
        return web.Response(status=500, text="git http-backend did not answer.")
    lines = (line.partition(": ") for line in head.decode().split("\r\n"))
    headers = {name: value for name, _, value in lines}
    status = int(headers.pop("Status", "200").split(" ")[0])
    headers.pop("Content-Length", None)
    return web.Response(status=status, body=body, headers=headers)
