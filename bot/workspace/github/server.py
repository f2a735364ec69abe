"""A GitHub on loopback that a real client cannot tell from the real one, as far as the bot goes."""

import json
import re
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.clock import Clock
from bot.workspace.bare import Bare, Change
from bot.workspace.github import pull_routes, pushes
from bot.workspace.github.api import PREFIX, ROUTES, Call, Route
from bot.workspace.github.forms import Form
from bot.workspace.github.forms import read as read_form
from bot.workspace.github.hooks import LOCAL_SECRET, Hooks
from bot.workspace.github.model import Comment, Issue, Json, Refusal, Shapes, Token, not_found
from bot.workspace.github.pulls import Pulls
from bot.workspace.github.repository import Repository
from bot.workspace.github.store import Store
from bot.workspace.github.visitors import Visitor

#: Given to the bot by whoever starts the workspace; worth nothing elsewhere.
LOCAL_TOKEN = "ghp_local_holdfast"  # noqa: S105


class GitHub:
    """One repository behind GitHub's REST API.

    `people` are its collaborators, besides the owner and the bot. With a `path` everything is kept there.
    `requests` holds the last calls as (method, path);
    `surprises` those that no route knows, which a test expects to be empty.
    """

    def __init__(
        self,
        clock: Clock,
        path: Path | None = None,
        repository: str = "ViktorBarzin/infra",
        people: Iterable[str] = (),
        tokens: dict[str, Token] | None = None,
        bare: Bare | None = None,
    ) -> None:
        self.name = repository
        self.tokens = tokens or {LOCAL_TOKEN: Token("holdfast-bot", ("repo",))}
        owner = repository.partition("/")[0]
        logins = (owner, *people, *(token.login for token in self.tokens.values()))
        self._store = Store(path)
        #: Where the stand-in is to be found, such as `http://127.0.0.1:8065/github`; set once it listens.
        self.site = "http://127.0.0.1/github"
        self.forms: list[Form] = []
        self.hooks = Hooks(LOCAL_SECRET, self._noticed)
        #: Called after every change, by whoever shows it.
        self.heard: list[Callable[[], None]] = []
        self.repository = Repository(clock, dict.fromkeys(logins), self._changed, self._tell)
        self.bare = bare or Bare(clock)
        self.bare.moved.append(self._pushed)
        self.pulls = Pulls(clock, self.repository, self.bare, self._changed)
        for kept in self._store.all():
            self.repository.load(*kept)
            self.pulls.load(*kept)
        self.requests: deque[tuple[str, str]] = deque(maxlen=10_000)
        self.surprises: list[str] = []

    def routes(self) -> list[web.AbstractRouteDef]:
        """To be added to the workspace's server; the last one refuses whatever the others do not know."""
        known = [
            web.route(method, PREFIX + path, self._serving(route))
            for method, path, route in (*ROUTES, *pull_routes.ROUTES)
        ]
        return [*known, web.route("*", PREFIX + "/{rest:.*}", self._refuse)]

    def install(self, *forms: str) -> None:
        """Put issue forms into the repository, as YAML. Raises Refused where GitHub would not show one."""
        self.forms = [read_form(text) for text in forms]

    def visitor(self, login: str) -> Visitor:
        """Act as somebody on GitHub's pages."""
        return Visitor(self.repository, self.pulls, login)

    async def close(self) -> None:
        await self.hooks.close()
        self._store.close()
        self.bare.close()

    def _changed(self, kind: str, key: str, value: Json) -> None:
        self._store.save(kind, key, value)
        self._noticed()

    def _noticed(self) -> None:
        for listener in self.heard:
            listener()

    def _tell(self, event: str, action: str, issue: Issue, login: str, more: Json) -> None:
        """What a webhook says of it: the issue as it stands now, the repository, who did it, and what it is about."""
        shape = Shapes(self.site, self.name, self.repository.people)
        payload: Json = {"action": action, "issue": shape.issue(issue, self.repository.labels)}
        if "label" in more:
            payload["label"] = shape.label(self.repository.labels[more["label"].lower()])
        if isinstance(comment := more.get("comment"), Comment):
            payload["comment"] = shape.comment(comment, issue.number)
        self.hooks.happened(event, payload | {"repository": shape.repo(), "sender": shape.user(login)})

    def _pushed(self, change: Change) -> None:
        """A webhook of a branch that moved, also where it was merged."""
        shape = Shapes(self.site, self.name, self.repository.people)
        if self.hooks.url:
            self.hooks.happened("push", pushes.payload(self.bare, shape, change))
        self._noticed()

    def _serving(self, route: Route) -> Any:  # Any: aiohttp's own handler type is private
        async def handler(request: web.Request) -> web.Response:
            self.requests.append((request.method, request.path.removeprefix(PREFIX)))
            try:
                token, given = await self._read(request)
            except Refusal as refusal:
                return _response(refusal.body, refusal.status, refusal.headers)
            try:
                answer = route(self._call(request, token, given))
            except Refusal as refusal:
                return _response(refusal.body, refusal.status, _scopes(token) | refusal.headers)
            return _response(answer.body, answer.status, _scopes(token) | answer.headers)

        return handler

    async def _read(self, request: web.Request) -> tuple[Token, Any]:  # Any: JSON of any shape
        header = re.fullmatch(r"(?:token|bearer) (\S+)", request.headers.get("Authorization", ""), re.IGNORECASE)
        if header is None:
            raise Refusal(401, "Requires authentication")
        if (token := self.tokens.get(header[1])) is None:
            raise Refusal(401, "Bad credentials")
        try:
            return token, json.loads(await request.text() or "{}")
        except ValueError as broken:
            raise Refusal(400, "Problems parsing JSON") from broken

    def _call(self, request: web.Request, token: Token, given: Any) -> Call:  # Any: JSON of any shape
        path = dict(request.match_info)
        if "repo" in path and f"{path['owner']}/{path['repo']}".lower() != self.name.lower():
            raise not_found()
        shape = Shapes(f"{request.url.origin()}/github", self.name, self.repository.people)
        url = str(request.url.with_query(None).with_fragment(None))
        return Call(self.repository, self.pulls, shape, token, path, dict(request.query), given, url)

    async def _refuse(self, request: web.Request) -> web.Response:
        surprise = f"{request.method} {request.path.removeprefix(PREFIX)}"
        self.surprises.append(surprise)
        message = f"Not Found: the local GitHub does not know {surprise}"
        return _response(
            {"message": message, "documentation_url": "https://docs.github.com/rest", "status": "404"}, 404, {}
        )


def _scopes(token: Token) -> dict[str, str]:
    return {"X-OAuth-Scopes": ", ".join(token.scopes), "X-Accepted-OAuth-Scopes": "repo"}


def _response(body: Any, status: int, headers: dict[str, str]) -> web.Response:  # Any: JSON of any shape
    usual = {
        "X-GitHub-Media-Type": "github.v3; format=json",
        "X-RateLimit-Limit": "5000",
        "X-RateLimit-Remaining": "4999",
    }
    text = None if body is None else json.dumps(body)
    return web.Response(status=status, text=text, content_type="application/json", headers=usual | headers)
