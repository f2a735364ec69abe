"""What GitHub's `push` webhook says of a branch that moved."""

from bot.workspace.bare import NOTHING, Bare, Change
from bot.workspace.github.model import Json, Shapes

#: GitHub names no more commits than these in one webhook.
MOST = 2048
_ONE = "%x1e%H%x00%T%x00%an%x00%ae%x00%cI%x00%B%x00"
_WORDS = {"A": "added", "D": "removed"}


def payload(bare: Bare, shape: Shapes, change: Change) -> Json:
    """The whole of it, without who did it being asked for anything."""
    commits = _commits(bare, shape, change)
    gone = change.after == NOTHING
    return {
        "ref": f"refs/heads/{change.branch}",
        "before": change.before,
        "after": change.after,
        "base_ref": None,
        "created": change.before == NOTHING,
        "deleted": gone,
        "forced": False,
        "compare": f"{shape.html}/compare/{change.before[:12]}...{change.after[:12]}",
        "commits": commits,
        "head_commit": commits[-1] if commits else None,
        "repository": shape.repo(),
        "pusher": {"name": change.login, "email": f"{change.login}@users.noreply.github.com"},
        "sender": shape.user(change.login),
    }


def _commits(bare: Bare, shape: Shapes, change: Change) -> list[Json]:
    """What has come to the branch, the oldest first; for a new branch, what no other one had."""
    if change.after == NOTHING:
        return []
    known = [change.before] if change.before != NOTHING else []
    known = known or [commit for name, commit in bare.branches().items() if name != change.branch]
    argv = ("log", "--reverse", f"-{MOST}", "-z", f"--format={_ONE}", "--name-status", "--no-renames")
    listed = bare.git(*argv, change.after, *(f"^{commit}" for commit in known))
    return [_commit(shape, each) for each in listed.split("\x1e")[1:]]


def _commit(shape: Shapes, listed: str) -> Json:
    id, tree, name, email, at, message, *files = listed.split("\0")
    author = {"name": name, "email": email, "username": name, "date": at}
    changed: dict[str, list[str]] = {"added": [], "removed": [], "modified": []}
    named = [word.strip("\n") for word in files if word.strip("\n")]
    for kind, path in zip(named[::2], named[1::2], strict=True):
        changed[_WORDS.get(kind, "modified")].append(path)
    return {
        "id": id,
        "tree_id": tree,
        "distinct": True,
        "message": message.strip("\n"),
        "timestamp": at,
        "url": f"{shape.html}/commit/{id}",
        "author": author,
        "committer": author,
        **changed,
    }
