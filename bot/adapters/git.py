"""The infra repository: read at a commit, changed by commits of explicit paths, pushed fast-forward and never by force.

The bot has a mirror of its own and needs no work tree, so nobody's checkout is ever touched. A commit is made of the
tree it began from and the files it names, and of nothing else: an empty index once deleted a whole repository
(`fd0f4a03` of the pipeline that Holdfast replaces).
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bot.adapters import git_words
from bot.adapters.git_mirror import LONGEST, Mirror
from bot.errors import Permanent
from bot.incident.model import Frozen

#: No document is larger. Bytes.
LARGEST = 16 * 1024 * 1024
#: What a file is that we read and write; links and submodules are none.
_FILE, _PROGRAM = "100644", "100755"
#: How far back a marker is looked for.
_RECENT = 1000


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


class _Entry(Frozen):
    """What a tree has under a name."""

    mode: str
    blob: str


class Git:
    """One branch of one remote, through a mirror under `folder`. Only `fetch` and `push` leave the machine."""

    def __init__(self, folder: Path, remote: str, branch: str, token: str = "", seconds: float = LONGEST) -> None:
        """`remote` is an address or a path; `token` is sent as a password where the remote asks for one.

        Raises Permanent for an address or a branch that git would read as something else, or that would show the token.
        """
        self._mirror = Mirror(folder, git_words.remote(remote, token), token, seconds)
        self._branch = git_words.branch(branch)
        self._turn = asyncio.Lock()

    async def fetch(self) -> str:
        """The newest commit of the branch. Raises Temporary when the remote cannot be reached, Permanent when it
        refuses us or has no such branch.
        """
        async with self._turn:
            await self._mirror.tidy()
            where = f"+refs/heads/{self._branch}:refs/heads/{self._branch}"
            await self._mirror.outside("fetch", ("--no-tags", "--no-write-fetch-head"), where)
            return await self._line("rev-parse", "--verify", f"refs/heads/{self._branch}")

    async def push(self, commit: str) -> None:
        """Put the commit at the end of the branch. Raises Moved where the branch has gone on meanwhile, and Permanent
        where the remote refuses it for good, as a protected branch does.
        """
        async with self._turn:
            where = f"{git_words.sha(commit)}:refs/heads/{self._branch}"
            await self._mirror.outside("push", ("--no-verify",), where)

    async def read(self, commit: str, path: str) -> bytes | None:
        """A file as it stands in a commit; None where there is no such file, or a link."""
        entry = await self._entry(commit, path)
        if entry is None:
            return None
        if int(await self._line("cat-file", "-s", entry.blob)) > LARGEST:
            raise Permanent(f"{path} is larger than {LARGEST // 1024 // 1024} MB.")
        return (await self._mirror.must("cat-file", "blob", entry.blob)).out

    async def names(self, commit: str, folder: str) -> tuple[str, ...]:
        """The files right in a folder, by name."""
        found = await self._entries(commit, f"{git_words.path(folder)}/")
        return tuple(sorted(PurePosixPath(path).name for path in found))

    async def changed(self, before: str, after: str, folder: str) -> tuple[str, ...]:
        """The files below a folder that differ between two commits, as paths from the root."""
        two = git_words.sha(before), git_words.sha(after)
        return tuple(sorted(await self._differing(*two, "--", f"{git_words.path(folder)}/")))

    async def find(self, commit: str, marker: str) -> str | None:
        """The newest commit up to this one whose message has a line that is `marker`; how a lost answer is found."""
        wanted = git_words.line(marker)
        argv = ("log", f"-{_RECENT}", "-z", "--format=%H%n%B", "--fixed-strings", f"--grep={wanted}")
        listed = (await self._mirror.must(*argv, git_words.sha(commit))).out.decode(errors="replace")
        for found in listed.split("\0"):
            name, *message = found.split("\n")
            if wanted in message:
                return name
        return None

    async def commit(self, parent: str, change: Commit) -> str:
        """Make the commit in the mirror; the parent itself where nothing would change. The same change on the same
        parent is the same commit, however often.

        Raises Permanent where it would change anything but the files it names, or would not change one of those.
        """
        parent = git_words.sha(parent)
        async with self._turn:
            tree = await self._tree(parent, change.files)
        touched = await self._differing(parent, tree)
        if not touched <= set(change.files):
            raise Permanent("The commit would have changed files that nobody named, so it was not made.")
        for path, content in change.files.items():
            if (await self.read(tree, path)) != content:
                raise Permanent(f"git did not take {path}, so the commit was not made.")
        if not touched:
            return parent
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in (
                ("NAME", git_words.line(change.author.name)),
                ("EMAIL", git_words.line(change.author.email)),
                ("DATE", f"@{int(change.at.timestamp())} +0000"),
            )
        }
        message = change.message.replace("\0", "").encode(errors="replace")
        argv = ("commit-tree", tree, "-p", parent, "-F", "-")
        return (await self._mirror.must(*argv, given=message, environment=who)).out.decode().strip()

    async def _tree(self, parent: str, files: Mapping[str, bytes | None]) -> str:
        """The parent's tree with these files; in an index of its own, so that a killed one leaves nothing behind."""
        with TemporaryDirectory(prefix="holdfast-index-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            await self._mirror.must("read-tree", parent, environment=index)
            lines = [await self._change(parent, path, content) for path, content in files.items()]
            argv = ("update-index", "-z", "--index-info")
            await self._mirror.must(*argv, given=b"".join(lines), environment=index)
            return (await self._mirror.must("write-tree", environment=index)).out.decode().strip()

    async def _change(self, parent: str, path: str, content: bytes | None) -> bytes:
        """A line for `update-index`: the file with its content and the mode it had, or mode 0 to take it away."""
        name = git_words.path(path).encode(errors="surrogateescape")
        if content is None:
            return b"0 " + b"0" * 40 + b"\t" + name + b"\0"
        had = await self._entry(parent, path)
        blob = (await self._mirror.must("hash-object", "-w", "--stdin", given=content)).out.strip()
        return (had.mode if had else _FILE).encode() + b" " + blob + b"\t" + name + b"\0"

    async def _entry(self, tree: str, path: str) -> _Entry | None:
        return (await self._entries(tree, git_words.path(path))).get(path)

    async def _entries(self, tree: str, pattern: str) -> dict[str, _Entry]:
        """The files that a tree has right under a path, by their paths."""
        listed = await self._mirror.must("ls-tree", "-z", git_words.sha(tree), "--", pattern)
        found = {}
        for line in filter(None, listed.out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            if mode in (_FILE, _PROGRAM):
                found[path.decode(errors="surrogateescape")] = _Entry(mode=mode, blob=blob)
        return found

    async def _differing(self, *argv: str) -> set[str]:
        listed = await self._mirror.must("diff-tree", "-r", "-z", "--name-only", *argv)
        return {path.decode(errors="surrogateescape") for path in listed.out.split(b"\0") if path}

    async def _line(self, *argv: str) -> str:
        return (await self._mirror.must(*argv)).out.decode().strip()
