"""The infra repository's past, read only: what changed, what a commit did, where a text stands, what a file says.

There is no work tree, so no link leads anywhere: everything is read from the tree of a commit that is on the branch.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from urllib.parse import quote

from bot.adapters import git_asked, git_words
from bot.adapters.git_mirror import Mirror
from bot.adapters.git_output import FORMAT, Change, Counted, Match, changes, counted, matches
from bot.errors import Refused, Temporary
from bot.incident.model import Frozen

#: The longest that one question may take, and that asking the remote for newer commits may. Seconds.
PATIENCE, FETCH = 15.0, 8.0
#: Commits of a log, lines that are found, of one file and in all, names in a folder.
LOG, A_FILE, FOUND, NAMES = 200, 20, 200, 500
#: Lines of a diff, its files and its characters; lines of a file, and characters of a line that are shown.
DIFF, FILES, CHANGED, LINES, LINE = 800, 100, 30_000, 400, 500
#: A file larger than this is not read. Bytes.
LARGEST = 1_000_000
#: What git calls a tree with nothing in it.
_NOTHING = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
#: No program of anybody's, no colours, no guesses about names.
_PLAIN = ("--no-color", "--no-ext-diff", "--no-textconv", "--no-renames")
_LINK, _SUBMODULE = "120000", "160000"


class Newest(Frozen):
    """The newest commit that is known; `sentence` says so where the remote could not be asked."""

    commit: str
    sentence: str = ""


class Diff(Frozen):
    """What a commit changed, against the one before it on the branch. `left_out` are files whose change is not shown.

    `text` is git's own unified diff, cut where it is long; what links and submodules point to is text in it.
    """

    change: Change
    files: tuple[Counted, ...]
    text: str
    left_out: tuple[str, ...] = ()


class Text(Frozen):
    """A part of a file: `first` counts from 1, `total` are all its lines. A folder is its names, a line each."""

    path: str
    kind: str
    text: str
    first: int = 1
    total: int = 0


class GitHistory:
    """One branch, through the bot's own mirror. Whatever is asked raises Refused for what cannot be asked,
    Temporary where it took too long, and Permanent where git cannot.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[str]],
        mirror: Mirror,
        branch: str,
        web: str = "",
        soon: float = FETCH,
        apart: str = "",
    ) -> None:
        """`fetch` brings the mirror up to date, and is waited for only so `soon`, in seconds; `web` is where people see
        the repository; empty: nowhere. What is in the folder `apart` is not shown: it is asked for elsewhere.
        """
        self._soon = soon
        self._apart = apart.strip("/").casefold()
        self._fetch = fetch
        self._mirror = mirror
        self._ref = f"refs/heads/{git_words.branch(branch)}"
        self._web = web

    def url(self, commit: str, path: str = "") -> str:
        """Where people see a commit, or a file as it was in it; empty where that is not known."""
        if not self._web:
            return ""
        return f"{self._web}/blob/{commit}/{quote(path)}" if path else f"{self._web}/commit/{commit}"

    async def newest(self) -> Newest:
        """The end of the branch; as it was last seen where the remote does not answer soon. Raises Temporary."""
        try:
            async with asyncio.timeout(self._soon):
                return Newest(commit=await self._fetch())
        except (Temporary, TimeoutError) as error:
            said = error.sentence if isinstance(error, Temporary) else f"No answer within {self._soon:g} seconds."
            known = (await self._mirror.must("for-each-ref", "--format=%(objectname)", self._ref)).out.decode().strip()
            if not known:
                raise Temporary(said) from error
            return Newest(commit=known, sentence=f"As last seen; there may be newer commits. {said}")

    async def commit(self, head: str, wanted: str) -> str:
        """The whole id of a commit on the branch up to `head`, by its beginning. Raises Refused where it is not."""
        asked = git_asked.id(wanted)
        listed = (await self._mirror.must("rev-parse", f"--disambiguate={asked}")).out
        kinds = (await self._mirror.must("cat-file", "--batch-check", given=listed)).out.decode()
        found = [line.split()[0] for line in kinds.splitlines() if line.split()[1:2] == ["commit"]]
        if len(found) > 1:
            raise Refused("More than one commit begins like that. Give more of its id.")
        if not found or (await self._mirror.must("rev-list", "-1", found[0], f"^{git_words.sha(head)}")).out:
            raise Refused("There is no such commit on the branch.")
        return found[0]

    async def log(
        self,
        head: str,
        since: datetime,
        paths: Sequence[str] = (),
        most: int = LOG,
        until: datetime | None = None,
    ) -> tuple[Change, ...]:
        """What came onto the branch since then, the newest first; a merge is one change, as of when it landed."""
        argv = ("log", "--first-parent", "-m", "-z", "--name-status", *_PLAIN, FORMAT)
        limits = [f"--max-count={min(max(1, most), LOG)}", f"--since={_instant(since)}"]
        limits += [f"--until={_instant(until)}"] if until else []
        asked = (*limits, "--end-of-options", git_words.sha(head), "--")
        return changes((await self._mirror.must(*argv, *asked, *map(git_asked.path, paths))).out)

    async def show(self, commit: str, paths: Sequence[str] = ()) -> Diff:
        """What a commit changed; of much, the smallest files first. `commit` is a whole id."""
        line = (await self._mirror.must("rev-list", "--parents", "-1", git_words.sha(commit))).out.decode().split()
        two = (line[1] if len(line) > 1 else _NOTHING, commit)
        limits = tuple(map(git_asked.path, paths))
        listed = await self._mirror.must("diff-tree", "-r", "-z", "--numstat", *_PLAIN, *two, "--", *limits)
        files = counted(listed.out)
        wanted, room = list[str](), DIFF
        for file in sorted(files, key=lambda each: (each.lines, each.path)):
            fits = file.added is not None and file.lines <= room and len(wanted) < FILES
            if fits and not self._withheld(file.path):
                wanted.append(file.path)
                room -= file.lines
        text = await self._patch(two, wanted) if wanted else ""
        log = await self._mirror.must("log", "-1", "-z", FORMAT, "--end-of-options", commit, "--")
        left = tuple(_readable(file.path) for file in files if file.path not in wanted)
        named = tuple(file.model_copy(update={"path": _readable(file.path)}) for file in files)
        return Diff(change=changes(log.out)[0], files=named[:LOG], text=text, left_out=left[:LOG])

    async def grep(
        self, commit: str, pattern: str, paths: Sequence[str] = (), *, regular: bool = False, case: bool = True
    ) -> tuple[Match, ...]:
        """The lines in which it stands, by path; at most A_FILE of a file and FOUND in all, of text files alone.

        Files that hold secrets are left out.
        """
        how = ("-E" if regular else "-F", *(() if case else ("-i",)))
        fixed = ("--no-color", "-I", "-n", "-z", "--no-recurse-submodules", "--threads=1", f"--max-count={A_FILE}")
        asked = ("-e", git_asked.pattern(pattern, regular=regular), git_words.sha(commit), "--")
        argv = ("grep", *fixed, *how, *asked, *map(git_asked.path, paths))
        found = matches((await self._mirror.must(*argv, fine=(0, 1))).out)
        shown = (match for match in found if not self._withheld(match.path))
        return tuple(match.model_copy(update={"text": match.text[:LINE]}) for match in shown)[:FOUND]

    async def has(self, commit: str, path: str) -> bool:
        """Whether there is such a file in that commit, or something else of that name."""
        return bool((await self._mirror.must("ls-tree", git_words.sha(commit), "--", git_asked.path(path))).out)

    async def paths(self, commit: str) -> dict[str, str]:
        """Every file of that commit with git's mode of it, links and submodules too: `120000` and `160000`."""
        listed = (await self._mirror.must("ls-tree", "-r", "-z", "--full-tree", git_words.sha(commit))).out
        rows = (row.partition(b"\t") for row in filter(None, listed.split(b"\0")))
        return {path.decode(errors="surrogateescape"): about.decode().split()[0] for about, _, path in rows}

    async def whole(self, commit: str, path: str) -> str | None:
        """The exact text of a file, to its last byte; None where there is none of that name.

        Raises Refused for what is no file, no UTF-8 text, too large, or not shown.
        """
        place = git_asked.path(path)
        if self._withheld(place):
            raise Refused(f"{place} holds what is not shown here, by its name, so it is neither read nor written.")
        listed = (await self._mirror.must("ls-tree", "-z", "-l", git_words.sha(commit), "--", place)).out
        about, _, _ = listed.rstrip(b"\0").partition(b"\t")
        if not about:
            return None
        mode, kind, blob, size = about.decode().split()
        if kind != "blob" or mode == _LINK:
            raise Refused(f"{place} is no file.")
        if int(size) > LARGEST:
            raise Refused(f"{place} is larger than {LARGEST // 1_000_000} MB, and is not read.")
        content = (await self._mirror.must("cat-file", "blob", blob)).out
        try:
            text = content.decode()
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise Refused(f"{place} is no text.")
        return text

    async def read(self, commit: str, path: str, first: int = 1, most: int = LINES) -> Text:
        """Lines of a file, or the names in a folder; a link and a submodule are told, and never followed."""
        place = git_asked.path(path)
        listed = (await self._mirror.must("ls-tree", "-z", "-l", git_words.sha(commit), "--", place)).out
        about, _, _ = listed.rstrip(b"\0").partition(b"\t")
        if not about:
            raise Refused(f"There is no {place} in that commit.")
        mode, kind, blob, size = about.decode().split()
        if kind == "tree":
            return await self._folder(commit, place)
        if mode == _SUBMODULE:
            return Text(path=place, kind="submodule", text=f"at commit {blob}")
        if self._is_apart(place):
            raise Refused("Post-mortems are read with search_documents and read_document.")
        if git_asked.withheld(place):
            raise Refused(f"{place} holds secrets, by its name, so what is in it is not shown.")
        if int(size) > LARGEST:
            raise Refused(f"{place} is larger than {LARGEST // 1_000_000} MB, and is not read.")
        content = (await self._mirror.must("cat-file", "blob", blob)).out
        if mode == _LINK:
            return Text(path=place, kind="link", text=f"to {_readable(content.decode(errors='replace'))[:LINE]}")
        if b"\0" in content:
            raise Refused(f"{place} is no text.")
        lines = content.decode(errors="replace").split("\n")
        lines = lines[:-1] if lines[-1] == "" else lines
        first = max(1, first)
        part = [line[:LINE] for line in lines[first - 1 : first - 1 + min(max(1, most), LINES)]]
        return Text(path=place, kind="file", text="\n".join(part), first=first, total=len(lines))

    def _withheld(self, path: str) -> bool:
        """Whether what is in a file is not shown here."""
        return git_asked.withheld(path) or self._is_apart(path)

    def _is_apart(self, path: str) -> bool:
        return bool(self._apart) and f"{path.casefold()}/".startswith(f"{self._apart}/")

    async def _folder(self, commit: str, place: str) -> Text:
        out = (await self._mirror.must("ls-tree", "-z", commit, "--", f"{place}/")).out
        names = []
        for row in filter(None, out.split(b"\0")):
            about, _, path = row.partition(b"\t")
            mode, kind = about.decode().split()[:2]
            mark = {"tree": "/", "commit": " (a submodule)"}.get(kind, " (a link)" if mode == _LINK else "")
            names.append(_readable(path.decode(errors="replace")).removeprefix(f"{place}/") + mark)
        return Text(path=place, kind="folder", text="\n".join(names[:NAMES]), total=len(names))

    async def _patch(self, two: tuple[str, str], paths: Sequence[str]) -> str:
        argv = ("diff-tree", "-r", "-p", "-U3", "--submodule=short", *_PLAIN, *two, "--", *paths)
        lines = (await self._mirror.must(*argv)).out.decode(errors="replace").split("\n")
        text = "\n".join(line[:LINE] for line in lines)
        return text if len(text) <= CHANGED else f"{text[:CHANGED]}\n… (the rest is left out)"


def _instant(at: datetime) -> str:
    """As git reads one, and takes for nothing else; there was no commit before it began to count."""
    return f"@{max(0, int(at.timestamp()))} +0000"


def _readable(path: str) -> str:
    """As it can be kept and shown: what is no text in it is marked as such."""
    return path.encode(errors="surrogateescape").decode(errors="replace")
