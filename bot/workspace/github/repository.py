"""One GitHub repository's issues: what may be done to them, and what GitHub refuses."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from bot.clock import Clock
from bot.workspace.github.model import (
    MARKER,
    Comment,
    Commit,
    Happening,
    Issue,
    Json,
    Label,
    Refusal,
    Stand,
    invalid,
    not_found,
    stamp,
)

MAX_TITLE = 256
MAX_BODY = 65_536
MAX_LABEL = 50
REASONS = ("completed", "not_planned", "duplicate", "reopened")

#: Called with kind ("issue", "label" or "effects"), key and value after every change, so that it can be kept.
Save = Callable[[str, str, Json], None]
#: Called with what happened ("issues", "issue_comment"), the action, the issue, who did it, and what else it is about.
Tell = Callable[[str, str, "Issue", str, Json], None]


def keep_nothing(kind: str, key: str, value: Json) -> None:
    """The `Save` of a repository that lives in memory alone."""


def tell_nobody(event: str, action: str, issue: Issue, login: str, more: Json) -> None:
    """The `Tell` of a repository without webhooks."""


class Repository:
    """Issues, comments and labels of one repository, in memory."""

    def __init__(
        self, clock: Clock, people: Iterable[str], save: Save = keep_nothing, tell: Tell = tell_nobody
    ) -> None:
        self.people = tuple(people)
        self.commits: dict[str, Commit] = {}
        self.issues: dict[int, Issue] = {}
        #: The numbers that pull requests have taken.
        self.pulls: set[int] = set()
        self.labels: dict[str, Label] = {}
        #: How often each marker was written into a new issue or comment: more than once is a doubled effect.
        self.effects: Counter[str] = Counter()
        self._clock = clock
        self._save = save
        self._tell = tell

    def load(self, kind: str, key: str, value: Json) -> None:
        """Take back what `Save` was given."""
        if kind == "issue":
            self.issues[int(key)] = Issue.load(value)
        elif kind == "label":
            self.labels[key] = Label(**value)
        elif kind == "effects":
            self.effects = Counter(value)

    def issue(self, number: int) -> Issue:
        """Raises GitHub's 404."""
        if number not in self.issues:
            raise not_found()
        return self.issues[number]

    def next_number(self) -> int:
        """Issues and pull requests are counted together."""
        return max((*self.issues, *self.pulls), default=0) + 1

    def listed(
        self, state: str, labels: Iterable[str], since: datetime | None, creator: str, newest: bool, sort: str
    ) -> list[Issue]:
        """Issues by creation or last change (`sort`); `since` compares with the last change, all `labels` are there."""
        if state not in ("open", "closed", "all"):
            raise invalid("Issue", "state", "invalid")
        wanted = {label.lower() for label in labels if label}
        oldest = stamp(since) if since else ""
        found = [
            issue
            for issue in self.issues.values()
            if state in ("all", issue.state)
            and wanted <= {label.lower() for label in issue.labels}
            and issue.updated >= oldest
            and creator in ("", issue.login)
        ]
        by_change = sort == "updated"
        return sorted(found, key=lambda issue: (issue.updated if by_change else "", issue.number), reverse=newest)

    def commit(self, sha: str) -> Commit:
        """Raises GitHub's words for a commit that is not there."""
        if sha not in self.commits:
            raise Refusal(422, f"No commit found for SHA: {sha}")
        return self.commits[sha]

    def comments(self, since: datetime | None) -> list[tuple[Issue, Comment]]:
        """The comments of all issues that were written or changed since then, the oldest first."""
        oldest = stamp(since) if since else ""
        every = ((issue, comment) for issue in self.issues.values() for comment in issue.comments)
        found = [(issue, comment) for issue, comment in every if comment.updated >= oldest]
        return sorted(found, key=lambda pair: (pair[1].updated, pair[1].id))

    def open(self, login: str, given: Json) -> Issue:
        """File an issue with `title`, `body`, `labels` and `assignees`."""
        if "title" not in given:
            raise Refusal(422, 'Invalid request.\n\n"title" wasn\'t supplied.')
        title, body = _title(given["title"]), _body("Issue", given.get("body"))
        self._may_be_assigned(_names("Issue", "assignees", given.get("assignees")))
        issue = Issue(self.next_number(), title, body, login, self._now(), self._now())
        self.issues[issue.number] = issue
        self._count(body)
        self._label(issue, _names("Issue", "labels", given.get("labels")))
        issue.assignees = _names("Issue", "assignees", given.get("assignees"))
        return self._changed(issue, login, Stand(), opened=True)

    def edit(self, login: str, number: int, given: Json, commit: str | None = None) -> Issue:
        """Change what is named in `given`; what is not named stays. `commit` closes it as its pusher's act."""
        issue = self.issue(number)
        stand = Stand.of(issue)
        if given.get("state") not in (None, "open", "closed"):
            raise invalid("Issue", "state", "invalid", value=str(given["state"]))
        if given.get("state_reason") not in (None, *REASONS):
            raise invalid("Issue", "state_reason", "invalid", value=str(given["state_reason"]))
        issue.title = _title(given["title"]) if given.get("title") is not None else issue.title
        issue.body = _body("Issue", given["body"]) if "body" in given else issue.body
        if given.get("labels") is not None:
            issue.labels = []
            self._label(issue, _names("Issue", "labels", given["labels"]))
        if given.get("assignees") is not None:
            issue.assignees = self._may_be_assigned(_names("Issue", "assignees", given["assignees"]))
        self._move(issue, given.get("state"), given.get("state_reason"), login)
        return self._changed(issue, login, stand, commit=commit)

    def assign(self, number: int, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Issue:
        """People whom the repository does not know are passed over in silence, as on GitHub."""
        issue, gone = self.issue(number), set(remove)
        known = [login for login in add if login in self.people and login not in issue.assignees]
        issue.assignees = [login for login in issue.assignees + known if login not in gone]
        return self._changed(issue, "", Stand.of(issue))

    def add_labels(self, number: int, names: list[str], replace: bool = False, login: str = "") -> Issue:
        """Put labels on an issue, as somebody or as the owner; a label nobody has made yet is made."""
        issue = self.issue(number)
        stand = Stand.of(issue)
        issue.labels = [] if replace else issue.labels
        self._label(issue, names)
        return self._changed(issue, login, stand)

    def remove_label(self, number: int, name: str, login: str = "") -> Issue:
        """Take a label off an issue, as somebody or as the owner."""
        issue = self.issue(number)
        stand = Stand.of(issue)
        left = [label for label in issue.labels if label.lower() != name.lower()]
        if len(left) == len(issue.labels):
            raise Refusal(404, "Label does not exist")
        issue.labels = left
        return self._changed(issue, login, stand)

    def make_label(self, given: Json) -> Label:
        """A new label of the repository."""
        name = str(given.get("name") or "")
        if not name:
            raise invalid("Label", "name", "missing_field")
        if name.lower() in self.labels:
            raise invalid("Label", "name", "already_exists")
        label = Label(name, str(given.get("color") or "ededed").lstrip("#"), given.get("description"))
        self.labels[name.lower()] = label
        self._save("label", name.lower(), {**vars(label)})
        return label

    def comment(self, login: str, number: int, body: Any) -> Comment:  # Any: it came from the wire and is judged here
        """Add a comment to an issue."""
        issue, text = self.issue(number), _comment(body)
        ids = (comment.id for each in self.issues.values() for comment in each.comments)
        comment = Comment(max(ids, default=2_000_000) + 1, login, text, self._now(), self._now())
        issue.comments.append(comment)
        self._count(text)
        self._changed(issue, login, Stand.of(issue))
        self._tell("issue_comment", "created", issue, login, {"comment": comment})
        return comment

    def find_comment(self, id: int) -> tuple[Issue, Comment]:
        """Raises GitHub's 404."""
        for issue in self.issues.values():
            for comment in issue.comments:
                if comment.id == id:
                    return issue, comment
        raise not_found()

    def edit_comment(self, id: int, body: Any) -> tuple[Issue, Comment]:  # Any: judged here
        issue, comment = self.find_comment(id)
        comment.body, comment.updated = _comment(body), self._now()
        return self._changed(issue, comment.login, Stand.of(issue)), comment

    def delete_comment(self, id: int) -> None:
        issue, comment = self.find_comment(id)
        issue.comments.remove(comment)
        self._changed(issue, comment.login, Stand.of(issue))

    def _label(self, issue: Issue, names: list[str]) -> None:
        for name in names:
            if len(name) > MAX_LABEL:
                raise invalid(
                    "Label", "name", "custom", message=f"name is too long (maximum is {MAX_LABEL} characters)"
                )
            label = self.labels.get(name.lower()) or self.make_label({"name": name})
            if label.name not in issue.labels:
                issue.labels.append(label.name)

    def _may_be_assigned(self, logins: list[str]) -> list[str]:
        for login in logins:
            if login not in self.people:
                raise invalid("Issue", "assignees", "invalid", value=login)
        return logins

    def _move(self, issue: Issue, state: str | None, reason: str | None, login: str) -> None:
        if state == "closed" and issue.state == "open":
            issue.state, issue.closed, issue.closed_by = "closed", self._now(), login
        elif state == "open" and issue.state == "closed":
            issue.state, issue.closed, issue.closed_by = "open", None, None
        elif not reason:
            return
        issue.reason = reason or ("completed" if issue.state == "closed" else "reopened")

    def _count(self, body: str | None) -> None:
        self.effects.update(MARKER.findall(body or ""))
        self._save("effects", "", dict(self.effects))

    def _changed(
        self, issue: Issue, login: str, stand: Stand, *, opened: bool = False, commit: str | None = None
    ) -> Issue:
        """Keep it, and tell everything in which it differs from how it stood."""
        issue.updated, by = self._now(), login or self.people[0]
        happened = stand.until(issue)
        for event, label in happened:
            at = 1000 * issue.number + len(issue.history) + 1
            closing = commit if event == "closed" else None
            issue.history.append(Happening(at, event, by, issue.updated, label, closing))
        self._save("issue", str(issue.number), issue.dump())
        if opened:
            self._tell("issues", "opened", issue, by, {})
        for event, label in happened:
            self._tell("issues", event, issue, by, {} if label is None else {"label": label})
        return issue

    def _now(self) -> str:
        return stamp(self._clock.now())


def _title(given: Any) -> str:  # Any: it came from the wire and is judged here
    if not isinstance(given, str) or not given.strip():
        raise invalid("Issue", "title", "missing_field")
    if len(given) > MAX_TITLE:
        raise invalid("Issue", "title", "custom", message=f"title is too long (maximum is {MAX_TITLE} characters)")
    return given


def _body(resource: str, given: Any) -> str | None:  # Any: it came from the wire and is judged here
    if given is not None and not isinstance(given, str):
        raise Refusal(422, f"Invalid request.\n\nFor 'properties/body', {given!r} is not a string.")
    if given and len(given) > MAX_BODY:
        raise invalid(resource, "body", "custom", message=f"body is too long (maximum is {MAX_BODY} characters)")
    return given


def _comment(given: Any) -> str:  # Any: it came from the wire and is judged here
    if not (text := _body("IssueComment", given) or "").strip():
        raise invalid("IssueComment", "body", "custom", message="Body cannot be blank")
    return text


def _names(resource: str, field: str, given: Any) -> list[str]:  # Any: it came from the wire and is judged here
    """Names from a list of strings, or of objects with a name, both of which GitHub takes."""
    listed = [] if given is None else given
    if not isinstance(listed, list):
        raise invalid(resource, field, "invalid")
    names = [each.get("name") if isinstance(each, dict) else each for each in listed]
    good = [name for name in names if isinstance(name, str) and name]
    if len(good) != len(names):
        raise invalid(resource, field, "invalid")
    return list(dict.fromkeys(good))
