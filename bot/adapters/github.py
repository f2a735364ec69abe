"""GitHub in our verbs, on PyGithub in a small pool of threads of its own. It retries nothing: the ledger does."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

import github
import requests
from github.GithubException import GithubException, UnknownObjectException
from github.Issue import Issue as GithubIssue
from github.IssueComment import IssueComment
from github.Repository import Repository

from bot.adapters import github_pulls as pulls
from bot.adapters import github_reading as reading
from bot.errors import Permanent, Temporary, Unsure
from bot.incident.heard import History
from bot.incident.model import Frozen

T = TypeVar("T")
THREADS = 4
#: How much older than our intent an issue or comment may look, by GitHub's clock against ours.
SKEW = timedelta(minutes=2)


class Issue(Frozen):
    """An issue: its number and its page."""

    number: int
    url: str


class GitHub:
    """One repository's issues and pull requests.

    `marker` is a text that we put into a body, and find again in what is ours.
    """

    def __init__(self, token: str, repository: str, api_url: str, timeout: float) -> None:
        """`timeout` is in seconds, and PyGithub takes whole ones."""
        self._github = github.Github(
            auth=github.Auth.Token(token),
            base_url=api_url.rstrip("/"),
            timeout=max(1, round(timeout)),
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
            lazy=True,
        )
        self._name = repository
        self._login = ""
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="github")

    async def identity(self) -> str:
        """The login that the token belongs to; raises when token or repository are wrong."""

        def ask() -> str:
            self._repository().complete()
            return self._own_login()

        return await self._run(ask)

    async def create_issue(self, title: str, body: str, labels: Sequence[str]) -> Issue:
        def act() -> Issue:
            made = self._repository().create_issue(title=title, body=body, labels=list(labels))
            return Issue(number=made.number, url=made.html_url)

        return await self._run(act)

    async def find_issue(self, marker: str, *, since: datetime) -> Issue | None:
        """The issue of ours with the marker in its body.

        By listing, since GitHub's search lags; and not by label, since GitHub takes none from who may not push.
        """

        def look() -> Issue | None:
            found = self._repository().get_issues(state="all", since=since - SKEW)
            return next((Issue(number=i.number, url=i.html_url) for i in found if self._marked(i, marker)), None)

        return await self._run(look)

    async def comment(self, number: int, body: str) -> int:
        """Add a comment; its id."""
        return await self._run(lambda: self._repository().get_issue(number).create_comment(body).id)

    async def edit_comment(self, number: int, comment: int, body: str) -> bool:
        """Replace a comment's text; whether it is still there."""
        return await self._on_comment(number, comment, lambda found: found.edit(body))

    async def delete_comment(self, number: int, comment: int) -> bool:
        """Take a comment away; whether it was still there."""
        return await self._on_comment(number, comment, lambda found: found.delete())

    async def find_comment(self, number: int, marker: str, *, since: datetime) -> int | None:
        """The id of our comment with this marker, if it was written since then."""

        def look() -> int | None:
            comments = self._repository().get_issue(number).get_comments(since=since - SKEW)
            return next((comment.id for comment in comments if self._marked(comment, marker)), None)

        return await self._run(look)

    async def _on_comment(self, number: int, comment: int, do: Callable[[IssueComment], None]) -> bool:
        def act() -> bool:
            try:
                do(self._repository().get_issue(number).get_comment(comment))
            except UnknownObjectException:
                self._repository().complete()  # raises where it is the whole repository that we cannot see
                return False
            return True

        return await self._run(act)

    async def has_comment(self, number: int, marker: str, *, since: datetime) -> bool:
        return await self.find_comment(number, marker, since=since) is not None

    async def set_state(self, number: int, *, is_open: bool) -> None:
        """Open or close it."""
        await self._run(lambda: self._repository().get_issue(number).edit(state="open" if is_open else "closed"))

    async def relabel(self, number: int, add: Sequence[str], remove: Sequence[str]) -> None:
        """Put some labels on and take some off; all others stay, whoever edits them at the same moment."""

        def act() -> None:
            issue = self._repository().get_issue(number)
            if add:
                issue.add_to_labels(*add)
            for label in remove:
                try:
                    issue.remove_from_labels(label)
                except GithubException as error:
                    if error.status != 404 or "label" not in str(error.data).lower():
                        raise

        await self._run(act)

    async def assign(self, number: int, login: str) -> None:
        """Give it to somebody too; GitHub passes over whoever cannot have issues here."""
        await self._run(lambda: self._repository().get_issue(number).add_to_assignees(login))

    async def blank(self, number: int, title: str, body: str, mark: str) -> None:
        """Replace what an issue says, take away every comment of ours that holds `mark`, and close it."""

        def act() -> None:
            issue = self._repository().get_issue(number)
            for comment in list(issue.get_comments()):
                if self._marked(comment, mark):
                    comment.delete()
            issue.edit(title=title, body=body, state="closed", state_reason="not_planned")

        await self._run(act)

    @property
    def login(self) -> str:
        """The login that the token belongs to, once GitHub has said it; empty until then."""
        return self._login

    async def history(self, number: int, after: int) -> History:
        """How the issue stands, and what was done to it after that entry of its history."""

        def look() -> History:
            return reading.history(self._repository(), number, after, self._own_login())

        return await self._run(look)

    async def issues_since(self, since: datetime) -> Sequence[reading.Listed]:
        """The issues that changed since then, oldest change first; our own login is known afterwards."""

        def look() -> Sequence[reading.Listed]:
            self._own_login()
            return reading.listed(self._repository(), since)

        return await self._run(look)

    async def comments_since(self, since: datetime) -> Sequence[reading.Written]:
        """The comments that were written or changed since then, oldest change first."""
        return await self._run(lambda: reading.written(self._repository(), since))

    async def open_issues(self, label: str) -> Sequence[reading.Titled]:
        """The open issues with this label, at most a hundred, the newest first."""
        return await self._run(lambda: reading.labelled(self._repository(), label))

    async def create_pull(self, title: str, body: str, head: str, base: str) -> pulls.Made:
        """Ask for the branch `head` to be taken into `base`. Raises Permanent where GitHub has one for it already."""
        return await self._run(lambda: pulls.create(self._repository(), title, body, head, base))

    async def find_pull(self, head: str) -> pulls.Pull | None:
        """The newest pull request of the branch `head` of this repository, in whatever state."""
        return await self._run(lambda: pulls.find(self._repository(), self._name.partition("/")[0], head))

    async def pull(self, number: int) -> pulls.Pull:
        """How a pull request stands."""
        return await self._run(lambda: pulls.pull(self._repository().get_pull(number)))

    async def merged_since(self, base: str, since: datetime) -> Sequence[pulls.Merged]:
        """The pull requests that were merged into the branch `base` since then, what changed last first."""
        return await self._run(lambda: pulls.merged(self._repository(), base, since))

    async def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._github.close()

    def _marked(self, written: GithubIssue | IssueComment, marker: str) -> bool:
        """Whether it has the marker, and is ours: everybody may read a marker, and copy it."""
        if marker not in (written.body or ""):
            return False
        return written.user.login == self._own_login()

    def _own_login(self) -> str:
        self._login = self._login or self._github.get_user().login
        return self._login

    def _repository(self) -> Repository:
        return self._github.get_repo(self._name)

    async def _run(self, work: Callable[[], T]) -> T:
        """Raises Temporary, Unsure or Permanent."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        except GithubException as error:
            raise _refusal(error) from error
        except requests.exceptions.ConnectTimeout as error:
            raise Temporary("GitHub cannot be reached.") from error
        except requests.exceptions.ConnectionError as error:
            if "NewConnectionError" in repr(error) or "Connection refused" in repr(error):
                raise Temporary("GitHub cannot be reached.") from error
            raise Unsure("GitHub did not answer.") from error
        except requests.exceptions.RequestException as error:
            raise Unsure("GitHub did not answer.") from error


def _refusal(error: GithubException) -> Exception:
    headers = error.headers or {}
    retry_after = headers.get("retry-after") or headers.get("Retry-After") or ""
    if error.status == 429 or (error.status == 403 and (retry_after or "rate limit" in str(error.data).lower())):
        return Temporary("GitHub asks us to go slower.", after=float(retry_after) if retry_after.isdigit() else 60.0)
    if error.status >= 500 or error.status < 100:
        return Unsure("GitHub has trouble of its own.")
    if error.status in {401, 403, 404}:
        return Temporary(
            f"GitHub refuses Holdfast (HTTP {error.status}). Somebody has to mend the token or the repository's name.",
            after=60.0,
        )
    return Permanent(f"GitHub refused it (HTTP {error.status}): {error.message or error.data}.")
