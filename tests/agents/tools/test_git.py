"""The infra repository as agents may read it: on one commit, within bounds, and by no path that leads out of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from agents.runtime.guard import attack
from agents.runtime.tool import AnyTool, Capability, Status
from agents.tools.git import CHANGES, git_tools
from bot.adapters.git import Git
from bot.adapters.git_history import GitHistory
from bot.adapters.repository import Repository
from bot.errors import Permanent, Refused
from tests.agents.tools.calls import call
from tests.remote import BRANCH, Remote

SINCE = "2020-01-01T00:00:00Z"


@pytest.fixture
def remote(tmp_path: Path) -> Remote:
    """Somebody's repository."""
    return Remote(tmp_path / "remote.git", {"stacks/nextcloud/main.tf": 'memory = "2Gi"\n', "modules/a.tf": "x\n"})


@pytest.fixture
def history(remote: Remote, tmp_path: Path) -> GitHistory:
    """Its past."""
    git = Git(tmp_path / "data", remote.url, BRANCH)
    return Repository(git, BRANCH, "docs", f"https://github.example.com/x/infra/blob/{BRANCH}").history()


@pytest.fixture
def tools(history: GitHistory) -> tuple[AnyTool, ...]:
    """All that may be asked of it."""
    return git_tools(history)


async def test_the_log_a_commit_a_text_and_a_file_are_read(remote: Remote, tools: tuple[AnyTool, ...]) -> None:
    """With what was asked, and the page where a person sees it."""
    made = remote.commit({"stacks/nextcloud/main.tf": 'memory = "64Mi"\n'}, "Less memory\n\nIt needs less.")
    log = await call(tools, "git_log", since=SINCE, paths=["stacks/nextcloud"])
    assert [change["title"] for change in log.content["changes"]] == ["Less memory", "first"]
    assert log.content["changes"][0]["message"] == "It needs less."
    shown = await call(tools, "git_show", commit=made[:10])
    assert '+memory = "64Mi"' in shown.content["diff"]
    assert (shown.subject, shown.link) == (made, f"https://github.example.com/x/infra/commit/{made}")
    found = await call(tools, "git_grep", pattern="memory =")
    assert found.content["lines"] == ['stacks/nextcloud/main.tf:1: memory = "64Mi"']
    read = await call(tools, "git_read", path="stacks/nextcloud/main.tf")
    assert (read.content["text"], read.content["total"]) == ('memory = "64Mi"', 1)
    before = await call(tools, "git_read", path="stacks/nextcloud/main.tf", commit=remote.git("rev-parse", f"{made}^"))
    assert before.content["text"] == 'memory = "2Gi"'
    folder = await call(tools, "git_read", path="stacks/")
    assert folder.content["text"] == "nextcloud/"
    for result in (log, shown, found, read, folder):
        assert result.status is Status.OK
        assert json.loads(json.dumps(result.content))


async def test_nothing_is_an_answer_too(tools: tuple[AnyTool, ...]) -> None:
    """No change and no line; a file that is not there is a mistake."""
    assert (await call(tools, "git_log", since="2040-01-01T00:00:00Z")).status is Status.NOTHING
    assert (await call(tools, "git_log", since=SINCE, until="2021-01-01T00:00:00Z")).status is Status.NOTHING
    assert (await call(tools, "git_grep", pattern="unheard of")).status is Status.NOTHING
    with pytest.raises(Refused):
        await call(tools, "git_read", path="unheard/of.tf")


async def test_a_run_reads_one_commit(remote: Remote, history: GitHistory, tools: tuple[AnyTool, ...]) -> None:
    """What is pushed meanwhile is there for the next run."""
    await call(tools, "git_read", path="modules/a.tf")
    later = remote.commit({"modules/a.tf": "y\n"})
    assert (await call(tools, "git_read", path="modules/a.tf")).content["text"] == "x"
    assert (await call(git_tools(history), "git_read", path="modules/a.tf")).content["text"] == "y"
    with pytest.raises(Refused):
        await call(tools, "git_show", commit=later)


async def test_where_the_remote_is_away_that_is_said(remote: Remote, history: GitHistory) -> None:
    """What was seen before can be read."""
    await call(git_tools(history), "git_read", path="modules/a.tf")
    with remote.away():
        read = await call(git_tools(history), "git_read", path="modules/a.tf")
    assert read.content["repository"].startswith("As last seen")


