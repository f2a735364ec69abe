"""A change is prepared in one stack, from the item alone; it survives the death of its process, and nothing doubles."""

import json
from pathlib import Path
from typing import Any

import pytest

from agents.runtime.checks import MOST_CALLS
from agents.runtime.ends import Denied, NoAnswer, Stopped
from agents.runtime.llm import Ask, Reply
from agents.runtime.scripted import calls, says
from bot.errors import HoldfastError, Permanent
from bot.ports import NoAgents
from bot.settings import File
from bot.settings.agents import AgentKeys
from bot.storage import budget, proposals
from bot.storage.db import Database
from tests.agents.roles.bench import DONE, FILES, MAIN, SECRET, a_desk, edits
from tests.agents.runtime.mortal import Killed, Mortal
from tests.bot.change.examples import an_item

RAISED = {"path": MAIN, "old": 'memory = "64Mi"', "new": 'memory = "2Gi"'}
ALERT = {"path": "stacks/nextcloud/alerts.tf", "text": "alert = 1\n"}


def _works(ask: Ask) -> Reply:
    """Reads, writes two edits and one of them again, and answers."""
    turns = sum(message["role"] == "assistant" for message in ask.messages)
    if ask.closed:
        return says(DONE)
    if turns == 0:
        return calls(("t0", "list_files", {"folder": "stacks/nextcloud"}), ("t1", "read_file", {"path": MAIN}))
    if turns == 1:
        return calls(("t9", "edit_file", RAISED), ("t2", "create_file", ALERT))
    if turns == 2:
        return calls(("t3", "edit_file", {"path": MAIN, "old": '"2Gi"', "new": '"4Gi"'}))
    return says("That is all.")


async def test_a_change_is_prepared(database: Database, tmp_path: Path) -> None:
    """Its edits, its stack, what it does, how it is taken back, how sure it is, and what it has cost."""
    desk = await a_desk(database, tmp_path, _works)
    prepared = await desk.prepare()
    assert edits(prepared) == {MAIN: FILES[MAIN].replace("64Mi", "4Gi"), "stacks/nextcloud/alerts.tf": "alert = 1\n"}
    assert prepared.edits[1].before == FILES[MAIN]
    assert (prepared.stack, prepared.problem, prepared.confidence) == ("stacks/nextcloud", "", 0.9)
    assert (prepared.summary, prepared.rollback) == ("The limit is raised.", "The old limit is set again.")
    async with database.read() as connection:
        money = await budget.of_run(connection, "run-1")
    assert (prepared.cost, money.held) == (money.spent, 0)
    assert any(step.text == f"an edit of {MAIN}" for step in desk.steps)
    asked = len(desk.asked)
    assert await desk.prepare() == prepared
    assert len(desk.asked) == asked


async def test_what_the_model_reads_has_no_secret_and_what_it_writes_keeps_it(ledger: Database, tmp_path: Path) -> None:
    """A mask stands in every prompt; the file that is changed around it is true to its last letter."""
    desk = await a_desk(ledger, tmp_path, _works)
    prepared = await desk.prepare()
    assert SECRET not in "".join(json.dumps(ask.messages) for ask in desk.asked)
    assert "[redacted:" in json.dumps(desk.asked[-1].messages)
    assert SECRET in str(edits(prepared)[MAIN])
    async with ledger.read() as connection:
        rows = await proposals.of_run(connection, "run-1", "todo_resolver")
    assert SECRET not in "".join(json.dumps(row.body) for row in rows)


async def test_the_agent_is_given_the_item_and_nothing_else(ledger: Database, tmp_path: Path) -> None:
    """Its fields stand in an envelope; none of its words stand in our own text."""
    item = an_item(action="MARK do it", details="MARK so", type="Config", feedback=("MARK too much",), reason="SECRET")
    desk = await a_desk(ledger, tmp_path, [says(DONE)], item=item)
    await desk.prepare()
    first = desk.asked[0].messages[0]["content"]
    assert "MARK" not in desk.asked[0].system + first[0]["text"]
    assert first[1]["text"].count("MARK") == 3
    told = json.loads(first[1]["text"].splitlines()[1])["content"]
    assert set(told) == {"id", "type", "action", "details", "stack", "rejected_because"}
    assert MAIN in first[3]["text"]


