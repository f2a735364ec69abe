"""Pull requests on GitHub: how one is made, found and read. Blocking, for a pool."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Literal

from github.PullRequest import PullRequest
from github.Repository import Repository

from bot.incident.model import Frozen


class Made(Frozen):
    """A new pull request: its number and its page."""

    number: int
    url: str


class Pull(Frozen):
    """How a pull request stands."""

    number: int
    url: str
    state: Literal["open", "merged", "closed"]


#: As many closed pull requests one look takes in.
ENOUGH = 100


class Merged(Frozen):
    """A pull request that was merged: whose it was, when, and which commit that made on the branch."""

    number: int
    url: str
    title: str
    body: str
    login: str
    commit: str
    at: datetime


def create(repository: Repository, title: str, body: str, head: str, base: str) -> Made:
    """Ask for `head` to be taken into `base`; both are branches of the repository."""
    made = repository.create_pull(base=base, head=head, title=title, body=body)
    return Made(number=made.number, url=made.html_url)


def find(repository: Repository, owner: str, head: str) -> Pull | None:
    """The newest of a branch. GitHub passes over a filter that it cannot read, so the answer is looked at too."""
    listed = repository.get_pulls(state="all", sort="created", direction="desc", head=f"{owner}:{head}")
    return next((pull(found) for found in listed if found.head.ref == head), None)


def pull(found: PullRequest) -> Pull:
    """GitHub calls a merged one closed."""
    merged = found.merged_at is not None
    return Pull(
        number=found.number,
        url=found.html_url,
        state="merged" if merged else "open" if found.state == "open" else "closed",
    )


def merged(repository: Repository, base: str, since: datetime) -> Sequence[Merged]:
    """Those that were merged into a branch since then, what changed last first. Whoever merges one changes it."""
    found: list[Merged] = []
    for each in islice(repository.get_pulls(state="closed", sort="updated", direction="desc", base=base), ENOUGH):
        if each.updated_at is not None and _aware(each.updated_at) < since:
            break
        if each.merged_at is not None and _aware(each.merged_at) >= since and each.base.ref == base:
            found.append(
                Merged(
                    number=each.number,
                    url=each.html_url,
                    title=each.title,
                    body=each.body or "",
                    login=(each.raw_data.get("user") or {}).get("login", ""),
                    commit=each.merge_commit_sha or "",
                    at=_aware(each.merged_at),
                )
            )
    return found


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)
