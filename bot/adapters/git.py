"""The infra repository: read at a commit, changed by commits of explicit paths, pushed fast-forward and never by force.

The bot has a mirror of its own and needs no work tree, so nobody's checkout is ever touched. A commit is made of the
tree it began from and the files it names, and of nothing else: an empty index once deleted a whole repository
(`fd0f4a03` of the pipeline that Holdfast replaces).
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bot.adapters.process import Ended, run
from bot.errors import Permanent, Temporary
from bot.incident.model import Frozen

#: The longest that one command may take: a clone of a large repository over a slow line. Seconds.
LONGEST = 300.0
#: No document is larger. Bytes.
LARGEST = 16 * 1024 * 1024
_SHA = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_BRANCH = re.compile(r"(?!.*(?:\.\.|//|@\{|\.lock$|/$|\.$))[A-Za-z0-9_][A-Za-z0-9_./-]{0,200}")
_REMOTE = re.compile(r"(?!-)(?![\w+.-]+::)[^\s\0]{1,1000}")
_PASSWORD = re.compile(r"//[^/@]*:[^/@]*@")
#: No configuration of the machine, no hooks, no questions, no other protocols, and git's words in English.
_ASKPASS = """#!/bin/sh
case "$1" in
    Username*) echo x-access-token ;;
    *) echo "$HOLDFAST_GIT_TOKEN" ;;
