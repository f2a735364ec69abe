"""The infra repository as changes see it: its stacks at a commit, commits of our own, and what differs between two."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath

from bot.adapters import checkout, git_blobs, git_words
from bot.adapters.checkout import LINK, SUBMODULE, Entry
from bot.adapters.git import Author, Commit, Git
from bot.adapters.git_blobs import Listed
from bot.adapters.git_mirror import LONGEST, Mirror
from bot.adapters.process import MOST
from bot.change.gates.diff import Touched
from bot.errors import Permanent

#: How many files are read at once when a commit is put on disk.
_AT_ONCE = 200
#: What stands right in a folder above a stack and ends so is no part of a plan.
_UNREAD = (".md", ".txt")


class Stacks:
    """Stacks below `folder` of one repository, in our own mirror. Nothing here asks the remote, and nothing is pushed.

    Paths are from the root of the repository. Every method raises Permanent for what is no commit or no path.
    """

    def __init__(self, git: Git, folder: str, author: Author) -> None:
        self.folder = folder
        self._git = git
        self._author = author
        self._mirror: Mirror = git.hurried(LONGEST)

    async def names(self, commit: str) -> tuple[str, ...]:
        """The stacks, such as `stacks/nextcloud`, sorted."""
        listed = await self._list(commit, f"{git_words.path(self.folder)}/", "-d")
        return tuple(sorted(path for mode, _, path in listed if mode == "040000"))

    async def links(self, commit: str) -> frozenset[str]:
        """Every path that is a link or a submodule, anywhere in the repository."""
        listed = await self._list(commit, option="-r")
        return frozenset(path for mode, _, path in listed if mode in (LINK, SUBMODULE))

    async def tree(self, commit: str, path: str) -> str:
        """git's name of the folder's tree; empty where there is no such folder, or it lies behind a link."""
        listed = await self._list(commit, git_words.path(path), "-d")
        return next((id for mode, id, found in listed if mode == "040000" and found == path), "")

    async def text(self, commit: str, path: str) -> str | None:
        """A file; None where there is none. Raises Permanent for a link, and for one that is no text."""
        listed = await self._list(commit, git_words.path(path))
        if any(mode in (LINK, SUBMODULE) and found == path for mode, _, found in listed):
            raise Permanent(f"{path} is a link, and links are not followed.")
        content = await self._git.read(commit, path)
        try:
            return None if content is None else content.decode()
        except UnicodeDecodeError as error:
            raise Permanent(f"{path} is not UTF-8 text.") from error

    async def made(self, base: str, files: Mapping[str, str | None], message: str, at: datetime) -> str:
        """A commit of these files on `base`, with their new text, or None where one goes away; in our mirror only.

        The same change on the same base is the same commit, however often; `base` itself where nothing changes.
        """
        try:
            contents = {path: None if text is None else text.encode() for path, text in files.items()}
        except UnicodeEncodeError as error:
            raise Permanent("A file of the change is no text that can be written.") from error
        return await self._git.commit(base, Commit(message=message, files=contents, at=at, author=self._author))

    async def touched(self, base: str, commit: str) -> tuple[Touched, ...]:
        """What differs between two commits, as git tells it, renames detected."""
        two = git_words.sha(base), git_words.sha(commit)
        out = (await self._mirror.must("diff-tree", "-r", "-z", "--raw", "-M", "--no-abbrev", *two)).out
        words = iter(out.decode(errors="surrogateescape").split("\0"))
        found = []
        while about := next(words, ""):
            old_mode, new_mode, _, _, status = about.removeprefix(":").split(" ")
            path = next(words)
            old_path, path = (path, next(words)) if status[0] in "RC" else ("", path)
            found.append(Touched(path=path, status=status[0], old_mode=old_mode, new_mode=new_mode, old_path=old_path))
        return tuple(found)

    async def entries(self, commit: str) -> tuple[Entry, ...]:
        """Every file and link of the commit. Raises Permanent for a path that cannot be put on disk safely."""
        out = (await self._mirror.must("ls-tree", "-r", "-l", "-z", "--full-tree", git_words.sha(commit))).out
        found = []
        for line in filter(None, out.split(b"\0")):
            about, _, path = line.partition(b"\t")
            mode, _, blob, size = about.decode().split()
            if mode != SUBMODULE:
                name = git_words.path(path.decode(errors="surrogateescape"))
                found.append(Entry(path=name, mode=mode, blob=blob, size=int(size)))
        return tuple(found)

    async def put(self, commit: str, folder: Path) -> None:
        """Write the whole tree of the commit into an empty folder, as fresh files that only we can read.

        There is no `.git`, nothing of a submodule, and no link that leads out of the tree. Raises Permanent for a file
        that is too large to be read.
        """
        entries = await self.entries(commit)
        if large := next((each.path for each in entries if each.size >= MOST // 2), ""):
            raise Permanent(f"{large} is larger than {MOST // 2 // 1024 // 1024} MB, so the commit is not put on disk.")
        files = [each for each in entries if each.mode != LINK]
        for start in range(0, len(files), _AT_ONCE):
            now = files[start : start + _AT_ONCE]
            await asyncio.to_thread(checkout.write_files, folder, now, await self._contents(now))
        links = [each for each in entries if each.mode == LINK]
        await asyncio.to_thread(checkout.write_links, folder, await self._contents(links))

    async def _contents(self, entries: list[Entry]) -> dict[str, bytes]:
        return await git_blobs.read(
            self._mirror, [Listed(name=each.path, blob=each.blob, size=each.size) for each in entries]
        )

    async def above(self, commit: str, stack: str) -> tuple[tuple[str, str], ...]:
        """The files right in the root and in each folder above a stack, by path with git's name of their content.

        A wrapper of Terraform reads its configuration there; documentation is left out.
        """
        parents = [parent for parent in PurePosixPath(git_words.path(stack)).parents if str(parent) != "."]
        listed = await self._list(commit)
        for parent in parents:
            listed += await self._list(commit, f"{parent}/")
        files = ((path, id) for mode, id, path in listed if mode != "040000" and not path.endswith(_UNREAD))
        return tuple(sorted(files))

    async def _list(self, commit: str, path: str = "", option: str = "") -> list[tuple[str, str, str]]:
        """Mode, id and path of what `ls-tree` lists: right in the root, or of a path, or right below `path/`."""
        argv = (*filter(None, (option,)), "-z", git_words.sha(commit), *(("--", path) if path else ()))
        out = (await self._mirror.must("ls-tree", *argv)).out
        found = []
        for line in filter(None, out.split(b"\0")):
            about, _, name = line.partition(b"\t")
            mode, _, id = about.decode().split(" ")
            found.append((mode, id, name.decode(errors="surrogateescape")))
        return found


async def inputs(stacks: Stacks, commit: str, stack: str, folders: Collection[str]) -> str:
    """A SHA-256 over everything in the repository that a plan of the stack reads: the stack, the other `folders` (of
    modules, from the root), and the files right above the stack. The same at a newer commit: nothing of it has moved.
    """
    read = [(path, await stacks.tree(commit, path)) for path in sorted({stack, *filter(None, folders)})]
    read += await stacks.above(commit, stack)
    told = "".join(f"{path}\0{id}\n" for path, id in read)
    return sha256(told.encode(errors="surrogateescape")).hexdigest()
