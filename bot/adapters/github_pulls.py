"""Pull requests on GitHub: how one is made, found and read. Blocking, for a pool."""

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
