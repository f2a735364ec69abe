"""Fields that several tools have: a path, a commit, a line; each is refused in its form, before anything is asked."""

from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from bot.adapters import git_asked
from bot.errors import Refused
from bot.incident.text import visible


def _checked(check: Callable[[str], str]) -> Callable[[str], str]:
    """A check of ours, as pydantic knows one; an empty field stays empty."""

    def checked(said: str) -> str:
        try:
            return check(said) if said.strip() else ""
        except Refused as refused:
            raise ValueError(refused.sentence) from None

    return checked


def _text(said: object) -> object:
    return visible(said).strip() if isinstance(said, str) else said


def _line(said: object) -> object:
    return " ".join(visible(said).split()) if isinstance(said, str) else said


#: A file or folder of the infra repository.
RepositoryPath = Annotated[
    str,
    AfterValidator(_checked(git_asked.path)),
    Field(max_length=500, description="A path from the root of the infra repository: stacks/nextcloud/main.tf."),
]
RepositoryPaths = Annotated[
    tuple[RepositoryPath, ...],
    AfterValidator(lambda paths: tuple(path for path in paths if path)),
    Field(max_length=10, description="Only these files and folders, from the root. Empty: everything."),
]
CommitId = Annotated[str, AfterValidator(_checked(git_asked.id)), Field(max_length=40)]
#: Text of several lines, and of one, without what nobody sees.
Text = Annotated[str, BeforeValidator(_text)]
Line = Annotated[str, BeforeValidator(_line), Field(max_length=300)]
