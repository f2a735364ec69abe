"""What `holdfast.yml` says about post-mortems: the repository they are in, how they get there, and whom they name."""

import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from bot.incident.model import Frozen

_BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock$|/$|\.$))[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}")
_LONGEST_TITLE = 100
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")
#: They would change which program is run, or how.
_NEVER = frozenset({"PATH", "HOME", "SHELL", "ENV", "BASH_ENV", "IFS", "TF_CLI_CONFIG_FILE", "TF_DATA_DIR", "TF_LOG"})


def _remote(value: str) -> str:
    parts = urlsplit(value) if "://" in value else None
    told = parts is not None and (parts.password or (parts.username and parts.scheme in {"http", "https"}))
    if told or value.startswith("-") or "::" in value or any(c.isspace() for c in value):
        raise ValueError("an address such as https://github.com/example/infra.git, without a password or token in it")
    return value


def _branch(value: str) -> str:
    if not _BRANCH.fullmatch(value):
        raise ValueError("the name of a branch such as master")
    return value


def _folder(value: str) -> str:
    parts = value.split("/")
    if any(part in {"", ".", ".."} or part.casefold() == ".git" or not part.isprintable() for part in parts):
        raise ValueError("a folder's path from the root of the repository, such as docs/post-mortems")
    return value


def _site_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or parts.password):
        raise ValueError("an address such as https://example.github.io/infra, without a password in it")
    return value


def _title(value: str) -> str:
    if not value.strip() or not value.isprintable() or len(value) > _LONGEST_TITLE:
        raise ValueError(f"one line of at most {_LONGEST_TITLE} characters")
    return value


def _name(value: str) -> str:
    if not _VARIABLE.fullmatch(value):
        raise ValueError("the name of an environment variable such as KUBE_CONFIG_PATH")
    if value.startswith(("TF_CLI_ARGS", "TF_VAR_", "LD_", "GIT_")) or value in _NEVER:
        raise ValueError("another name: this one would change what is run, and is never handed on")
    return value


class RepositoryKeys(Frozen):
    """The infra repository. Without `path` and `remote` there is none, and everything else works."""

    path: str = Field(
        default="",
        description="A checkout whose `origin` is the remote, where `remote` is empty. It is only ever read.",
    )
    remote: Annotated[str, AfterValidator(_remote)] = Field(
        default="", description="The address that git fetches from and pushes to. Empty: the `origin` of `path`."
    )
    branch: Annotated[str, AfterValidator(_branch)] = Field(
        default="master", description="The branch that post-mortems are on."
    )
    postmortems: Annotated[str, AfterValidator(_folder)] = Field(
        default="docs/post-mortems", description="The folder of post-mortems, from the root of the repository."
    )

    plan: tuple[str, ...] = Field(
        default=(),
        description="The command that plans a stack, its last word `plan`, such as `[terraform, plan]` or "
        "`[scripts/tg, plan]`. Others are made by replacing that word. Empty: no change can be planned, nor applied.",
    )
    stacks: Annotated[str, AfterValidator(_folder)] = Field(
        default="stacks", description="The folder of stacks, from the root of the repository."
    )
    modules: Annotated[str, AfterValidator(_folder)] = Field(
        default="modules", description="The folder of modules that stacks share; nothing there is ever changed."
    )
    runbooks: Annotated[str, AfterValidator(_folder)] = Field(
        default="docs/runbooks", description="The folder of runbooks."
    )
    plan_env: tuple[Annotated[str, AfterValidator(_name)], ...] = Field(
        default=(), description="Names of environment variables that planning is given; it gets no others."
    )
    apply_env: tuple[Annotated[str, AfterValidator(_name)], ...] = Field(
        default=(), description="Names of environment variables that applying is given; it gets no others."
    )

    @property
    def is_set(self) -> bool:
        """Whether there is a repository."""
        return bool(self.path or self.remote)


class PublishKeys(Frozen):
    """How post-mortems are published."""

    how: Literal["push", "pull_request"] = Field(
        default="push", description="`push` straight to the branch, or `pull_request` for a person to merge."
    )
    pages_branch: Annotated[str, AfterValidator(lambda value: _branch(value) if value else "")] = Field(
        default="gh-pages", description="The branch that the site is pushed to, for GitHub Pages. Empty: no site."
    )
    title: Annotated[str, AfterValidator(_title)] = Field(
        default="Post-mortems", description="What the site is called."
    )
    url: Annotated[str, AfterValidator(_site_url)] = Field(
        default="", description="The public address of the site. Empty: nobody is sent there, and nothing is looked at."
    )


class PostmortemKeys(Frozen):
    """What post-mortems say."""

    names: Literal["people", "roles"] = Field(
        default="roles", description="Whether post-mortems name `people`, or only the `roles` that they had."
    )


def problems(repository: RepositoryKeys, publish: PublishKeys) -> tuple[str, ...]:
    """A sentence for everything in which the two do not fit together."""
    found = []
    if repository.plan and repository.plan[-1] != "plan":
        found.append("repository.plan: its last word has to be plan; the others are made by replacing it.")
    if repository.model_fields_set and not repository.is_set:
        found.append("repository: neither path nor remote is set, so Holdfast cannot tell where the repository is.")
    if publish.pages_branch == repository.branch:
        found.append(
            f"publish.pages_branch: {publish.pages_branch!r} is the branch of the documents; the site needs its own."
        )
    return tuple(found)
