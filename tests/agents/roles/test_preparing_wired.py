"""The workspace's own Claude prepares a change on the wire: a canned one, and one that wants out of its stack."""

from pathlib import Path
from typing import Any

import pytest

from agents.runtime.ends import Denied
from bot.storage import proposals
from bot.storage.db import Database
from bot.workspace.claude import Asked, Reply, ToolCall, hostile
from bot.workspace.claude.canned import canned
from bot.workspace.claude.resolving import FACE
from tests.agents.roles.bench import FILES, a_desk, edits
from tests.agents.wired import Wired
from tests.bot.change.examples import an_item

pytestmark = pytest.mark.sockets

LONG = ToolCall("create_file", {"path": "stacks/nextcloud/long.tf", "text": "x" * 30_000})
DOCUMENT = {"wants": "document", "stack": "", "stacks": (), "documents": ("docs/runbooks",)}


@pytest.mark.parametrize(
    ("action", "values", "path", "text"),
    [
        ("Add alert when nextcloud restarts", {}, "stacks/nextcloud/item_add_alert_when_nextcloud_restarts.tf", "10m"),
        ("Mend nextcloud", {}, "stacks/nextcloud/item_mend_nextcloud.tf", "enabled"),
        ("Write down what to do", DOCUMENT, "docs/runbooks/write-down-what-to-do.md", "canned"),
    ],
)
async def test_a_canned_change_is_small_and_says_what_it_is(
    wired: Wired, ledger: Database, tmp_path: Path, action: str, values: dict[str, Any], path: str, text: str
) -> None:
    """One file, in the stack or among the documents, through every tool as it is."""
    wired.claude.otherwise(canned)
    async with wired.llm() as llm:
        prepared = await (
            await a_desk(
                ledger,
                tmp_path,
                llm,
                item=an_item(action=action, type="Alert" if "alert" in action else "Config"),
                **values,
            )
        ).prepare()
    assert list(edits(prepared)) == [path]
    assert text in str(edits(prepared)[path])
    assert prepared.summary.startswith(FACE)
    assert prepared.problem == ""


async def test_a_canned_change_without_a_stack_is_given_up(wired: Wired, ledger: Database, tmp_path: Path) -> None:
    """It was shown nothing that it could change."""
    wired.claude.otherwise(canned)
    async with wired.llm() as llm:
        prepared = await (await a_desk(ledger, tmp_path, llm, stack="")).prepare()
    assert prepared.problem == "It does not say which stack it is about."
    assert prepared.edits == ()


async def test_one_that_breaks_out_is_stopped(wired: Wired, ledger: Database, tmp_path: Path) -> None:
    """Its run is ended and a person told; whatever was written down before is in the stack."""
    wired.claude.script(hostile.breaks_out("stacks/nextcloud"))
    async with wired.llm() as llm:
        with pytest.raises(Denied):
            await (await a_desk(ledger, tmp_path, llm)).prepare()
    async with ledger.read() as connection:
        rows = await proposals.of_run(connection, "run-1", "todo_resolver")
    assert all(row.body["path"].startswith("stacks/nextcloud/") for row in rows)


@pytest.mark.parametrize("number", range(0, len(hostile.BREAKOUTS), 2))
async def test_each_way_out_alone(wired: Wired, ledger: Database, tmp_path: Path, number: int) -> None:
    """A change comes of those alone that are files of the stack; what is in them the gates judge."""
    tries = hostile.BREAKOUTS[number : number + 2]

    def answer(asked: Asked) -> Reply:
        turn = sum(message["role"] == "assistant" for message in asked.body["messages"])
        if turn or not asked.tools:
            return canned(asked) if not asked.tools else Reply(text="Done.")
        at = [each.arguments | {"path": each.arguments["path"].format(stack="stacks/nextcloud")} for each in tries]
        named = zip(tries, at, strict=True)
        return Reply(tool_calls=tuple(ToolCall(each.name, arguments) for each, arguments in named))

    wired.claude.script(answer)
    async with wired.llm() as llm:
        prepared = await (await a_desk(ledger, tmp_path, llm)).prepare()
    assert set(edits(prepared)) <= {"stacks/nextcloud/run.tf", "stacks/nextcloud/state.tf"}
    assert all(edit.before == FILES.get(edit.path) for edit in prepared.edits)


async def test_arguments_that_are_too_long_are_no_edit(wired: Wired, ledger: Database, tmp_path: Path) -> None:
    """Of any size: nothing is kept of them, and the work ends."""
    wired.claude.script(lambda asked: Reply(tool_calls=(LONG,)) if asked.tools else canned(asked))
    async with wired.llm() as llm:
        prepared = await (await a_desk(ledger, tmp_path, llm)).prepare()
    assert prepared.edits == ()
    async with ledger.read() as connection:
        assert await proposals.of_run(connection, "run-1", "todo_resolver") == []
