"""`POST /github/webhook`: what happens on GitHub, signed by it. Our own acts are only a sign that webhooks come."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.clock import Clock
from bot.deps import Start
from bot.incident.asking import Request
from bot.incident.heard import stand
from bot.incident.issue_forms import kind_of
from bot.incident.requests_heard import FiledIssue, GitHubHeard, IssueComment, IssueTouched
from bot.incident.requests_postmortem import Pushed
from bot.incident.wanted import GITHUB
from bot.ports import Outcome
from bot.settings import Settings
from bot.telemetry import log
from bot.workflows.github_poll import comment_id, issue_id, touched_id

PATH = "/github/webhook"
#: The longest that a request may take to arrive. Seconds; GitHub itself gives up after ten.
ARRIVAL = 5.0
#: A webhook is written down as a sign of life at most once in this time.
SIGN = timedelta(minutes=1)
TOUCHES = frozenset({"closed", "reopened", "labeled", "unlabeled"})


class _Wire(BaseModel):
    """Base of what we read of a payload; everything else in it is left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class _User(_Wire):
    login: str = ""
    type: str = ""

    @property
    def is_person(self) -> bool:
        return self.type == "User"


class _Named(_Wire):
    name: str


class _Issue(_Wire):
    number: int = Field(ge=1)
    html_url: str
    title: str
    body: str | None = None
    state: str
    user: _User | None = None
    author_association: str = "NONE"
    labels: tuple[_Named, ...] = ()
    created_at: datetime
    updated_at: datetime
    pull_request: dict[str, Any] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(label.name for label in self.labels)


class _Comment(_Wire):
    id: int
    html_url: str
    body: str | None = None
    user: _User | None = None
    author_association: str = "NONE"
    created_at: datetime


class _Repository(_Wire):
    full_name: str


class Push(_Wire):
    """A webhook about a branch that has moved."""

    ref: str
    after: str = Field(pattern=r"^[0-9a-f]{40}$")
    repository: _Repository


class Payload(_Wire):
    """A webhook about an issue or a comment."""

    action: str
    repository: _Repository
    sender: _User
    issue: _Issue
    comment: _Comment | None = None
    label: _Named | None = None


#: A submission: workflow, id, and what it asks.
Submission = tuple[str, str, Request]


def submissions(event: str, payload: Payload, own: str) -> list[Submission]:
    """What a webhook asks us to do, in order; `own` is our login. Nothing for pull requests and our own acts."""
    issue, done = payload.issue, payload.action
    if issue.pull_request is not None or payload.sender.login == own:
        return []
    author = (issue.user or _User()).login
    found: list[Submission] = []
    named = payload.label.name.casefold() if payload.label else ""
    arrived = event == "issues" and (done == "opened" or (done == "labeled" and kind_of("", (named,)) is not None))
    written = event == "issue_comment" and done == "created"
    if (arrived or written) and author != own and kind_of(issue.body or "", issue.names):
        found.append(("github_issue", issue_id(issue.number), _filed(payload, fresh=arrived)))
    if written and payload.comment is not None:
        found.append(("github_comment", comment_id(payload.comment.id), _commented(payload.comment, issue.number)))
    if event == "issues" and done in TOUCHES:
        id = touched_id(issue.number, issue.updated_at, stand(issue.state == "open", issue.names))
        found.append(("github_touched", id, IssueTouched(actor=_actor(payload.sender), number=issue.number)))
    return found


def _filed(payload: Payload, *, fresh: bool) -> FiledIssue:
    issue, sender = payload.issue, payload.sender
    author = issue.user or _User()
    vouches = payload.action == "labeled" and sender.is_person and sender.login != author.login
    return FiledIssue(
        actor=_actor(author),
        number=issue.number,
        url=issue.html_url,
        title=issue.title,
        body=issue.body or "",
        labels=issue.names,
        association=issue.author_association,
        person=author.is_person,
        filed=issue.created_at,
        vouched=sender.login if vouches else "",
        fresh=fresh,
    )


def _commented(comment: _Comment, number: int) -> IssueComment:
    author = comment.user or _User()
    return IssueComment(
        actor=_actor(author),
        number=number,
        url=comment.html_url,
        text=comment.body or "",
        association=comment.author_association,
        person=author.is_person,
        at=comment.created_at,
    )


def _actor(user: _User) -> str:
    return f"{GITHUB}{user.login}"


