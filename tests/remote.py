"""A bare repository on this disk, as a remote that others push to, refuse with, or that is away."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

BRANCH = "master"
_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ana"), ("EMAIL", "ana@example.com"))
}


class Remote:
    """Somebody else's git, in one folder; every commit of theirs lands at once."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        """`files` are there from the beginning, by their paths."""
        self.folder = folder
        folder.mkdir(parents=True)
        self.git("init", "--quiet", "--bare", f"--initial-branch={BRANCH}")
        self.commit(files, "first")

    @property
    def url(self) -> str:
        return str(self.folder)

    def commit(self, files: Mapping[str, str | None], message: str = "a change", branch: str = BRANCH) -> str:
        """Somebody pushes: these files with their new text, or gone. The branch is made where it is not there."""
        parent = self.head(branch)
        self.git("read-tree", parent or "--empty")
        for path, text in files.items():
            blob = "0" * 40 if text is None else self.git("hash-object", "-w", "--stdin", given=text.encode())
            mode = "0" if text is None else "100644"
            self.git("update-index", "--index-info", given=f"{mode} {blob}\t{path}\n".encode())
        tree = self.git("write-tree")
        made = self.git("commit-tree", tree, *(("-p", parent) if parent else ()), "-m", message)
        self.git("update-ref", f"refs/heads/{branch}", made)
        return made

    def head(self, branch: str = BRANCH) -> str:
        """The newest commit; empty where there is no such branch."""
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def files(self, branch: str = BRANCH) -> list[str]:
        """The paths of all files."""
        return self.git("ls-tree", "-r", "--name-only", branch).splitlines()

    def read(self, path: str, branch: str = BRANCH) -> str:
        """The text of a file, to its last byte."""
        return self._run("show", f"{branch}:{path}").decode()

    def log(self, branch: str = BRANCH) -> list[str]:
        """The first line of every commit, the newest first."""
        return self.git("log", "--format=%s", branch).splitlines()

    def refuse(self) -> None:
        """From now on no push is taken, as by a protected branch."""
        hook = self.folder / "hooks" / "pre-receive"
        hook.write_text("#!/bin/sh\nexit 1\n")
        hook.chmod(0o755)

    def accept(self) -> None:
        """Pushes are taken again."""
        (self.folder / "hooks" / "pre-receive").unlink()

    @contextmanager
    def away(self) -> Iterator[None]:
        """The remote cannot be found, as on a disk that is not mounted."""
        elsewhere = self.folder.with_suffix(".away")
        self.folder.rename(elsewhere)
        try:
            yield
        finally:
            elsewhere.rename(self.folder)

    def git(self, *argv: str, given: bytes = b"") -> str:
        """Git, inside it."""
        return self._run(*argv, given=given).decode().strip()

    def _run(self, *argv: str, given: bytes = b"") -> bytes:
        known = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_DIR": str(self.folder)} | _WHO
        return subprocess.run(("git", *argv), input=given, env=known, check=True, capture_output=True).stdout
