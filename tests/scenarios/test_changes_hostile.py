"""Drafts and documents that mean harm, where changes go by themselves: nothing outside of the stack is touched."""

import asyncio
from pathlib import Path

from bot.change.model import ItemState
from tests.scenarios import changes as told
from tests.scenarios.published import edit as edited
from tests.scenarios.published import publish, resolved
from tests.scenarios.story import Story

PATH = f"{told.STACK}/more.tf"
PASSWORD = 'resource "terraform_data" "p" {\n  input = { password = "correct-horse-battery" }\n}\n'


def _remote(port: int) -> str:
    state = f'config = {{ address = "http://127.0.0.1:{port}/state" }}'
    return f'data "terraform_remote_state" "x" {{\n  backend = "http"\n  {state}\n}}\n'


def _local_exec(port: int) -> str:
    run = f'provisioner "local-exec" {{\n    command = "curl http://127.0.0.1:{port}/"\n  }}'
    return f'resource "terraform_data" "x" {{\n  {run}\n}}\n'


async def test_no_hostile_draft_gets_anywhere(story: Story, tmp_path: Path) -> None:
    """Other stacks, CI, links out, commands, states of others, secrets, markup and 5 MB: each is held with a reason."""
    heard: list[bytes] = []

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.read(100))
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    harmless = told.resource("x", "1")
    drafts = {
        "alert one": ("stacks/vault/main.tf", told.added("stacks/vault/main.tf", harmless)),
        "alert two": ("../../etc/cron.d/x.tf", told.added("../../etc/cron.d/x.tf", harmless)),
        "alert three": (".github/workflows/x.yml", told.added(".github/workflows/x.yml", "on: push\n")),
        "alert four": (PATH, told.added(PATH, _local_exec(port))),
        "alert five": (PATH, told.added(PATH, _remote(port))),
        "alert six": (PATH, told.added(PATH, harmless * 120_000)),
        "alert seven": (f"{told.STACK}/x.auto.tfvars", told.added(f"{told.STACK}/x.auto.tfvars", 'a = "b"\n')),
        "alert eight": (PATH, told.added(PATH, PASSWORD)),
        "alert nine <!channel> `rm -rf /` T-1 A-1": (":(glob)**", told.added(":(glob)**", harmless)),
    }
    repository = await told.with_stacks(story, tmp_path, remediation="apply")
    await resolved(story)
    for action, (file, change) in drafts.items():
        await told.draft(story, action, file, change)
    await publish(story)
    rows = "\n".join(told.row(action) for action in drafts)
    await edited(story, told.PLAN_LINE, f"{told.PLAN_LINE}\n{rows}")
    before = {path: repository.read(path) for path in repository.files() if not path.startswith("docs/")}
    await story.pass_time(minutes=1)
    await story.follow()
    server.close()
    await server.wait_closed()
    found = {item.action: item for item in await told.all_items(story) if item.action in drafts}
    assert found.keys() == drafts.keys()
    assert {item.state for item in found.values()} == {ItemState.HELD}, {i.action: i.reason for i in found.values()}
    assert all(item.reason for item in found.values())
    why = {"one": "protected stack", "two": "no path", "three": "steer git", "four": "provisioner runs commands"}
    why |= {"five": "data source runs, sends or reads", "seven": "steer git", "eight": "looks like a secret"}
    assert [each for each, words in why.items() if words not in found[f"alert {each}"].reason] == []
    assert {path: repository.read(path) for path in repository.files() if not path.startswith("docs/")} == before
    assert heard == []
    assert not (tmp_path / "app.tfstate").exists()
    said = "\n".join(f"{each.text} {each.blocks}" for each in await told.thread(story))
    assert "<!channel>" not in said
    assert "correct-horse-battery" not in said