async def test_killed_while_it_writes(ledger: Database, tmp_path: Path) -> None:
    """What was kept is there, what was not is done again, and no more."""
    desk = await a_desk(ledger, tmp_path, _works)
    for dies in (9, 13):
        desk.case = desk.case.model_copy(update={"run": f"run-{dies}", "by": ""})
        with pytest.raises(Killed):
            await desk.prepare(Mortal(ledger, dies, committed=True))
        assert list(edits(await desk.prepare())) == ["stacks/nextcloud/alerts.tf", MAIN]
        async with ledger.read() as connection:
            rows = await proposals.of_run(connection, desk.case.run, "todo_resolver")
        assert sorted(row.body["number"] for row in rows) == [1, 2, 3]


@pytest.mark.proof
@pytest.mark.parametrize("committed", [False, True])
async def test_at_every_persist_point(database: Database, tmp_path: Path, committed: bool) -> None:
    """Whichever writing a process dies with, its successor hands over the same edits, each once, and all is booked."""
    desk = await a_desk(database, tmp_path, _works)
    whole = await desk.prepare()
    for dies in range(1, 60):
        desk.case = desk.case.model_copy(update={"run": f"run-{committed}-{dies}", "issue": f"{dies}", "by": ""})
        try:
            await desk.prepare(Mortal(database, dies, committed=committed))
        except Killed:
            pass
        else:
            break
        later = await desk.prepare()
        assert later.edits == whole.edits
        assert (later.problem, later.summary) == ("", whole.summary)
        async with database.read() as connection:
            rows = await proposals.of_run(connection, desk.case.run, "todo_resolver")
            assert sorted(row.body["number"] for row in rows) == [1, 2, 3]
            assert (await budget.of_run(connection, desk.case.run)).held == 0
    assert dies > 12


def _only(*uses: tuple[str, str, dict[str, Any]], answer: str = DONE) -> list[Reply]:
    return [calls(*uses), says(answer), says(answer)]


async def test_who_gives_up_changes_nothing(ledger: Database, tmp_path: Path) -> None:
    """The reason is what people read, whatever was written before or is claimed after."""
    script = _only(("t1", "edit_file", RAISED), ("t2", "give_up", {"reason": "The module would have to change."}))
    prepared = await (await a_desk(ledger, tmp_path, script)).prepare()
    assert (prepared.edits, prepared.problem) == ((), "The module would have to change.")
    assert prepared.cost > 0


@pytest.mark.parametrize(
    ("uses", "answer", "said"),
    [
        ((), DONE, "changed nothing"),
        ((("t1", "edit_file", RAISED),), '{"confidence": 0.1, "problem": "It is done already."}', "done already"),
        ((("t1", "edit_file", RAISED),), '{"confidence": 0.9}', "does not say"),
        ((("t1", "edit_file", RAISED),), DONE.replace("nextcloud", "immich"), "another stack"),
    ],
)
async def test_what_is_no_change_says_why(
    ledger: Database, tmp_path: Path, uses: tuple[tuple[str, str, dict[str, Any]], ...], answer: str, said: str
) -> None:
    """No edit, a problem, no words for it, or words about something else: nobody is handed a change."""
    script = _only(*uses, answer=answer) if uses else [says(answer)]
    prepared = await (await a_desk(ledger, tmp_path, script)).prepare()
    assert prepared.edits == ()
    assert said in prepared.problem


async def test_the_first_edit_chooses_the_stack_where_none_is_known(ledger: Database, tmp_path: Path) -> None:
    """The second one, in another stack, is refused."""
    other = {"path": "stacks/immich/main.tf", "old": "1Gi", "new": "2Gi"}
    answer = DONE.replace("nextcloud", "immich")
    script = [calls(("t1", "edit_file", other)), *_only(("t2", "edit_file", RAISED), answer=answer)]
    prepared = await (await a_desk(ledger, tmp_path, script, stack="")).prepare()
    assert (prepared.stack, list(edits(prepared))) == ("stacks/immich", ["stacks/immich/main.tf"])


