"""The routes of GitHub's REST API about pull requests."""

from bot.workspace.github.api import REPO, Answer, Call, Route, paged
from bot.workspace.github.model import Refusal, invalid
from bot.workspace.github.pulls import Pull


def _answer(call: Call, pull: Pull, status: int = 200) -> Answer:
    return Answer(call.pulls.shape(pull, call.shape), status)


def _list(call: Call) -> Answer:
    query = call.query
    wanted = (query.get("state", "open"), query.get("head", ""), query.get("base", ""))
    newest, sort = query.get("direction", "desc") == "desc", query.get("sort", "created")
    found = call.pulls.listed(*wanted, newest=newest, sort=sort)
    return paged(call, [call.pulls.shape(pull, call.shape) for pull in found])


def _open(call: Call) -> Answer:
    return _answer(call, call.pulls.open(call.token.login, call.object), 201)


def _get(call: Call) -> Answer:
    return _answer(call, call.pulls.get(call.number()))


def _edit(call: Call) -> Answer:
    given = call.object
    if unknown := set(given) - {"state"}:
        raise Refusal(422, f"Invalid request.\n\nThe local GitHub does not change {', '.join(sorted(unknown))}.")
    match given.get("state"):
        case None:
            return _get(call)
        case "closed":
            return _answer(call, call.pulls.close(call.number()))
        case "open":
            return _answer(call, call.pulls.reopen(call.number()))
    raise invalid("PullRequest", "state", "invalid")


def _merge(call: Call) -> Answer:
    if call.object.get("merge_method", "merge") != "merge":
        raise Refusal(405, "Only merge commits are allowed on this repository.")
    expected, pull = call.object.get("sha"), call.pulls.get(call.number())
    if expected not in (None, pull.sha):
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    merged = call.pulls.merge(call.token.login, pull.number)
    return Answer({"sha": merged.merge, "merged": True, "message": "Pull Request successfully merged"})


_PULL = REPO + "/pulls/{number}"

ROUTES: tuple[tuple[str, str, Route], ...] = (
    ("GET", REPO + "/pulls", _list),
    ("POST", REPO + "/pulls", _open),
    ("GET", _PULL, _get),
    ("PATCH", _PULL, _edit),
    ("PUT", _PULL + "/merge", _merge),
)
