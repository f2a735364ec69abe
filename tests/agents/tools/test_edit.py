"""Reading and editing as tools: what each shows, what each refuses with a sentence that teaches, and what is kept."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from agents.runtime.guard import attack
from agents.runtime.tool import AnyTool, Capability, Status
from agents.tools.desk import open_desk
from agents.tools.edit import EDIT, GAVE_UP, edit_tools
from bot.errors import Refused
from bot.redact import Redactor
from bot.settings.publishing import RepositoryKeys
from tests.agents.roles.bench import FILES, MAIN, SECRET, a_case, a_history, a_remote
from tests.agents.tools.calls import call


@pytest.fixture
async def tools(tmp_path: Path) -> tuple[AnyTool, ...]:
    """All six, over a repository with two stacks."""
    remote = a_remote(tmp_path)
    history = await a_history(remote, tmp_path)
    redactor = Redactor([SECRET]).for_models("ab" * 16)
    return edit_tools(await open_desk(history, redactor, a_case(remote.head()), RepositoryKeys()))


async def test_what_may_be_read_is_listed_read_and_found(tools: tuple[AnyTool, ...]) -> None:
    """The stack, the shared modules, the runbooks; masked, and no piece of evidence."""
    roots = await call(tools, "list_files")
    assert roots.content["names"] == ["stacks/nextcloud/", "modules/", "docs/runbooks/"]
    names = (await call(tools, "list_files", folder="stacks/nextcloud/")).content["names"]
    assert names == ["linked (a link)", "linked.tf (a link)", "main.tf", "secrets.yaml", "values.yaml"]
    read = await call(tools, "read_file", path=MAIN, first=4, lines=2)
    assert (read.content["first"], read.content["total"], read.known) == (4, 5, True)
    assert read.content["text"].startswith('memory = "64Mi"\nnote = "[redacted:')
    found = await call(tools, "search", text="MEMORY")
    assert found.content["lines"] == [f'{MAIN}:4: memory = "64Mi"']
    assert (await call(tools, "search", text=SECRET)).status is Status.NOTHING
    assert (await call(tools, "read_file", path="modules/ingress/main.tf")).content["text"] == "host = var.host"


async def test_an_edit_shows_where_it_stands_and_keeps_every_letter(tools: tuple[AnyTool, ...]) -> None:
    """And is there for whoever reads, lists or searches afterwards."""
    new = '  é = "2Gi"  \n\n'
    made = await call(tools, "edit_file", path=MAIN, old='memory = "64Mi"\n', new=new)
    assert (made.query, made.body) == (EDIT, {"number": 1, "path": MAIN, "old": 'memory = "64Mi"\n', "new": new})
    assert made.content["now"][3:5] == ['4:   \\xe9 = "2Gi"  ', "5: "]
    assert SECRET not in json.dumps(made.content)
    made = await call(tools, "create_file", path="stacks/nextcloud/x/new.tf", text="a = 1")
    assert (made.content["edit"], made.content["now"]) == (2, ["1: a = 1"])
    assert "x/" in (await call(tools, "list_files", folder="stacks/nextcloud")).content["names"]
    assert (await call(tools, "search", text="a = 1")).content["lines"] == ["stacks/nextcloud/x/new.tf:1: a = 1"]
    assert '"2Gi"' in (await call(tools, "read_file", path=MAIN)).content["text"]
    assert (await call(tools, "search", text="64Mi")).status is Status.NOTHING


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("read_file", {"path": "stacks/immich/main.tf"}, "below stacks/nextcloud"),
        ("read_file", {"path": "stacks/nextcloud/nowhere.tf"}, "list_files"),
        ("read_file", {"path": "stacks/nextcloud"}, "no file"),
        ("read_file", {"path": "stacks/nextcloud/linked.tf"}, "link"),
        ("list_files", {"folder": "stacks"}, "below"),
        ("list_files", {"folder": "modules/nowhere"}, "no folder"),
        ("edit_file", {"path": MAIN, "old": "memory = 64", "new": "x"}, "exactly once"),
        ("edit_file", {"path": "modules/ingress/main.tf", "old": "host", "new": "x"}, "below stacks/nextcloud"),
        ("edit_file", {"path": MAIN, "old": "note", "new": "*** note"}, "mask"),
        ("create_file", {"path": MAIN, "text": "x"}, "edit_file"),
        ("create_file", {"path": "stacks/nextcloud/k.tf", "text": 'password = "hunter2hunter2"'}, "secret"),
        ("create_file", {"path": "stacks/nextcloud/k.tf", "text": f"x = {SECRET}"}, "secret"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_way_on(
    tools: tuple[AnyTool, ...], tool: str, arguments: dict[str, Any], said: str
) -> None:
    """The sentence says what to do instead; nothing has changed."""
    with pytest.raises(Refused, match=said):
        await call(tools, tool, **arguments)
    with pytest.raises(Refused):
        await call(tools, "edit_file", path=MAIN, old="nothing of the kind", new="x")
    assert "64Mi" in (await call(tools, "read_file", path=MAIN)).content["text"]


async def test_a_secret_that_is_there_may_be_edited_around(tools: tuple[AnyTool, ...]) -> None:
    """Its file is not closed for it, and a reference to where one is kept is none."""
    text = 'password = data.vault_kv_secret_v2.x.data["password"]\n'
    await call(tools, "create_file", path="stacks/nextcloud/db.tf", text=text)
    made = await call(tools, "edit_file", path=MAIN, old="note =", new="remark =")
    assert made.status is Status.OK
    assert SECRET in FILES[MAIN]


async def test_giving_up_is_written_down(tools: tuple[AnyTool, ...]) -> None:
    """With its reason, which people read."""
    gave_up = await call(tools, "give_up", reason="The module would have to change.")
    assert (gave_up.query, gave_up.content) == (GAVE_UP, {"reason": "The module would have to change."})


@pytest.mark.parametrize("path", ["../x.tf", "stacks/nextcloud/../vault/main.tf", "/etc/passwd", "~/x", ".git/config"])
async def test_a_path_that_leads_out_is_an_attack(tools: tuple[AnyTool, ...], path: str) -> None:
    """The form refuses it, and the run counts it."""
    for tool, arguments in (("create_file", {"path": path, "text": "x"}), ("read_file", {"path": path})):
        with pytest.raises(ValidationError):
            await call(tools, tool, **arguments)
        assert attack(next(each for each in tools if each.name == tool), arguments)


async def test_three_read_and_three_write_down(tools: tuple[AnyTool, ...]) -> None:
    """None does anything else."""
    may = {tool.name: tool.capability for tool in tools}
    assert [name for name, capability in may.items() if capability is Capability.READ] == [
        "list_files",
        "read_file",
        "search",
    ]
    assert set(may) - {"list_files", "read_file", "search"} == {"edit_file", "create_file", "give_up"}