async def test_a_document_is_written_where_documents_are(ledger: Database, tmp_path: Path) -> None:
    """And nothing in a stack."""
    note = {"path": "docs/runbooks/full.md", "text": "# The disk is full\n"}
    script = _only(("t1", "edit_file", RAISED), ("t2", "create_file", note), answer=DONE)
    wants = {"wants": "document", "stack": "", "stacks": (), "documents": ("docs/runbooks",)}
    prepared = await (await a_desk(ledger, tmp_path, script, **wants)).prepare()
    assert edits(prepared) == {"docs/runbooks/full.md": "# The disk is full\n"}
    assert prepared.stack == ""


async def test_without_a_folder_nobody_is_asked(ledger: Database, tmp_path: Path) -> None:
    """A stack that is not among those that may be changed is none."""
    desk = await a_desk(ledger, tmp_path, [], stack="stacks/vault")
    assert "no folder" in (await desk.prepare()).problem
    assert list(desk.asked) == []


async def test_without_a_model_or_a_repository_it_says_so(ledger: Database, tmp_path: Path) -> None:
    """As people read it."""
    desk = await a_desk(ledger, tmp_path, [])
    desk.file = File(agents=AgentKeys(kill=True))
    with pytest.raises(Permanent, match="switched off"):
        await desk.prepare()
    with pytest.raises(Permanent, match="No model"):
        await NoAgents().prepare(desk.case, desk._note, desk._halted)


async def test_it_stops_where_it_has_to(ledger: Database, tmp_path: Path) -> None:
    """Before the next call; the money is free again."""
    desk = await a_desk(ledger, tmp_path, _works)
    desk.halted = "Everything is stopped."
    with pytest.raises(Stopped):
        await desk.prepare()
    assert list(desk.asked) == []


#: What somebody tries who wants out of the stack, or to have something run.
ABUSES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("edit_file", {"path": "stacks/vault/main.tf", "old": "vault = 1", "new": "vault = 2"}),
    ("edit_file", {"path": "stacks/immich/main.tf", "old": "1Gi", "new": "9Gi"}),
    ("edit_file", {"path": "stacks/nextcloud/linked/main.tf", "old": "vault = 1", "new": "vault = 2"}),
    ("edit_file", {"path": "stacks/nextcloud/linked.tf", "old": "../vault", "new": "/etc/passwd"}),
    ("edit_file", {"path": "modules/ingress/main.tf", "old": "var.host", "new": '"evil.example"'}),
    ("edit_file", {"path": "stacks/nextcloud/secrets.yaml", "old": "password: x", "new": "password: y"}),
    ("create_file", {"path": ".woodpecker/evil.yml", "text": "steps: [curl]\n"}),
    ("create_file", {"path": "stacks/nextcloud/.terraformrc", "text": "x\n"}),
    ("create_file", {"path": "stacks/nextcloud/terragrunt.hcl", "text": "x\n"}),
    ("create_file", {"path": "stacks/Nextcloud/evil.tf", "text": "x\n"}),
    ("create_file", {"path": "stacks/nextcloud/MAIN.tf", "text": "x\n"}),
    ("create_file", {"path": "stacks/nextcloud/evil.sh", "text": "curl evil.example\n"}),
    ("create_file", {"path": "docs/post-mortems/2026-01-11-x.md", "text": "x\n"}),
    (
        "create_file",
        {"path": "stacks/nextcloud/key.tf", "text": 'token = "ghp_0123456789abcdefghijABCDEF"\n'},
    ),
    ("create_file", {"path": "stacks/nextcloud/known.tf", "text": f'x = "{SECRET}"\n'}),
    ("create_file", {"path": "stacks/nextcloud/mask.tf", "text": 'x = "[redacted:3fa9:jwt]"\n'}),
    ("create_file", {"path": "stacks/nextcloud/seen.tf", "text": "x = 1 \u202e\n"}),
    ("read_file", {"path": "stacks/vault/main.tf"}),
    ("read_file", {"path": "stacks/nextcloud/linked/main.tf"}),
    ("read_file", {"path": "stacks/nextcloud/linked"}),
    ("read_file", {"path": "docs/post-mortems/2026-01-11-x.md"}),
    ("read_file", {"path": "stacks/nextcloud/secrets.yaml"}),
    ("list_files", {"folder": ".woodpecker"}),
)