esac
"""
_QUIET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ALLOW_PROTOCOL": "file:https:http:ssh",
    "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    "LC_ALL": "C",
}
_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", "-c", "credential.helper=")
_REFUSED = re.compile(r"\[(?:remote )?rejected\]|non-fast-forward|fetch first|cannot lock ref|stale info")
_FORBIDDEN = re.compile(
    r"Authentication failed|could not read Username|Permission denied|HTTP (?:401|403)|returned error: 40[13]"
)
_NOT_THERE = re.compile(r"couldn't find remote ref|Repository not found|does not appear to be a git repository")


class Moved(Temporary):
    """The branch has other commits by now: look at it again, and make the commit anew on top of them."""


class Author(Frozen):
    """Who a commit is by."""

    name: str
    email: str


class Commit(Frozen):
    """A change of explicit files. `files` are paths from the root with their new content, None where one goes away."""

    message: str
    files: dict[str, bytes | None]
    at: datetime
    author: Author


class Git:
    """One branch of one remote, through a mirror under `folder`. Only `fetch` and `push` leave the machine."""

    def __init__(self, folder: Path, remote: str, branch: str, token: str = "", seconds: float = LONGEST) -> None:
        """`remote` is an address or a path; `token` is sent as a password where the remote asks for one.

        Raises Permanent for an address or a branch that git would read as something else.
        """
        if not _REMOTE.fullmatch(remote) or _PASSWORD.search(remote):
            raise Permanent("The repository's address is none that Holdfast uses: no options, no password in it.")
        if not _BRANCH.fullmatch(branch):
            raise Permanent(f"“{branch}” is no name of a branch.")
        self._mirror = folder / "mirror.git"
        self._askpass = folder / "askpass"
        self._remote, self._branch, self._token, self._seconds = remote, branch, token, seconds
        self._turn = asyncio.Lock()

    async def fetch(self) -> str:
        """The newest commit of the branch. Raises Temporary when the remote cannot be reached, Permanent when it
        refuses us or has no such branch.
        """
        async with self._turn:
            await self._begin()
            self._unlock()
            where = f"+refs/heads/{self._branch}:refs/heads/{self._branch}"
            await self._outside("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--", self._remote, where)
            return await self._line("rev-parse", "--verify", f"refs/heads/{self._branch}")

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as it stands in a commit; None where there is no such file."""
        place = f"{_sha(commit)}:{_path(path)}"
        if (await self._git("cat-file", "-t", place)).out.strip() != b"blob":
            return None
        if int(await self._line("cat-file", "-s", place)) > LARGEST:
            raise Permanent(f"{path} is larger than {LARGEST // 1024 // 1024} MB.")
        return (await self._must("cat-file", "blob", place)).out

    async def names(self, commit: str, folder: str) -> tuple[str, ...]:
        """The files right in a folder, by name."""
        listed = await self._must("ls-tree", "-z", "--", f"{_sha(commit)}", f"{_path(folder)}/")
        entries = [entry.partition(b"\t") for entry in listed.out.split(b"\0") if entry]
        files = [path for kind, _, path in entries if kind.split(b" ")[1] == b"blob"]
        return tuple(sorted(PurePosixPath(path.decode(errors="surrogateescape")).name for path in files))

    async def changed(self, before: str, after: str, folder: str) -> tuple[str, ...]:
        """The files below a folder that differ between two commits, as paths from the root."""
        argv = ("diff-tree", "-r", "-z", "--name-only", _sha(before), _sha(after), "--", f"{_path(folder)}/")
        listed = await self._must(*argv)
        return tuple(sorted(path.decode(errors="surrogateescape") for path in listed.out.split(b"\0") if path))

    async def find(self, commit: str, marker: str) -> str | None:
        """The newest commit up to this one whose message has a line that is `marker`; how a lost answer is found."""
        argv = ("log", "-1", "--format=%H", "--fixed-strings", f"--grep={marker}", _sha(commit))
        found = await self._line(*argv)
        return found or None

    async def commit(self, parent: str, change: Commit) -> str:
        """Make the commit in the mirror. The same change on the same parent is the same commit, however often.

        Raises Permanent where it would change anything but the files it names.
        """
        parent = _sha(parent)
        async with self._turn:
            tree = await self._tree(parent, change.files)
        differs = await self._must("diff-tree", "-r", "-z", "--name-only", parent, tree)
        touched = {path.decode(errors="surrogateescape") for path in differs.out.split(b"\0") if path}
        if not touched <= set(change.files):
            raise Permanent("The commit would have changed files that nobody named, so it was not made.")
        stamp = f"{int(change.at.timestamp())} +0000"
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", change.author.name), ("EMAIL", change.author.email), ("DATE", stamp))
        }
        message = change.message.encode(errors="replace")
        argv = ("commit-tree", tree, "-p", parent, "-F", "-")
        return (await self._must(*argv, given=message, environment=who)).out.decode().strip()

    async def push(self, commit: str) -> None:
        """Put the commit at the end of the branch. Raises Moved where the branch has gone on meanwhile."""
        async with self._turn:
            where = f"{_sha(commit)}:refs/heads/{self._branch}"
            await self._outside("push", "--quiet", "--no-verify", "--", self._remote, where)

    async def _tree(self, parent: str, files: Mapping[str, bytes | None]) -> str:
        """The parent's tree with these files; in an index of its own, so that a killed one leaves nothing behind."""
        with TemporaryDirectory(prefix="holdfast-index-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            await self._must("read-tree", parent, environment=index)
            lines = [await self._entry(path, content) for path, content in files.items()]
            await self._must("update-index", "-z", "--index-info", given=b"".join(lines), environment=index)
            return (await self._must("write-tree", environment=index)).out.decode().strip()

    async def _entry(self, path: str, content: bytes | None) -> bytes:
        """A line for `update-index`: the file with its content, or mode 0 to take it away."""
        name = _path(path).encode(errors="surrogateescape")
        if content is None:
            return b"0 " + b"0" * 40 + b"\t" + name + b"\0"
        blob = (await self._must("hash-object", "-w", "--stdin", given=content)).out.strip()
        return b"100644 " + blob + b"\t" + name + b"\0"

    async def _begin(self) -> None:
        if not (self._mirror / "HEAD").exists():
            self._mirror.mkdir(parents=True, exist_ok=True)
            await self._must("init", "--quiet", "--bare", ".")
        if self._token and not self._askpass.exists():
            # git asks a program; the program knows nothing but the name of a variable
            self._askpass.touch(mode=0o700)
            self._askpass.write_text(_ASKPASS)

    def _unlock(self) -> None:
        """Take away locks of a git that was killed: nobody holds one for longer than a command may take."""
        now = self._mirror / "holdfast-now"
        now.touch()
        oldest = now.stat().st_mtime - self._seconds
        for lock in self._mirror.rglob("*.lock"):
            with suppress(FileNotFoundError):
                if lock.stat().st_mtime < oldest:
                    lock.unlink()

    async def _outside(self, *argv: str) -> None:
        secret = {"GIT_ASKPASS": str(self._askpass), "HOLDFAST_GIT_TOKEN": self._token} if self._token else {}
        ended = await self._git(*argv, environment=secret)
        if ended.code == 0:
            return
        said = self._words(ended)
        if _REFUSED.search(ended.err):
            raise Moved(f"{self._branch} has moved on.")
        if _FORBIDDEN.search(ended.err):
            raise Permanent(f"The repository refuses Holdfast: {said}")
        if _NOT_THERE.search(ended.err):
            raise Permanent(f"The repository or its branch {self._branch} is not there: {said}")
        raise Temporary(f"The repository cannot be reached: {said}")

    def _words(self, ended: Ended) -> str:
        """The last thing that git said, without our secret."""
        lines = [line for line in ended.err.splitlines() if line.strip()]
        said = lines[-1] if lines else f"git ended with {ended.code}"
        return (said.replace(self._token, "…") if self._token else said)[:300]

    async def _line(self, *argv: str) -> str:
        return (await self._must(*argv)).out.decode().strip()

    async def _must(self, *argv: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Ended:
        ended = await self._git(*argv, given=given, environment=environment)
        if ended.code:
            raise Permanent(f"git could not {argv[0]}: {self._words(ended)}")
        return ended

    async def _git(self, *argv: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Ended:
        whole: Sequence[str] = ("git", *_SAFE, *argv)
        known = _QUIET | {"GIT_DIR": str(self._mirror)} | dict(environment or {})
        return await run(whole, folder=self._mirror, seconds=self._seconds, environment=known, given=given)


def _sha(commit: str) -> str:
    if not _SHA.fullmatch(commit):
        raise Permanent("That is no id of a commit.")
    return commit


def _path(path: str) -> str:
    """A path from the root of the repository. Raises Permanent for one that leads out of it, or into git's own."""
    parts = path.split("/")
    if not path or "\0" in path or any(part in {"", ".", ".."} or part.casefold() == ".git" for part in parts):
        raise Permanent(f"“{path[:100]}” is no path in the repository.")
    return path