async def test_of_much_it_says_how_much_is_left_out(remote: Remote, tools: tuple[AnyTool, ...]) -> None:
    """A long log, and many files in one commit."""
    files = {f"many/{n}.tf": "x\n" for n in range(CHANGES + 5)}
    made = remote.commit(files, "Many")
    shown = await call(tools, "git_show", commit=made)
    assert shown.content["left_out"] == 5
    log = await call(tools, "git_log", since=SINCE)
    assert log.content["changes"][0]["more_paths"] == CHANGES + 5 - 20


ATTACKS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("git_read", {"path": "../../etc/passwd"}),
    ("git_read", {"path": "/etc/passwd"}),
    ("git_read", {"path": "stacks/../../x"}),
    ("git_read", {"path": ".git/config"}),
    ("git_read", {"path": "a\0b"}),
    ("git_read", {"path": "--output=/tmp/x"}),
    ("git_read", {"path": "a.tf", "commit": "--all"}),
    ("git_show", {"commit": "$(touch x)"}),
    ("git_log", {"since": SINCE, "paths": ["../x"]}),
    ("git_grep", {"pattern": "x", "paths": ["~/.ssh/id_rsa"]}),
)


@pytest.mark.parametrize(("name", "arguments"), ATTACKS)
async def test_what_leads_out_is_an_attack_and_is_never_asked(
    tools: tuple[AnyTool, ...], name: str, arguments: dict[str, Any]
) -> None:
    """The form refuses it, and the run counts it."""
    with pytest.raises(ValidationError):
        await call(tools, name, **arguments)
    assert attack(next(tool for tool in tools if tool.name == name), arguments)


MISTAKES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("git_show", {"commit": "main"}),
    ("git_show", {"commit": "HEAD~1"}),
    ("git_read", {"path": ""}),
    ("git_read", {"path": "  "}),
    ("git_show", {"commit": " " * 10}),
    ("git_log", {"since": SINCE, "paths": [""]}),
    ("git_read", {"path": "a.tf", "lines": 5000}),
    ("git_log", {"since": "yesterday"}),
    ("git_log", {"since": "2026-11-20T12:00:00"}),
    ("git_grep", {"pattern": "x"}),
)


@pytest.mark.parametrize(("name", "arguments"), MISTAKES)
async def test_what_is_only_wrong_is_a_mistake(
    tools: tuple[AnyTool, ...], name: str, arguments: dict[str, Any]
) -> None:
    """It is refused, and counts against nobody."""
    with pytest.raises(ValidationError):
        await call(tools, name, **arguments)
    assert not attack(next(tool for tool in tools if tool.name == name), arguments)


async def test_a_costly_pattern_is_refused_with_a_way_on(tools: tuple[AnyTool, ...]) -> None:
    """An expression is never an attack; one that would not end is refused, one that is none is told."""
    for pattern in (r"(a*)*\1", "(a{9}){9}"):
        with pytest.raises(Refused, match="fixed text"):
            await call(tools, "git_grep", pattern=pattern, regular=True)
    with pytest.raises(Permanent):
        await call(tools, "git_grep", pattern="(unbalanced", regular=True)
    for pattern in ("; rm -rf /", "$(id)", "--open-files-in-pager=id", "-O/bin/sh"):
        assert (await call(tools, "git_grep", pattern=pattern)).status is Status.NOTHING


@example(path="\r", commit=" ")
@given(path=st.text(max_size=60), commit=st.text(max_size=20))
def test_no_path_and_no_commit_reaches_git_unchecked(path: str, commit: str) -> None:
    """What the form takes stays below the root, and is an id."""
    tool = next(tool for tool in git_tools(HISTORY) if tool.name == "git_read")
    try:
        asked = tool.input.model_validate({"path": path, "commit": commit})
    except ValidationError:
        return
    said = asked.model_dump()
    assert not {"", ".", ".."} & set(said["path"].split("/"))
    assert not said["path"].startswith(("-", ":", "/", "~"))
    assert said["commit"] == "" or set(said["commit"]) <= set("0123456789abcdef")


#: One whose remote is nowhere: forms need none.
HISTORY = Repository(Git(Path("/nowhere"), "/nowhere", BRANCH), BRANCH, "docs").history()


def test_all_of_them_only_read() -> None:
    """There is nothing else to be done with git here."""
    assert {tool.capability for tool in git_tools(HISTORY)} == {Capability.READ}