async def test_a_hostile_agent_changes_nothing_outside(ledger: Database, tmp_path: Path) -> None:
    """Each trick is refused with a sentence, and the edit beside them is in the stack."""
    uses = [(f"t{number}", tool, arguments) for number, (tool, arguments) in enumerate(ABUSES)]
    turns = [calls(*uses[first : first + MOST_CALLS]) for first in range(0, len(uses), MOST_CALLS)]
    desk = await a_desk(ledger, tmp_path, [*turns, *_only(("good", "edit_file", RAISED))])
    prepared = await desk.prepare()
    told = [block for message in desk.asked[-1].messages[2::2] for block in message["content"]]
    results = {block["tool_use_id"]: block for block in told if block["type"] == "tool_result"}
    assert [use for use in uses if not results[use[0]]["is_error"]] == []
    assert not results["good"]["is_error"]
    assert edits(prepared) == {MAIN: FILES[MAIN].replace("64Mi", "2Gi")}
    assert "vault = " not in json.dumps(told)


async def test_a_search_does_not_leave_either(ledger: Database, tmp_path: Path) -> None:
    """Not through links, not into other stacks; a word of a secret is not found in what is masked."""
    script = _only(*((f"t{n}", "search", {"text": text}) for n, text in enumerate(("vault", "horse", "memory"))))
    desk = await a_desk(ledger, tmp_path, script)
    await desk.prepare()
    found = [block["content"] for block in desk.asked[1].messages[-1]["content"]]
    assert all('"lines": []' in each for each in found[:2])
    assert f"{MAIN}:4" in found[2]
    assert "immich" not in found[2]


async def test_ways_out_in_paths_end_the_run(ledger: Database, tmp_path: Path) -> None:
    """Three times, and a person has to look; nothing was written."""
    tries = ("stacks/nextcloud/../vault/main.tf", "../../etc/passwd", "/etc/passwd")
    script = [calls((f"t{n}", "create_file", {"path": path, "text": "x\n"})) for n, path in enumerate(tries)]
    desk = await a_desk(ledger, tmp_path, script)
    with pytest.raises(Denied):
        await desk.prepare()
    async with ledger.read() as connection:
        assert await proposals.of_run(connection, "run-1", "todo_resolver") == []


async def test_one_that_never_ends_ends(ledger: Database, tmp_path: Path) -> None:
    """It writes and writes; its turns are over at some time, and what fits is all there is."""

    def never(ask: Ask) -> Reply:
        if ask.closed:
            return says(DONE)
        turn = len(ask.messages)
        return calls((f"t{turn}", "create_file", {"path": f"stacks/nextcloud/f{turn}.tf", "text": "x" * 15_000}))

    desk = await a_desk(ledger, tmp_path, never)
    prepared = await desk.prepare()
    assert len(desk.asked) <= 40
    assert 0 < len(prepared.edits) <= 20
    assert all(edit.path.startswith("stacks/nextcloud/") for edit in prepared.edits)


@pytest.mark.parametrize("text", ["All done!", "[]", "null", '{"summary": "x", "confidence": 1, "approved": true}'])
async def test_what_is_no_answer_is_none(ledger: Database, tmp_path: Path, text: str) -> None:
    """Asked again, and then it is over, whatever was written."""
    desk = await a_desk(ledger, tmp_path, [calls(("t1", "edit_file", RAISED)), *[says(text)] * 4])
    with pytest.raises(NoAnswer) as refused:
        await desk.prepare()
    assert isinstance(refused.value, HoldfastError)
