"""What the GitHub stand-in remembers, and the JSON that GitHub's REST API makes of it."""

import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

#: Hidden in an issue or comment body by whoever wants to find it again: `<!-- holdfast:<effect id> -->`.
MARKER = re.compile(r"<!--\s*holdfast:(\S+?)\s*-->")

Json = dict[str, Any]


@dataclass
class Label:
    """A repository's label; `color` is six hex digits. Names are equal whatever their case."""

    name: str
    color: str = "ededed"
    description: str | None = None


@dataclass
class Comment:
    """One comment; times are ISO 8601 in UTC, as on the wire."""

    id: int
    login: str
    body: str
    created: str
    updated: str


@dataclass
class Happening:
    """One entry of an issue's history: what was done to it, by whom, when; `commit` is what closed it, if one did."""

    id: int
    event: str
    login: str
    at: str
    label: str | None = None
    commit: str | None = None


@dataclass(frozen=True)
class Commit:
    """A commit of the repository's: who wrote it, and who opened the pull requests that brought it."""

    sha: str
    login: str
    pulls: tuple[str, ...] = ()


@dataclass
class Issue:
    """One issue with everything that hangs on it; `state` is open or closed."""

    number: int
    title: str
    body: str | None
    login: str
    created: str
    updated: str
    state: str = "open"
    reason: str | None = None
    closed: str | None = None
    closed_by: str | None = None
    labels: list[str] = field(default_factory=list)
    assignees: list[str] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    history: list[Happening] = field(default_factory=list)

    def dump(self) -> Json:
        """What is saved."""
        return asdict(self)

    @classmethod
    def load(cls, saved: Json) -> "Issue":
        """The issue that `dump` saved."""
        comments = [Comment(**comment) for comment in saved["comments"]]
        history = [Happening(**entry) for entry in saved.get("history", [])]
        return cls(**(saved | {"comments": comments, "history": history}))


@dataclass(frozen=True)
class Stand:
    """How an issue stood before it was changed, as far as its history tells."""

    state: str = "open"
    labels: tuple[str, ...] = ()

    @classmethod
    def of(cls, issue: Issue) -> "Stand":
        return cls(issue.state, tuple(issue.labels))

    def until(self, issue: Issue) -> list[tuple[str, str | None]]:
        """What has happened to it since, in GitHub's words, each with the label that it is about."""
        found: list[tuple[str, str | None]] = [("unlabeled", name) for name in self.labels if name not in issue.labels]
        found += [("labeled", name) for name in issue.labels if name not in self.labels]
        if issue.state != self.state:
            found.append(("closed" if issue.state == "closed" else "reopened", None))
        return found


@dataclass(frozen=True)
class Token:
    """What a bearer of it may do: GitHub names the scopes of a classic token in every answer."""

    login: str
    scopes: tuple[str, ...] = ("repo",)


class Refusal(Exception):
    """GitHub says no, in its own words."""

    def __init__(self, status: int, message: str, errors: list[Json] | None = None, **headers: str) -> None:
        super().__init__(message)
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.body: Json = {
            "message": message,
            "documentation_url": "https://docs.github.com/rest",
            "status": str(status),
        }
        if errors is not None:
            self.body["errors"] = errors


def not_found() -> Refusal:
    """What GitHub says of what is not there, and of what this token may not see."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field_name: str, code: str, **more: str) -> Refusal:
    """A validation error on one field. `code`: missing_field, invalid, already_exists, custom (with `message`)."""
    return Refusal(422, "Validation Failed", [{"resource": resource, "field": field_name, "code": code, **more}])


def secondary_rate_limit(after: int, status: int = 403) -> Refusal:
    """What GitHub answers to whoever writes too fast; `after` in seconds, `status` 403 or 429."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
    return Refusal(status, message, Retry_After=str(after))


