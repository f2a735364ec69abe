"""The infra repository as agents may read it: its log, what a commit changed, where a text stands, what a file says.

All of it as of one commit, which is looked up once a run, so that what is read in one turn is there in the next.
"""

import asyncio
from typing import Annotated

from pydantic import AwareDatetime, Field

from agents.runtime.guard import EXPRESSION
from agents.runtime.tool import AnyTool, Input, Result, Status, Tool
from agents.tools.fields import CommitId, NeededCommit, NeededPath, RepositoryPaths
from bot.adapters.git_asked import LONGEST, pattern
from bot.adapters.git_history import FOUND, GitHistory, Newest
from bot.adapters.git_output import Change
from bot.incident.text import shorten

SOURCE = "git"
#: Changes of one answer, and as much of each: characters of its message, paths.
CHANGES, BODY, PATHS = 60, 600, 20


class Log(Input):
    """Which changes are meant."""

    since: AwareDatetime = Field(description="From when on, with a zone: 2026-11-20T12:00:00Z.")
    until: AwareDatetime | None = Field(default=None, description="Until when. Left out: until now.")
    paths: RepositoryPaths = ()


class Show(Input):
    """Which commit is meant."""

    commit: NeededCommit = Field(description="Its id, or at least the first seven digits of it.")
    paths: RepositoryPaths = ()


class Grep(Input):
    """What is looked for."""

    pattern: Annotated[str, EXPRESSION] = Field(
        min_length=2, max_length=LONGEST, description="What has to stand there."
    )
    regular: bool = Field(default=False, description="Whether it is an extended regular expression, without { and \\1.")
    ignore_case: bool = False
    paths: RepositoryPaths = ()


class Read(Input):
    """Which lines of which file; of a folder, its names."""

    path: NeededPath
    first: int = Field(default=1, ge=1, le=10**7, description="The first line.")
    lines: int = Field(default=200, ge=1, le=400, description="How many lines.")
    commit: CommitId = Field(default="", description="As it was in this commit. Left out: as it is now.")


def git_tools(history: GitHistory) -> tuple[AnyTool, ...]:
    """Everything that may be asked of the repository in one run."""
    asked = _Asked(history)
    return (
        Tool(
            name="git_log",
            description="Lists what came onto the main branch of the infra repository, the newest first, with the"
            " files that each change touched.",
            input=Log,
            run=asked.log,
            says=lambda log: f"changes in {_where(log.paths)} since {log.since:%Y-%m-%d %H:%M}",
            source=SOURCE,
        ),
        Tool(
            name="git_show",
            description="Shows what one commit changed, as a diff. Of large changes some files are only named.",
            input=Show,
            run=asked.show,
            says=lambda show: f"what commit {show.commit[:12]} changed",
            source=SOURCE,
        ),
        Tool(
            name="git_grep",
            description="Finds lines in the files of the infra repository that hold a text, as they are now.",
            input=Grep,
            run=asked.grep,
            says=lambda grep: f"a text in {_where(grep.paths)}",
            source=SOURCE,
        ),
        Tool(
            name="git_read",
            description="Reads lines of a file of the infra repository, or the names in a folder.",
            input=Read,
            run=asked.read,
            says=lambda read: f"the file {read.path[:120]}",
            source=SOURCE,
        ),
    )


class _Asked:
    """The repository, as of the commit that was the newest when the run first asked."""

    def __init__(self, history: GitHistory) -> None:
        self._history = history
        self._newest: Newest | None = None
        self._turn = asyncio.Lock()

    async def _head(self) -> Newest:
        async with self._turn:
            self._newest = self._newest or await self._history.newest()
            return self._newest

    async def log(self, log: Log) -> Result:
        head = await self._head()
        found = await self._history.log(head.commit, log.since, log.paths, until=log.until)
        shown = [self._told(change) for change in found[:CHANGES]]
        content = _noted(head, {"changes": shown}) | _more(len(found) - len(shown))
        query = f"log since {log.since.isoformat()} in {_where(log.paths)}"
        return Result(_status(shown), content, query, link=self._history.url(found[0].commit) if found else "")

    async def show(self, show: Show) -> Result:
        head = await self._head()
        commit = await self._history.commit(head.commit, show.commit)
        diff = await self._history.show(commit, show.paths)
        files = [file.model_dump() for file in diff.files[:CHANGES]]
        content = self._told(diff.change) | {"files": files, "diff": diff.text} | _more(len(diff.files) - len(files))
        if diff.left_out:
            content["not_shown"] = list(diff.left_out[:CHANGES])
        link = self._history.url(commit)
        return Result(Status.OK, content, f"commit {commit} in {_where(show.paths)}", link=link, subject=commit)

    async def grep(self, grep: Grep) -> Result:
        wanted = pattern(grep.pattern, regular=grep.regular)
        head = await self._head()
        found = await self._history.grep(
            head.commit, wanted, grep.paths, regular=grep.regular, case=not grep.ignore_case
        )
        lines = [f"{match.path}:{match.line}: {match.text}" for match in found]
        content = _noted(head, {"lines": lines, "commit": head.commit})
        if len(lines) == FOUND:
            content["note"] = f"Only the first {FOUND} lines. Name paths, or look for more of the text."
        return Result(_status(lines), content, f"{wanted} in {_where(grep.paths)}")

    async def read(self, read: Read) -> Result:
        head = await self._head()
        commit = await self._history.commit(head.commit, read.commit) if read.commit else head.commit
        text = await self._history.read(commit, read.path, read.first, read.lines)
        content = _noted(head, text.model_dump() | {"commit": commit})
        link = self._history.url(commit, read.path) if text.kind == "file" else ""
        query = f"{read.path} from line {read.first} at {commit}"
        return Result(Status.OK, content, query, link=link, subject=read.path)

    def _told(self, change: Change) -> dict[str, object]:
        told: dict[str, object] = {
            "commit": change.commit,
            "at": change.at.isoformat(),
            "title": shorten(change.title, 200),
            "paths": list(change.paths[:PATHS]),
        }
        if change.body:
            told["message"] = change.body[:BODY]
        return told | _more(change.files - len(change.paths[:PATHS]), "more_paths")


def _status(found: list[object] | list[str] | list[dict[str, object]]) -> Status:
    return Status.OK if found else Status.NOTHING


def _noted(head: Newest, content: dict[str, object]) -> dict[str, object]:
    return content | ({"repository": head.sentence} if head.sentence else {})


def _more(count: int, name: str = "left_out") -> dict[str, object]:
    return {name: count} if count > 0 else {}


def _where(paths: tuple[str, ...]) -> str:
    return ", ".join(path[:80] for path in paths[:3]) + (" and more" if len(paths) > 3 else "") or "the repository"
