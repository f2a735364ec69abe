"""A small infra repository with stacks that the real Terraform plans and applies, and a state outside of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.adapters.git import Author, Git
from bot.adapters.stacks import Stacks
from bot.adapters.terraform import PlanResult, Terraform
from bot.change.model import Bound
from bot.redact import Redactor
from tests.remote import BRANCH, Remote

STACK = "stacks/nextcloud"
ID = "6f10ae5f-7e19-4996-57a3-740f4f1f67e0"


def needs_terraform() -> None:
    """Skips the test, loudly, where Terraform is not installed."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not installed here, so it cannot be shown with the real one")


def main_tf(state: Path, body: str) -> str:
    """A stack whose state is one file outside of the repository."""
    return f'terraform {{\n  backend "local" {{\n    path = "{state}"\n  }}\n}}\n\n{body}\n'


class Infra:
    """A remote, our mirror of it, and Terraform on top."""

    def __init__(self, folder: Path, body: str, more: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.state = folder / "state.json"
        self.remote = Remote(folder / "infra.git", {f"{STACK}/main.tf": main_tf(self.state, body)} | dict(more or {}))
        self.git = Git(folder / "mirror", self.remote.url, BRANCH)
        self.stacks = Stacks(self.git, "stacks", Author(name="Holdfast", email="holdfast@example.com"))
        self.lines: list[str] = []

    def odd(self, path: str, content: str, mode: str = "120000") -> str:
        """Somebody pushes a link to `content`, or another entry that is no plain file: the new commit."""
        git = self.remote.git
        blob = self.remote.head() if mode == "160000" else git("hash-object", "-w", "--stdin", given=content.encode())
        git("read-tree", BRANCH)
        git("update-index", "--add", "--cacheinfo", f"{mode},{blob},{path}")
        made = git("commit-tree", git("write-tree"), "-p", BRANCH, "-m", "something odd")
        git("update-ref", f"refs/heads/{BRANCH}", made)
        return made

    def terraform(
        self,
        command: tuple[str, ...] = ("terraform", "plan"),
        plan_env: Mapping[str, str] | None = None,
        apply_env: Mapping[str, str] | None = None,
        seconds: float = 60,
    ) -> Terraform:
        return Terraform(command, self.folder / "work", plan_env or {}, apply_env or {}, Redactor(), seconds)

    async def said(self, line: str) -> None:
        """What people are told."""
        self.lines.append(line)

    async def planned(self, terraform: Terraform, change_id: str = ID) -> tuple[PlanResult, Bound]:
        """The newest commit, planned, and what a click would bind."""
        commit = await self.git.fetch()
        result = await terraform.plan(change_id, self.stacks, commit, STACK, self.said)
        tree = await self.stacks.tree(commit, STACK)
        return result, Bound(commit=commit, tree=tree, plan=result.sha256, verdict="v", inputs=result.inputs)
