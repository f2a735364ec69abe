"""The tools of whoever prepares a change: reading one stack, and edits that are written down and touch nothing."""

from collections.abc import Sequence

from pydantic import Field

from agents.runtime.tool import AnyTool, Capability, Input, Result, Status, Tool
from agents.tools.desk import Desk
from agents.tools.fields import Line, NeededPath, RepositoryPath
from bot.adapters.git_asked import LONGEST

#: What a proposal is, as it is written down.
EDIT, GAVE_UP = "edit", "gave_up"
SOURCE = "Change"
#: Names of a folder, lines of a search, and characters of a line that are shown.
NAMES, FOUND, WIDE = 300, 100, 500
#: Characters of one edit.
OLD, NEW = 8_000, 16_000
#: Lines around an edit that are shown once it is made, and characters of them.
_AROUND, _SHOWN, _NARROW = 3, 12, 120


class ListFiles(Input):
    """Which folder is meant."""

    folder: RepositoryPath = Field(default="", description="From the root. Empty: the folders that can be read.")


class ReadFile(Input):
    """Which lines of which file."""

    path: NeededPath
    first: int = Field(default=1, ge=1, le=10**6, description="The first line.")
    lines: int = Field(default=200, ge=1, le=400, description="How many lines.")


class Search(Input):
    """What is looked for."""

    text: Line = Field(min_length=2, max_length=LONGEST, description="A part of a line, as it stands there.")


class EditFile(Input):
    """Which text becomes which."""

    path: NeededPath
    old: str = Field(min_length=1, max_length=OLD, description="Lines as they stand in the file, exactly once.")
    new: str = Field(max_length=NEW, description="What they become.")


class CreateFile(Input):
    """Which file, and all of its text."""

    path: NeededPath
    text: str = Field(min_length=1, max_length=NEW, description="The whole text of the new file.")


class GiveUp(Input):
    """Why there is no change."""

    reason: Line = Field(min_length=5, description="One plain sentence for the people who will do it instead.")


def edit_tools(desk: Desk) -> tuple[AnyTool, ...]:
    """All six of them."""
    return (*_reading(desk), *_writing(desk))


def _reading(desk: Desk) -> tuple[AnyTool, ...]:
    asked = _Asked(desk)
    return (
        Tool(
            name="list_files",
            description="Lists what is right below a folder, with your edits in it.",
            input=ListFiles,
            run=asked.list_files,
            says=lambda asked: f"the folder {asked.folder[:120]}" if asked.folder else "the folders",
            source=SOURCE,
        ),
        Tool(
            name="read_file",
            description="Reads lines of a file, with your edits in it. Secrets are masked.",
            input=ReadFile,
            run=asked.read_file,
            says=lambda asked: f"the file {asked.path[:120]}",
            source=SOURCE,
        ),
        Tool(
            name="search",
            description="Finds lines that hold a text, with your edits in it, whatever the case of its letters.",
            input=Search,
            run=asked.search,
            says=lambda asked: "a text in the files",
            source=SOURCE,
        ),
    )


def _writing(desk: Desk) -> tuple[AnyTool, ...]:
    asked = _Asked(desk)
    return (
        Tool(
            name="edit_file",
            description="Replaces a text that stands in a file exactly once. It is written down as part of the change "
            "that you prepare, and touches nothing.",
            input=EditFile,
            run=asked.edit_file,
            says=lambda asked: f"an edit of {asked.path[:120]}",
            source=SOURCE,
            capability=Capability.PROPOSE,
        ),
        Tool(
            name="create_file",
            description="Makes a new file. It is written down as part of the change, and touches nothing.",
            input=CreateFile,
            run=asked.create_file,
            says=lambda asked: f"a new file {asked.path[:120]}",
            source=SOURCE,
            capability=Capability.PROPOSE,
        ),
        Tool(
            name="give_up",
            description="Says that no change is made, and why; all edits are void then. A person does it instead.",
            input=GiveUp,
            run=asked.give_up,
            says=lambda asked: "no change is made",
            source=SOURCE,
            capability=Capability.PROPOSE,
            seconds=5,
        ),
    )


class _Asked:
    """What is done for each call. No answer is evidence of anything, so none has an id."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def list_files(self, asked: ListFiles) -> Result:
        names = self._desk.listed(asked.folder)
        content = {"folder": asked.folder, "names": names[:NAMES]} | _left_out(len(names) - NAMES)
        return Result(Status.OK, content, asked.folder, known=True)

    async def read_file(self, asked: ReadFile) -> Result:
        lines = await self._desk.read(asked.path)
        shown = lines[asked.first - 1 : asked.first - 1 + asked.lines]
        text = "\n".join(line[:WIDE] for line in shown)
        content: dict[str, object] = {"path": asked.path, "first": asked.first, "total": len(lines), "text": text}
        if any(len(line) > WIDE for line in shown):
            content["note"] = f"Lines are cut after {WIDE} characters."
        return Result(Status.OK, content, asked.path, known=True)

    async def search(self, asked: Search) -> Result:
        found = await self._desk.found(asked.text)
        lines = [f"{each.path}:{each.line}: {each.text[:WIDE]}" for each in found[:FOUND]]
        status = Status.OK if lines else Status.NOTHING
        return Result(status, {"lines": lines} | _left_out(len(found) - FOUND), asked.text, known=True)

    async def edit_file(self, asked: EditFile) -> Result:
        return await self._written(asked.path, asked.old, asked.new)

    async def create_file(self, asked: CreateFile) -> Result:
        return await self._written(asked.path, None, asked.text)

    async def give_up(self, asked: GiveUp) -> Result:
        return Result(Status.OK, {"reason": asked.reason}, GAVE_UP)

    async def _written(self, path: str, old: str | None, new: str) -> Result:
        """What is kept is the edit to its last letter; what is shown is where it stands now."""
        before = [] if old is None else await self._desk.read(path)
        write = await self._desk.write(path, old, new)
        shown = _around(before, await self._desk.read(path))
        content = {"path": path, "edit": write.number, "now": shown}
        return Result(Status.OK, content, EDIT, body=write.model_dump(mode="json"))


def _around(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The lines where the two begin to differ, numbered; so plain and short that there is always room to show them."""
    same = next((i for i, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    first = max(0, min(same, len(after)) - _AROUND)
    plain = [line.encode("ascii", "backslashreplace").decode()[:_NARROW] for line in after[first : first + _SHOWN]]
    return [f"{first + n}: {line}" for n, line in enumerate(plain, 1)]


def _left_out(count: int) -> dict[str, object]:
    return {"left_out": count} if count > 0 else {}