class BadWebhookError(Exception):
    """A request that is not GitHub's, or not whole; the sentence goes back to the sender."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Webhook:
    """Takes webhooks. `login` is ours, empty while it is not known yet; `arrival` is how long a request may take."""

    def __init__(
        self,
        secret: str,
        where: tuple[str, str],
        login: Callable[[], str],
        start: Start,
        clock: Clock,
        arrival: float = ARRIVAL,
    ) -> None:
        """`where` is the repository that we hear of, and the branch of its documents."""
        self._secret = secret
        self._repository, self._branch = where
        self._login = login
        self._start = start
        self._clock = clock
        self._arrival = arrival
        self._signed: datetime | None = None

    async def handle(self, request: web.Request) -> web.Response:
        try:
            body = await self._verified(request)
            return await self._take(request.headers.get("X-GitHub-Event", ""), body)
        except BadWebhookError as bad:
            return web.json_response({"error": bad.sentence}, status=bad.status)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"error": "the request is too large"}, status=413)

    async def _take(self, event: str, body: bytes) -> web.Response:
        given, own = _object(body), self._login()
        if not own:  # no sign of life either: the first look that tells us finds this as well
            raise BadWebhookError(503, "GitHub has not told us our own login yet; what happened is looked at soon")
        await self._sign_of_life()
        if event == "push":
            return await self._pushed(given)
        if event not in ("issues", "issue_comment"):
            return web.json_response({"done": []}, status=202)
        try:
            payload = Payload.model_validate(given)
        except ValidationError as error:
            raise BadWebhookError(400, "the payload is not one of GitHub's") from error
        if payload.repository.full_name.casefold() != self._repository.casefold():
            return web.json_response({"done": []}, status=202)
        return await self._submitted(submissions(event, payload, own))

    async def _pushed(self, given: dict[str, Any]) -> web.Response:
        """A branch of the repository has moved: the documents on it may have changed."""
        try:
            push = Push.model_validate(given)
        except ValidationError as error:
            raise BadWebhookError(400, "the payload is not one of GitHub's") from error
        ours = push.repository.full_name.casefold() == self._repository.casefold()
        if not ours or push.ref != f"refs/heads/{self._branch}":
            return web.json_response({"done": []}, status=202)
        request = Pushed(actor=GITHUB, commit=push.after, at=self._clock.now())
        return await self._submitted([("repository_pushed", f"github:push:{push.after}", request)])

    async def _submitted(self, asked: list[Submission]) -> web.Response:
        outcomes: list[Outcome] = []
        for workflow, id, request in asked:
            outcomes.append(await self._start(workflow, id, request.model_dump(mode="json")))
        if any(outcome.pending and not outcome.ok for outcome in outcomes):
            return web.json_response({"error": "storage is slow"}, status=503)
        return web.json_response({"done": [outcome.text for outcome in outcomes]}, status=202)

    async def _sign_of_life(self) -> None:
        now = self._clock.now()
        if self._signed is None or now - self._signed >= SIGN:
            heard = GitHubHeard(actor=GITHUB, at=now)
            id = f"github:heard:{now:%Y%m%dT%H%M%S}"
            outcome = await self._start("github_heard", id, heard.model_dump(mode="json"))
            self._signed = now if outcome.ok else self._signed

    async def _verified(self, request: web.Request) -> bytes:
        try:
            async with asyncio.timeout(self._arrival):
                body = await request.read()
        except TimeoutError as error:
            raise BadWebhookError(408, "the request did not arrive in time") from error
        except RequestPayloadError as error:
            raise BadWebhookError(400, "the request's body cannot be read") from error
        expected = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
        given = request.headers.get("X-Hub-Signature-256", "")
        if not hmac.compare_digest(f"sha256={expected}".encode(), given.encode(errors="replace")):
            log(__name__).warning("webhook with a wrong signature", size=len(body))
            raise BadWebhookError(401, "the request's signature is wrong")
        return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise BadWebhookError(400, "the request's body cannot be read") from error
    if not isinstance(given, dict):
        raise BadWebhookError(400, "the request's body is not an object")
    return given


def webhook(settings: Settings, login: Callable[[], str], start: Start, clock: Clock) -> Webhook | None:
    """None without a secret: then nobody can prove to be GitHub, and the route is absent."""
    secret = settings.github_webhook_secret.get_secret_value()
    where = (settings.github_repository, settings.file.repository.branch)
    return Webhook(secret, where, login, start, clock) if secret else None
