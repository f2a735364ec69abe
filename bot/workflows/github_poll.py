"""Looks at GitHub by ourselves: every minute where no webhooks come, and now and then for those that were lost."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from bot.adapters.github_reading import Listed, Written
from bot.deps import Start, WorkflowDeps
from bot.durable.engine import Engine
from bot.errors import HoldfastError, Temporary
from bot.incident.heard import EVERY, is_time_to_look, stand
from bot.incident.issue_forms import kind_of
from bot.incident.requests_heard import FiledIssue, IssueComment, IssueTouched
from bot.incident.wanted import GITHUB
from bot.storage import github
from bot.storage.db import Database
from bot.telemetry import log

#: What GitHub's lists may show late is looked at again; what was taken already is known by its id.
OVERLAP = timedelta(minutes=2)


def issue_id(number: int) -> str:
    """The submission of an issue as a report or a wish, however it comes to us."""
    return f"github:issue:{number}"


def comment_id(id: int) -> str:
    """The submission of a comment."""
    return f"github:comment:{id}"


def touched_id(number: int, changed: datetime, how: str) -> str:
    """The submission that an issue has changed: at that time, to stand so (`heard.stand`)."""
    return f"github:touched:{number}:{changed:%Y%m%dT%H%M%S}:{how}"


class Watch:
    """Submits a look when one is due; the same slot of time is one look, whoever of several replicas begins it."""

    def __init__(self, database: Database, engine: Engine) -> None:
        self._database = database
        self._engine = engine
        self._slot = -1
        self._process = uuid4().hex[:8]
        #: How many looks were begun so far.
        self.begun = 0

    async def tick(self, now: datetime, *, known: bool) -> None:
        """`known` is whether we know our own login yet; until then every slot is used to ask."""
        slot = int(now.timestamp() // EVERY.total_seconds())
        if slot == self._slot:
            return
        try:
            async with self._database.read() as connection:
                heard = await github.heard(connection)
        except Temporary:
            return
        self._slot = slot
        if not known or is_time_to_look(heard.get(github.WEBHOOK), heard.get(github.POLLED), now):
            self.begun += 1
            # Who does not know itself yet asks for itself; a look taken by another process tells it nothing.
            id = f"github:poll:{slot}" if known else f"github:poll:{slot}:{self._process}"
            await self._engine.submit("github_poll", id, {}, "github")


async def poll(deps: WorkflowDeps, start: Start) -> None:
    """One look: what changed since the last, handed in under the ids that webhooks have for the same."""
    try:
        heard = await _begun(deps)
        await _look(deps, start, heard)
    except HoldfastError as error:
        log(__name__).warning("github not looked at", problem=error.sentence)
    except Exception:  # noqa: BLE001 - what one look cannot make sense of must not end the looking
        log(__name__).exception("github not looked at")


async def _begun(deps: WorkflowDeps) -> dict[str, datetime]:
    """How far was read before; what was filed before the very first look is left alone."""
    now = deps.clock.now()
    async with deps.database.write() as connection:
        heard = await github.heard(connection)
        await github.hear(connection, github.POLLED, now)
        for name in (github.SINCE, github.ISSUES, github.COMMENTS):
            if name not in heard:
                await github.hear(connection, name, now)
                heard[name] = now
    return heard


async def _look(deps: WorkflowDeps, start: Start, heard: dict[str, datetime]) -> None:
    if deps.github is not None:
        await _issues(deps, start, await deps.github.issues_since(heard[github.ISSUES] - OVERLAP))
        await _comments(deps, start, await deps.github.comments_since(heard[github.COMMENTS] - OVERLAP))


async def _issues(deps: WorkflowDeps, start: Start, listed: Sequence[Listed]) -> None:
    async with deps.database.read() as connection:
        ours = await github.issues(connection, [issue.number for issue in listed])
    for issue in listed:
        known = ours.get(issue.number)
        if known is None and not _own(deps, issue.login) and kind_of(issue.body, issue.labels):
            request = FiledIssue(
                actor=f"{GITHUB}{issue.login}",
                fresh=False,
                **issue.model_dump(exclude={"login", "is_open", "changed"}),
            )
            await start("github_issue", issue_id(issue.number), request.model_dump(mode="json"))
        how = stand(issue.is_open, issue.labels)
        if known is not None and known.kind == github.INCIDENT and known.stand != how:
            touched = IssueTouched(actor=GITHUB, number=issue.number)
            id = touched_id(issue.number, issue.changed, how)
            await start("github_touched", id, touched.model_dump(mode="json"))
    await _read_until(deps, github.ISSUES, [issue.changed for issue in listed])


async def _comments(deps: WorkflowDeps, start: Start, written: Sequence[Written]) -> None:
    async with deps.database.read() as connection:
        ours = await github.issues(connection, [comment.number for comment in written])
    for comment in written:
        if comment.number in ours and not _own(deps, comment.login):
            given = comment.model_dump(exclude={"id", "login", "changed"})
            request = IssueComment(actor=f"{GITHUB}{comment.login}", **given)
            await start("github_comment", comment_id(comment.id), request.model_dump(mode="json"))
    await _read_until(deps, github.COMMENTS, [comment.changed for comment in written])


async def _read_until(deps: WorkflowDeps, name: str, changed: list[datetime]) -> None:
    if changed:
        async with deps.database.write() as connection:
            await github.hear(connection, name, max(changed))


def _own(deps: WorkflowDeps, login: str) -> bool:
    return deps.github is not None and login == deps.github.login
