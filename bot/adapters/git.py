"""The infra repository: read at a commit, changed by commits of explicit paths, pushed fast-forward and never by force.

The bot has a mirror of its own and needs no work tree, so nobody's checkout is ever touched. A commit is made of the
tree it began from and the files it names, and of nothing else: an empty index once deleted a whole repository
(`fd0f4a03` of the pipeline that Holdfast replaces).
"""

import asyncio
from datetime import datetime
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from bot.adapters import git_blobs, git_words
from bot.adapters.git_blobs import FILE, PROGRAM
from bot.adapters.git_mirror import LONGEST, Mirror
from bot.errors import Permanent
from bot.incident.model import Frozen

#: No document is larger. Bytes.
LARGEST = 16 * 1024 * 1024
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
    """One remote and its main branch, through a mirror under `folder`. Only `fetch` and `push` leave the machine."""

    def __init__(
        self, folder: Path, remote: str, branch: str, token: str = "", seconds: float = LONGEST, pushing: str = ""
    ) -> None:
        """`remote` is an address or a path; `token` is sent as a password where the remote asks for one, and `pushing`
        instead of it for a push, where that is given.

        Raises Permanent for an address or a branch that git would read as something else, or that would show the token.
        """
        self._mirror = Mirror(folder, git_words.remote(remote, token or pushing), token, seconds)
        self._pushing = Mirror(folder, remote, pushing, seconds) if pushing else self._mirror
        self._branch = git_words.branch(branch)
        self._turn = asyncio.Lock()

    def hurried(self, seconds: float) -> Mirror:
        """The mirror, for questions that may take only so long."""
        return self._mirror.hurried(seconds)

    async def fetch(self, branch: str = "") -> str:
        """The newest commit of the main branch, or of another. Raises Temporary when the remote cannot be reached,
        NoBranch where there is no such branch, and Permanent when it refuses us.
        """
        ref = f"refs/heads/{git_words.branch(branch or self._branch)}"
        async with self._turn:
            await self._mirror.tidy()
            await self._mirror.outside("fetch", ("--no-tags", "--no-write-fetch-head"), f"+{ref}:{ref}")
            return await self._line("rev-parse", "--verify", ref)

    async def push(self, commit: str, branch: str = "", *, dry: bool = False) -> None:
        """Put the commit at the end of the main branch, or of another, which is made where it is not there.

        Raises Moved where the branch has gone on meanwhile, and Permanent where the remote refuses it for good, as a
        protected branch does. `dry`: only ask, as far as the remote tells before it is pushed.
        """
        where = f"{git_words.sha(commit)}:refs/heads/{git_words.branch(branch or self._branch)}"
        async with self._turn:
            await self._pushing.outside("push", ("--no-verify", *(("--dry-run",) if dry else ())), where)

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

    async def read_all(self, commit: str, folder: str) -> dict[str, bytes]:
        """The files right in a folder, by name; what is larger than LARGEST is left out."""
        listed = await self._mirror.must(
            "ls-tree", "-l", "-z", git_words.sha(commit), "--", f"{git_words.path(folder)}/"
        )
        return await git_blobs.read(self._mirror, git_blobs.listed(listed.out, LARGEST))

    async def is_folder(self, commit: str, path: str) -> bool:
        """Whether a commit has a folder of that path."""
        return bool((await self._mirror.must("ls-tree", "-d", git_words.sha(commit), "--", git_words.path(path))).out)

    async def knows(self, commit: str) -> bool:
        """Whether the mirror has that commit; one that a rewritten branch has lost may be gone."""
        asked = f"{git_words.sha(commit)}\n".encode()
        return b" commit " in (await self._mirror.must("cat-file", "--batch-check", given=asked)).out

    async def contains(self, head: str, commit: str) -> bool:
        """Whether `commit` is `head`, or somewhere below it."""
        argv = ("rev-list", "-1", git_words.sha(commit), f"^{git_words.sha(head)}")
        return not (await self._mirror.must(*argv)).out

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
            lines = [await self._change(parent, path, content) for path, content in change.files.items()]
            tree = await self._tree(parent, lines)
        touched = await self._differing(parent, tree)
        if not touched <= set(change.files):
            raise Permanent("The commit would have changed files that nobody named, so it was not made.")
        for path, content in change.files.items():
            if (await self.read(tree, path)) != content:
                raise Permanent(f"git did not take {path}, so the commit was not made.")
        return await self._committed(tree, parent, change) if touched else parent

    async def replace(self, parent: str | None, change: Commit) -> str:
        """Make a commit that has these files and no others, as the first of a branch where there is no parent; the
        parent itself where nothing would change. Raises Permanent where git would make something else of it.
        """
        had = await self._whole(git_words.sha(parent)) if parent else {}
        files = {git_words.path(path): content for path, content in change.files.items() if content is not None}
        wanted = {path: (FILE, git_blobs.identity(content)) for path, content in files.items()}
        if parent and had == wanted:
            return parent
        async with self._turn:
            new = {blob for _, blob in wanted.values()} - {blob for _, blob in had.values()}
            for path, content in files.items():
                if wanted[path][1] in new:
                    await self._mirror.must("hash-object", "-w", "--stdin", given=content)
            tree = await self._tree(None, [_line(*wanted[path], path) for path in files])
        if await self._whole(tree) != wanted:
            raise Permanent("git did not take the files as they are, so the commit was not made.")
        return await self._committed(tree, parent, change)

    async def _committed(self, tree: str, parent: str | None, change: Commit) -> str:
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
        argv = ("commit-tree", tree, *(("-p", parent) if parent else ()), "-F", "-")
        return (await self._mirror.must(*argv, given=message, environment=who)).out.decode().strip()

    async def _tree(self, parent: str | None, lines: list[bytes]) -> str:
        """The parent's tree with these changes; in an index of its own, so that a killed one leaves nothing behind."""
        with TemporaryDirectory(prefix="holdfast-index-") as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
            await self._mirror.must("read-tree", parent or "--empty", environment=index)
            argv = ("update-index", "-z", "--index-info")
            await self._mirror.must(*argv, given=b"".join(lines), environment=index)
            return (await self._mirror.must("write-tree", environment=index)).out.decode().strip()

    async def _change(self, parent: str, path: str, content: bytes | None) -> bytes:
        """A line for `update-index`: the file with its content and the mode it had, or mode 0 to take it away."""
        if content is None:
            return _line("0", "0" * 40, path)
        had = await self._entry(parent, path)
        blob = (await self._mirror.must("hash-object", "-w", "--stdin", given=content)).out.decode().strip()
        return _line(had.mode if had else FILE, blob, path)

    async def _entry(self, tree: str, path: str) -> _Entry | None:
        return (await self._entries(tree, git_words.path(path))).get(path)

    async def _entries(self, tree: str, pattern: str) -> dict[str, _Entry]:
        """The files that a tree has right under a path, by their paths."""
        listed = await self._mirror.must("ls-tree", "-z", git_words.sha(tree), "--", pattern)
        found = {}
        for line in filter(None, listed.out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob = about.decode().split(" ")
            if mode in (FILE, PROGRAM):
                found[path.decode(errors="surrogateescape")] = _Entry(mode=mode, blob=blob)
        return found

    async def _whole(self, tree: str) -> dict[str, tuple[str, str]]:
        """Everything that a tree has, at any depth: mode and id by path."""
        found = {}
        for line in filter(None, (await self._mirror.must("ls-tree", "-r", "-z", tree)).out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, id = about.decode().split(" ")
            found[path.decode(errors="surrogateescape")] = (mode, id)
        return found

    async def _differing(self, *argv: str) -> set[str]:
        listed = await self._mirror.must("diff-tree", "-r", "-z", "--name-only", *argv)
        return {path.decode(errors="surrogateescape") for path in listed.out.split(b"\0") if path}

    async def _line(self, *argv: str) -> str:
        return (await self._mirror.must(*argv)).out.decode().strip()


def _line(mode: str, blob: str, path: str) -> bytes:
    """A line for `update-index`."""
    return f"{mode} {blob}\t".encode() + git_words.path(path).encode(errors="surrogateescape") + b"\0"