def stamp(moment: datetime) -> str:
    """A time as GitHub writes it: whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Shapes:
    """Makes REST JSON for one repository. `site` is the stand-in's root, such as http://127.0.0.1:8065/github.

    `people` are its collaborators; whoever is none of them stands to it as NONE.
    """

    site: str
    repository: str
    people: tuple[str, ...] = ()

    @property
    def api(self) -> str:
        return f"{self.site}/api/v3/repos/{self.repository}"

    @property
    def html(self) -> str:
        return f"{self.site}/{self.repository}"

    @property
    def owner(self) -> str:
        return self.repository.partition("/")[0]

    def user(self, login: str) -> Json:
        number = sum(byte * 31**place for place, byte in enumerate(login.lower().encode())) % 10**8
        return {
            "login": login,
            "id": number,
            "node_id": f"U_{number}",
            "type": "Bot" if login.endswith("[bot]") else "User",
            "site_admin": False,
            "url": f"{self.site}/api/v3/users/{login}",
            "html_url": f"{self.site}/{login}",
        }

    def repo(self) -> Json:
        name = self.repository.partition("/")[2]
        return {
            "id": self.user(self.repository)["id"],
            "name": name,
            "full_name": self.repository,
            "private": False,
            "owner": self.user(self.owner),
            "url": self.api,
            "html_url": self.html,
            "default_branch": "master",
            "has_issues": True,
            "archived": False,
            "permissions": {"admin": False, "maintain": False, "push": True, "triage": True, "pull": True},
        }

    def label(self, label: Label) -> Json:
        number = self.user(label.name)["id"]
        return {"id": number, "url": f"{self.api}/labels/{label.name}", "default": False, **asdict(label)}

    def issue(self, issue: Issue, labels: dict[str, Label]) -> Json:
        url = f"{self.api}/issues/{issue.number}"
        assignees = [self.user(login) for login in issue.assignees]
        return {
            "id": 1_000_000 + issue.number,
            "node_id": f"I_{issue.number}",
            "number": issue.number,
            "url": url,
            "repository_url": self.api,
            "comments_url": f"{url}/comments",
            "labels_url": f"{url}/labels{{/name}}",
            "events_url": f"{url}/events",
            "html_url": f"{self.html}/issues/{issue.number}",
            "title": issue.title,
            "body": issue.body,
            "user": self.user(issue.login),
            "author_association": self.association(issue.login),
            "labels": [self.label(labels[name.lower()]) for name in issue.labels],
            "state": issue.state,
            "state_reason": issue.reason,
            "locked": False,
            "milestone": None,
            "assignee": assignees[0] if assignees else None,
            "assignees": assignees,
            "comments": len(issue.comments),
            "created_at": issue.created,
            "updated_at": issue.updated,
            "closed_at": issue.closed,
            "closed_by": self.user(issue.closed_by) if issue.closed_by else None,
        }

    def comment(self, comment: Comment, number: int) -> Json:
        return {
            "id": comment.id,
            "node_id": f"IC_{comment.id}",
            "url": f"{self.api}/issues/comments/{comment.id}",
            "html_url": f"{self.html}/issues/{number}#issuecomment-{comment.id}",
            "issue_url": f"{self.api}/issues/{number}",
            "user": self.user(comment.login),
            "author_association": self.association(comment.login),
            "body": comment.body,
            "created_at": comment.created,
            "updated_at": comment.updated,
        }

    def happening(self, entry: Happening, labels: dict[str, Label]) -> Json:
        """An entry of an issue's history."""
        shown: Json = {
            "id": entry.id,
            "node_id": f"E_{entry.id}",
            "url": f"{self.api}/issues/events/{entry.id}",
            "actor": self.user(entry.login),
            "event": entry.event,
            "commit_id": entry.commit,
            "commit_url": f"{self.api}/commits/{entry.commit}" if entry.commit else None,
            "created_at": entry.at,
        }
        if entry.label is None:
            return shown
        known = labels.get(entry.label.lower(), Label(entry.label))
        return shown | {"label": {"name": known.name, "color": known.color}}

    def commit(self, commit: Commit) -> Json:
        """A commit, as far as anybody here asks."""
        user = self.user(commit.login)
        return {"sha": commit.sha, "url": f"{self.api}/commits/{commit.sha}", "author": user, "committer": user}

    def association(self, login: str) -> str:
        if login == self.owner:
            return "OWNER"
        return "COLLABORATOR" if login in self.people else "NONE"
