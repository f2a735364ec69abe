"""The routes of GitHub's REST API that the bot uses; any other is refused loudly and remembered."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from bot.workspace.github.model import Json, Refusal, Shapes, Token, not_found, stamp
from bot.workspace.github.pulls import Pulls
from bot.workspace.github.repository import Repository

PREFIX = "/github/api/v3"
PER_PAGE = 30
MAX_PER_PAGE = 100


@dataclass(frozen=True)
class Call:
    """One authenticated request, taken apart. `given` is the JSON body, or an empty object."""

    repository: Repository
    pulls: Pulls
    shape: Shapes
    token: Token
    path: dict[str, str]
    query: dict[str, str]
    given: Any  # JSON of any shape: every use of it is checked
    url: str

    def number(self, name: str = "number") -> int:
        if not self.path[name].isdigit():
            raise not_found()
        return int(self.path[name])

    @property
    def object(self) -> Json:
        if not isinstance(self.given, dict):
            raise Refusal(422, "Invalid request.\n\nAn object was expected.")
        return self.given

    def names(self, key: str) -> list[str]:
        """A list of names: bare, or under `key`, or one name alone."""
        given = self.given.get(key) if isinstance(self.given, dict) else self.given
        names = [given] if isinstance(given, str) else given
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise Refusal(422, f'Invalid request.\n\n"{key}" wasn\'t supplied.')
        return names


@dataclass(frozen=True)
class Answer:
    """What goes back: a status, a JSON body (None: no body), and headers beside the usual ones."""

    body: Any  # JSON of any shape
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


Route = Callable[[Call], Answer]


def _user(call: Call) -> Answer:
    return Answer(call.shape.user(call.token.login))


def _repo(call: Call) -> Answer:
    return Answer(call.shape.repo())


def _rate_limit(call: Call) -> Answer:
    core = {"limit": 5000, "remaining": 5000, "used": 0, "reset": 0}
    return Answer({"resources": {"core": core}, "rate": core})


def _issue(call: Call) -> Answer:
    issue = call.repository.issue(call.number())
    return Answer(call.shape.issue(issue, call.repository.labels))


def _list_issues(call: Call) -> Answer:
    query = call.query
    found = call.repository.listed(
        query.get("state", "open"),
        query.get("labels", "").split(","),
        _moment(query.get("since")),
        query.get("creator", ""),
        newest=query.get("direction", "desc") == "desc",
        sort=query.get("sort", "created"),
    )
    return paged(call, [call.shape.issue(issue, call.repository.labels) for issue in found])


def _open_issue(call: Call) -> Answer:
    issue = call.repository.open(call.token.login, call.object)
    body = call.shape.issue(issue, call.repository.labels)
    return Answer(body, 201, {"Location": body["url"]})


def _edit_issue(call: Call) -> Answer:
    issue = call.repository.edit(call.token.login, call.number(), call.object)
    return Answer(call.shape.issue(issue, call.repository.labels))


def _list_comments(call: Call) -> Answer:
    issue, since = call.repository.issue(call.number()), _moment(call.query.get("since"))
    oldest = stamp(since) if since else ""
    return paged(call, [call.shape.comment(each, issue.number) for each in issue.comments if each.updated >= oldest])


def _add_comment(call: Call) -> Answer:
    comment = call.repository.comment(call.token.login, call.number(), call.object.get("body"))
    return Answer(call.shape.comment(comment, call.number()), 201)


def _comment(call: Call) -> Answer:
    issue, comment = call.repository.find_comment(call.number("id"))
    return Answer(call.shape.comment(comment, issue.number))


def _edit_comment(call: Call) -> Answer:
    issue, comment = call.repository.edit_comment(call.number("id"), call.object.get("body"))
    return Answer(call.shape.comment(comment, issue.number))


def _delete_comment(call: Call) -> Answer:
    call.repository.delete_comment(call.number("id"))
    return Answer(None, 204)


def _all_comments(call: Call) -> Answer:
    found = call.repository.comments(_moment(call.query.get("since")))
    return paged(call, [call.shape.comment(comment, issue.number) for issue, comment in found])


def _history(call: Call) -> Answer:
    issue = call.repository.issue(call.number())
    return paged(call, [call.shape.happening(entry, call.repository.labels) for entry in issue.history])


def _commit(call: Call) -> Answer:
    return Answer(call.shape.commit(call.repository.commit(call.path["sha"])))


def _pulls_of(call: Call) -> Answer:
    commit = call.repository.commit(call.path["sha"])
    return paged(call, [{"number": 1, "user": call.shape.user(login)} for login in commit.pulls])


def _labels_of(call: Call, number: int) -> Answer:
    known = call.repository.labels
    return Answer([call.shape.label(known[name.lower()]) for name in call.repository.issue(number).labels])


def _issue_labels(call: Call) -> Answer:
    return _labels_of(call, call.number())


def _add_labels(call: Call) -> Answer:
    call.repository.add_labels(call.number(), call.names("labels"), login=call.token.login)
    return _labels_of(call, call.number())


def _set_labels(call: Call) -> Answer:
    call.repository.add_labels(call.number(), call.names("labels"), replace=True, login=call.token.login)
    return _labels_of(call, call.number())


def _clear_labels(call: Call) -> Answer:
    call.repository.add_labels(call.number(), [], replace=True, login=call.token.login)
    return Answer(None, 204)


def _remove_label(call: Call) -> Answer:
    call.repository.remove_label(call.number(), call.path["name"], login=call.token.login)
    return _labels_of(call, call.number())


def _list_labels(call: Call) -> Answer:
    return paged(call, [call.shape.label(label) for label in call.repository.labels.values()])


def _label(call: Call) -> Answer:
    if (label := call.repository.labels.get(call.path["name"].lower())) is None:
        raise not_found()
    return Answer(call.shape.label(label))


def _make_label(call: Call) -> Answer:
    return Answer(call.shape.label(call.repository.make_label(call.object)), 201)


def _assign(call: Call) -> Answer:
    issue = call.repository.assign(call.number(), add=call.names("assignees"))
    return Answer(call.shape.issue(issue, call.repository.labels), 201)


def _unassign(call: Call) -> Answer:
    issue = call.repository.assign(call.number(), remove=call.names("assignees"))
    return Answer(call.shape.issue(issue, call.repository.labels))


def _collaborator(call: Call) -> Answer:
    if call.path["login"] not in call.repository.people:
        raise not_found()
    return Answer(None, 204)


def _permission(call: Call) -> Answer:
    login = call.path["login"]
    role = "admin" if login == call.shape.owner else "write" if login in call.repository.people else "read"
    return Answer({"permission": role, "role_name": role, "user": call.shape.user(login)})


REPO = "/repos/{owner}/{repo}"
_ISSUE = REPO + "/issues/{number}"
_COMMENT = REPO + "/issues/comments/{id}"

#: Everything that is answered; a test holds it against what the bot calls.
ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", "/user", _user),
    ("GET", "/rate_limit", _rate_limit),
    ("GET", REPO, _repo),
    ("GET", REPO + "/issues", _list_issues),
    ("POST", REPO + "/issues", _open_issue),
    ("GET", REPO + "/issues/comments", _all_comments),
    ("GET", _COMMENT, _comment),
    ("PATCH", _COMMENT, _edit_comment),
    ("DELETE", _COMMENT, _delete_comment),
    ("GET", _ISSUE, _issue),
    ("PATCH", _ISSUE, _edit_issue),
    ("GET", _ISSUE + "/comments", _list_comments),
    ("POST", _ISSUE + "/comments", _add_comment),
    ("GET", _ISSUE + "/events", _history),
    ("GET", _ISSUE + "/labels", _issue_labels),
    ("POST", _ISSUE + "/labels", _add_labels),
    ("PUT", _ISSUE + "/labels", _set_labels),
    ("DELETE", _ISSUE + "/labels", _clear_labels),
    ("DELETE", _ISSUE + "/labels/{name}", _remove_label),
    ("POST", _ISSUE + "/assignees", _assign),
    ("DELETE", _ISSUE + "/assignees", _unassign),
    ("GET", REPO + "/commits/{sha}", _commit),
    ("GET", REPO + "/commits/{sha}/pulls", _pulls_of),
    ("GET", REPO + "/labels", _list_labels),
    ("POST", REPO + "/labels", _make_label),
    ("GET", REPO + "/labels/{name}", _label),
    ("GET", REPO + "/collaborators/{login}", _collaborator),
    ("GET", REPO + "/collaborators/{login}/permission", _permission),
)


def paged(call: Call, found: Sequence[Json]) -> Answer:
    """One page of a list, with the Link header that says where the others are."""
    size = min(max(_positive(call.query.get("per_page"), PER_PAGE), 1), MAX_PER_PAGE)
    page, last = max(_positive(call.query.get("page"), 1), 1), max(-(-len(found) // size), 1)
    where = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
    if page >= last:
        where = {"prev": page - 1, "first": 1}
    if page == 1:
        where = {name: number for name, number in where.items() if name in ("next", "last")}
    links = ", ".join(
        f'<{call.url}?{urlencode(call.query | {"page": str(n)})}>; rel="{rel}"' for rel, n in where.items()
    )
    return Answer(found[(page - 1) * size : page * size], headers={"Link": links} if links else {})


def _positive(text: str | None, default: int) -> int:
    return int(text) if text and text.isdigit() else default


def _moment(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError as broken:
        raise Refusal(422, f"Invalid request.\n\n{text!r} is not a valid ISO 8601 time.") from broken
