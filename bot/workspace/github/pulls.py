"""Pull requests of the stand-in: what may be done to them, and what GitHub refuses. Merging is real."""

from dataclasses import asdict, dataclass
from typing import Any

from bot.clock import Clock
from bot.errors import Refused
from bot.workspace.bare import Bare
from bot.workspace.github.model import Json, Refusal, Shapes, invalid, not_found, stamp
from bot.workspace.github.repository import MAX_BODY, MAX_TITLE, Repository, Save

_STATES = ("open", "closed", "all")


@dataclass
class Pull:
    """One pull request; `merge` is the commit that brought it in, empty while none has."""

    number: int
    title: str
    body: str | None
    login: str
    head: str
    base: str
    sha: str
    created: str
    updated: str
    state: str = "open"
    closed: str | None = None
    merge: str = ""
    merged_by: str = ""


class Pulls:
    """The pull requests of one repository. Their numbers and those of its issues are one sequence."""

    def __init__(self, clock: Clock, repository: Repository, bare: Bare, save: Save) -> None:
        self.all: dict[int, Pull] = {}
        self._clock = clock
        self._repository = repository
        self._bare = bare
        self._save = save

    def load(self, kind: str, key: str, value: Json) -> None:
        """Take back what `save` was given."""
        if kind == "pull":
            self.all[int(key)] = Pull(**value)
            self._repository.pulls.add(int(key))

    def get(self, number: int) -> Pull:
        """Raises GitHub's 404."""
        if number not in self.all:
            raise not_found()
        return self._fresh(self.all[number])

    def listed(self, state: str, head: str, base: str, *, newest: bool, sort: str = "created") -> list[Pull]:
        """By number, or by when they were `updated`.

        `head` is `owner:branch`; as on GitHub one without an owner is passed over.
        """
        if state not in _STATES:
            raise invalid("PullRequest", "state", "invalid")
        branch = head.partition(":")[2]
        found = [
            self._fresh(pull)
            for pull in self.all.values()
            if state in ("all", pull.state) and branch in ("", pull.head) and base in ("", pull.base)
        ]
        if sort not in ("created", "updated"):
            raise invalid("PullRequest", "sort", "invalid")
        by_change = sort == "updated"
        return sorted(found, key=lambda pull: (pull.updated if by_change else "", pull.number), reverse=newest)

    def open(self, login: str, given: Json) -> Pull:
        """Ask for a branch (`head`) to be taken into another (`base`)."""
        title, head, base = (_text(given, name) for name in ("title", "head", "base"))
        head = head.rpartition(":")[2]
        branches = self._bare.branches()
        for name, branch in (("head", head), ("base", base)):
            if branch not in branches:
                raise invalid("PullRequest", name, "invalid")
        if not (fork := self._bare.fork(base, head)):
            raise _refused(f"The {head} branch has no history in common with {base}")
        if fork == branches[head]:
            raise _refused(f"No commits between {base} and {head}")
        if any((pull.state, pull.head, pull.base) == ("open", head, base) for pull in self.all.values()):
            raise _refused(f"A pull request already exists for {self._repository.people[0]}:{head}.")
        number, now = self._repository.next_number(), stamp(self._clock.now())
        body = given.get("body")
        if body is not None and (not isinstance(body, str) or len(body) > MAX_BODY):
            raise invalid("PullRequest", "body", "invalid")
        self._repository.pulls.add(number)
        self.all[number] = Pull(number, title, body, login, head, base, branches[head], now, now)
        return self._changed(self.all[number])

    def close(self, number: int) -> Pull:
        """Without taking it in."""
        pull = self.get(number)
        if pull.state == "open":
            pull.state, pull.closed = "closed", stamp(self._clock.now())
        return self._changed(pull)

    def reopen(self, number: int) -> Pull:
        """What was merged stays merged."""
        pull = self.get(number)
        if pull.merge or pull.head not in self._bare.branches():
            raise _refused("state cannot be changed. The pull request cannot be reopened.")
        pull.state, pull.closed = "open", None
        return self._changed(pull)

    def merge(self, login: str, number: int) -> Pull:
        """With a merge commit, as somebody. Raises GitHub's 405 where that cannot be done."""
        pull = self.get(number)
        if pull.state != "open" or pull.head not in self._bare.branches():
            raise Refusal(405, "Pull Request is not mergeable")
        whose = f"{self._repository.people[0]}/{pull.head}"
        try:
            made = self._bare.merge(
                pull.base, pull.head, f"Merge pull request #{number} from {whose}\n\n{pull.title}", login
            )
        except Refused as conflict:
            raise Refusal(405, "Pull Request is not mergeable") from conflict
        pull.merge, pull.merged_by, pull.state, pull.closed = made, login, "closed", stamp(self._clock.now())
        return self._changed(pull)

    def changes(self, pull: Pull) -> str:
        """What it would bring in, or has brought in, as git writes it."""
        before = f"{pull.merge}^1" if pull.merge else self._bare.fork(pull.base, pull.sha)
        return self._bare.git("diff", before, pull.merge or pull.sha)

    def shape(self, pull: Pull, shape: Shapes) -> Json:
        """The JSON of GitHub's REST API."""
        url = f"{shape.api}/pulls/{pull.number}"
        ends = {
            name: {"label": f"{shape.owner}:{branch}", "ref": branch, "sha": sha, "repo": shape.repo()}
            for name, branch, sha in (("head", pull.head, pull.sha), ("base", pull.base, self._bare.head(pull.base)))
        }
        return {
            "id": 3_000_000 + pull.number,
            "node_id": f"PR_{pull.number}",
            "number": pull.number,
            "url": url,
            "html_url": f"{shape.html}/pull/{pull.number}",
            "issue_url": f"{shape.api}/issues/{pull.number}",
            "state": pull.state,
            "locked": False,
            "draft": False,
            "title": pull.title,
            "body": pull.body,
            "user": shape.user(pull.login),
            "created_at": pull.created,
            "updated_at": pull.updated,
            "closed_at": pull.closed,
            "merged": bool(pull.merge),
            "merged_at": pull.closed if pull.merge else None,
            "merged_by": shape.user(pull.merged_by) if pull.merge else None,
            "merge_commit_sha": pull.merge or None,
            **ends,
        }

    def _fresh(self, pull: Pull) -> Pull:
        """The pull request with the newest commit of its branch, as long as it is open."""
        if pull.state == "open":
            pull.sha = self._bare.head(pull.head) or pull.sha
        return pull

    def _changed(self, pull: Pull) -> Pull:
        pull.updated = stamp(self._clock.now())
        self._save("pull", str(pull.number), asdict(pull))
        return pull


def _text(given: Json, name: str) -> str:
    value: Any = given.get(name)  # Any: it came from the wire and is judged here
    if not isinstance(value, str) or not value.strip():
        raise invalid("PullRequest", name, "missing_field")
    if name == "title" and len(value) > MAX_TITLE:
        raise invalid(
            "PullRequest", "title", "custom", message=f"title is too long (maximum is {MAX_TITLE} characters)"
        )
    return value


def _refused(message: str) -> Refusal:
    error = {"resource": "PullRequest", "code": "custom", "message": message}
    return Refusal(422, "Validation Failed", [error])
