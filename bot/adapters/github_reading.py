"""What is read on GitHub: an issue's history, and what was filed and written lately. Blocking, for a pool."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice

from github.GithubException import GithubException
from github.Issue import Issue as GithubIssue
from github.IssueComment import IssueComment
from github.IssueEvent import IssueEvent
from github.NamedUser import NamedUser
from github.Organization import Organization
from github.Repository import Repository

from bot.incident.heard import Done, History
from bot.incident.model import Frozen

KINDS = frozenset({"closed", "reopened", "labeled", "unlabeled"})
#: Words that were written at most so long before an issue was reopened are why it was reopened.
TOGETHER = timedelta(seconds=60)
#: As many issues or comments as one look takes in; the next look goes on from there.
ENOUGH = 300


class Listed(Frozen):
    """An issue in a list."""

    number: int
    url: str
    title: str
    body: str
    labels: tuple[str, ...]
    login: str
    association: str
    person: bool
    is_open: bool
    filed: datetime
    changed: datetime


class Written(Frozen):
    """A comment in a list, with the number of its issue."""

    id: int
    number: int
    url: str
    text: str
    login: str
    association: str
    person: bool
    at: datetime
    changed: datetime


def history(repository: Repository, number: int, after: int, login: str) -> History:
    """How an issue stands, and what was done to it after that entry; `login` is ours."""
    issue = repository.get_issue(number)
    entries = [entry for entry in issue.get_events() if entry.id > after]
    done = [_done(repository, issue, entry, login) for entry in entries if entry.event in KINDS]
    return History(
        is_open=issue.state == "open",
        labels=tuple(label.name for label in issue.labels),
        author=_login(issue.user),
        association=str(issue.raw_data.get("author_association") or "NONE"),
        done=tuple(sorted(done, key=lambda each: each.id)),
        last=max((entry.id for entry in entries), default=after),
    )


class Titled(Frozen):
    """An issue by its number, title and page."""

    number: int
    title: str
    url: str


def labelled(repository: Repository, label: str) -> tuple[Titled, ...]:
    """The open issues with this label, at most a hundred, the newest first; no pull requests."""
    found = repository.get_issues(state="open", labels=[label])
    ours = (each for each in found if "pull_request" not in each.raw_data)
    return tuple(Titled(number=each.number, title=each.title, url=each.html_url) for each in islice(ours, 100))


def listed(repository: Repository, since: datetime) -> Sequence[Listed]:
    """The issues (no pull requests) that changed since then, the one that has waited longest first."""
    found = []
    for issue in repository.get_issues(state="all", sort="updated", direction="asc", since=since):
        if "pull_request" not in issue.raw_data:
            found.append(_listed(issue))
        if len(found) >= ENOUGH:
            break
    return found


def written(repository: Repository, since: datetime) -> Sequence[Written]:
    """The comments that were written or changed since then, the one that has waited longest first."""
    found = []
    for comment in repository.get_issues_comments(sort="updated", direction="asc", since=since):
        found.append(_written(comment))
        if len(found) >= ENOUGH:
            break
    return found


def _done(repository: Repository, issue: GithubIssue, entry: IssueEvent, login: str) -> Done:
    by = _login(entry.actor)
    closing = entry.commit_id if entry.event == "closed" and entry.commit_id else ""
    our_commit = closing if closing and _is_ours(repository, closing, login) else ""
    words = _words(issue, by, _aware(entry.created_at)) if entry.event == "reopened" else ""
    label = entry.label.name if entry.event in ("labeled", "unlabeled") else ""
    return Done(
        id=entry.id,
        kind=entry.event,
        login=by,
        person=_is_person(entry.actor),
        at=_aware(entry.created_at),
        label=label,
        ours=by == login,
        our_commit=our_commit,
        words=words,
    )


def _is_ours(repository: Repository, sha: str, login: str) -> bool:
    """Whether we wrote the commit, or opened the pull request that brought it."""
    try:
        commit = repository.get_commit(sha)
        authors = {_login(commit.author), _login(commit.committer)}
        return login in authors or any(_login(pull.user) == login for pull in commit.get_pulls())
    except GithubException as error:
        if error.status in (404, 422) or (error.status == 403 and "not accessible" in str(error.data).lower()):
            return (
                False  # in another repository, or gone, or not for our token to read: not ours, as far as we can tell
            )
        raise


def _words(issue: GithubIssue, login: str, at: datetime) -> str:
    """What somebody wrote as they reopened it."""
    near = [each for each in issue.get_comments(since=at - TOGETHER) if _login(each.user) == login]
    fitting = [each for each in near if _aware(each.created_at) <= at + TOGETHER]
    return (fitting[-1].body or "")[:4000] if fitting else ""


def _listed(issue: GithubIssue) -> Listed:
    return Listed(
        number=issue.number,
        url=issue.html_url,
        title=issue.title,
        body=issue.body or "",
        labels=tuple(label.name for label in issue.labels),
        login=_login(issue.user),
        association=str(issue.raw_data.get("author_association") or "NONE"),
        person=_is_person(issue.user),
        is_open=issue.state == "open",
        filed=_aware(issue.created_at),
        changed=_aware(issue.updated_at),
    )


def _written(comment: IssueComment) -> Written:
    return Written(
        id=comment.id,
        number=int(comment.issue_url.rpartition("/")[2]),
        url=comment.html_url,
        text=comment.body or "",
        login=_login(comment.user),
        association=str(comment.raw_data.get("author_association") or "NONE"),
        person=_is_person(comment.user),
        at=_aware(comment.created_at),
        changed=_aware(comment.updated_at),
    )


def _login(user: NamedUser | Organization | None) -> str:
    """Empty where the account is gone."""
    return user.login if user is not None else ""


def _is_person(user: NamedUser | Organization | None) -> bool:
    return user is not None and user.type == "User"


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
