"""Fields that several tools have: a path, a commit, a line; each is refused in its form, before anything is asked."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.adapters import git_asked
from bot.errors import Refused
from bot.incident.text import visible


def _needed(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check of ours, as pydantic knows one."""

    def checked(said: str) -> str:
        try:
            return check(said)
        except Refused as refused:
            raise ValueError(refused.sentence) from None

    return checked


def _optional(check: Callable[[str], str]) -> Callable[[str], str]:
    """The same, where nothing may be said too."""
    checked = _needed(check)
    return lambda said: checked(said) if said.strip() else ""


def _text(said: object) -> object:
    return visible(said).strip() if isinstance(said, str) else said


def _line(said: object) -> object:
    return " ".join(visible(said).split()) if isinstance(said, str) else said


_PATH = Field(max_length=500, description="A path from the root of the infra repository: stacks/nextcloud/main.tf.")
#: A file or folder of the infra repository; the second may be left empty.
NeededPath = Annotated[str, AfterValidator(_needed(git_asked.path)), _PATH]
RepositoryPath = Annotated[str, AfterValidator(_optional(git_asked.path)), _PATH]
RepositoryPaths = Annotated[
    tuple[NeededPath, ...],
    Field(max_length=10, description="Only these files and folders, from the root. Empty: everything."),
]
#: A commit by its id; the second may be left empty.
NeededCommit = Annotated[str, AfterValidator(_needed(git_asked.id)), Field(max_length=40)]
CommitId = Annotated[str, AfterValidator(_optional(git_asked.id)), Field(max_length=40)]
#: Text of several lines, and of one, without what nobody sees.
Text = Annotated[str, BeforeValidator(_text)]
Line = Annotated[str, BeforeValidator(_line), Field(max_length=300)]
