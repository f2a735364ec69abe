"""The desk of whoever prepares a change: files of one commit with edits on top. No folder and no disk is behind it."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.adapters.git_history import GitHistory
from bot.change.gates.paths import inside, through_link
from bot.change.model import Edit
from bot.change.overlay import Bounds, Write, folded, laid_over, text_of
from bot.errors import Refused
from bot.ports import ItemCase
from bot.redact import MASK, PLACEHOLDER, Redactor
from bot.settings.publishing import RepositoryKeys

#: Git's modes of what is no file.
_ELSEWHERE = frozenset({"120000", "160000"})
#: Files that one search looks into.
_SEARCHED = 40
_HIDDEN = re.compile(re.escape(PLACEHOLDER) + r"[^\]]*\]")


@dataclass(frozen=True)
class Found:
    """A line in which something stands; `line` counts from 1."""

    path: str
    line: int
    text: str


class Desk:
    """What may be read, below the folders `readable`, and written, within `bounds`. Everything that is read is without
    secrets; what is written is kept as it is, and adds none.
    """

    def __init__(
        self, history: GitHistory, redactor: Redactor, base: str, bounds: Bounds, readable: tuple[str, ...]
    ) -> None:
        self.bounds = bounds
        self.readable = readable
        self._history = history
        self._redactor = redactor
        self._base = base
        self._texts: dict[str, str | None] = {}
        self._edits: tuple[Edit, ...] = ()
        self._count = 0
        self._turn = asyncio.Lock()

    async def restore(self, writes: Iterable[Write]) -> None:
        """Begin with what was written before. Raises Refused where it does not fit."""
        for write in sorted(writes, key=lambda each: each.number):
            self._edits = laid_over(self._edits, write, await self._in_base(write.path), self.bounds)
            self._count = write.number

    async def edits(self, writes: Iterable[Write]) -> tuple[Edit, ...]:
        """What all these come to, on the commit. Raises Refused where they do not fit."""
        kept = tuple(writes)
        texts = {write.path: await self._in_base(write.path) for write in kept}
        return folded(kept, texts, self.bounds)

    async def write(self, path: str, old: str | None, new: str) -> Write:
        """One edit more, for somebody to keep. Raises Refused, and nothing has changed then."""
        if PLACEHOLDER in new or (MASK in new and MASK not in (old or "")):
            raise Refused("The text holds a mask. The real value is not known here; edit around it, and leave it.")
        async with self._turn:
            before = text_of(self._edits, path, await self._in_base(path))
            write = Write(number=self._count + 1, path=path, old=old, new=new)
            edits = laid_over(self._edits, write, self._texts[path], self.bounds)
            if self._hidden(text_of(edits, path, None) or "") - self._hidden(before or ""):
                raise Refused(
                    "The text holds what looks like a secret. None is written into the repository: refer to where it "
                    "is kept, as other files here do."
                )
            self._edits, self._count = edits, write.number
            return write

    async def read(self, path: str) -> list[str]:
        """The lines of a file as it is now, without secrets. Raises Refused where there is none, or it is not shown."""
        self._may_read(path)
        text = text_of(self._edits, path, await self._in_base(path))
        if text is None:
            raise Refused(f"There is no {path}. list_files says what there is.")
        return self._redactor.text(text).removesuffix("\n").split("\n")

    def listed(self, folder: str) -> list[str]:
        """What is right below a folder, as names; folders end with a slash. Of none: the folders that may be read."""
        if not folder:
            return [f"{each}/" for each in self.readable]
        self._may_read(folder)
        names = set()
        for path in {*self.bounds.paths, *(edit.path for edit in self._edits)}:
            if inside(path, folder):
                name, below, _ = path.removeprefix(f"{folder}/").partition("/")
                names.add(f"{name}{below}" + (" (a link)" if path in self.bounds.links else ""))
        if not names:
            raise Refused(f"There is no folder {folder}. An empty name lists the folders that may be read.")
        return sorted(names)

    async def found(self, text: str) -> list[Found]:
        """Lines that hold this text, whatever its case, in what may be read; without secrets."""
        matches = await self._history.grep(self._base, text, self.readable, case=False)
        written = [edit.path for edit in self._edits]
        paths = dict.fromkeys((*written, *(match.path for match in matches)))
        found = []
        for path in [each for each in paths if not through_link(each, self.bounds.links)][:_SEARCHED]:
            for number, line in enumerate(await self.read(path), 1):
                if text.casefold() in line.casefold():
                    found.append(Found(path, number, line))
        return found

    def _may_read(self, path: str) -> None:
        if not any(path == folder or inside(path, folder) for folder in self.readable):
            raise Refused(f"Only what is below {', '.join(self.readable[:10])} can be read here.")
        if through_link(path, self.bounds.links):
            raise Refused(f"{path} is a link or lies behind one, and links are not followed.")

    async def _in_base(self, path: str) -> str | None:
        if path not in self._texts:
            self._texts[path] = await self._history.whole(self._base, path)
        return self._texts[path]

    def _hidden(self, text: str) -> set[str]:
        """What stands in place of its secrets; the same for the same one."""
        return set(_HIDDEN.findall(self._redactor.text(text)))


async def open_desk(history: GitHistory, redactor: Redactor, case: ItemCase, keys: RepositoryKeys) -> Desk:
    """For one item: only the stack that it is about may be written, or, where that is not known, one of all."""
    modes = await history.paths(case.base)
    stacks = tuple(each for each in case.stacks if case.stack in ("", each))
    is_document = case.wants == "document"
    bounds = Bounds(
        stacks=() if is_document else stacks,
        documents=case.documents if is_document else (),
        paths=frozenset(modes),
        links=frozenset(path for path, mode in modes.items() if mode in _ELSEWHERE),
    )
    readable = dict.fromkeys((*stacks, *case.documents, keys.modules, keys.runbooks))
    return Desk(history, redactor, case.base, bounds, tuple(readable))
