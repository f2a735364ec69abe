"""What the workspace's own Claude does for an action item, so that a demo has a change to show."""

import json
from typing import Any

import pytest

from bot.workspace.claude.canned import canned
from bot.workspace.claude.model import Asked, ToolCall

TOOLS = [{"name": name, "input_schema": {"type": "object"}} for name in ("read_file", "edit_file", "create_file")]
FILES = ["stacks/nextcloud/main.tf", "stacks/nextcloud/variables.tf"]
SIZE = json.dumps({"source": "Change", "trust": "untrusted", "id": "", "content": {"text": 'default = "2Gi"'}})


def asked(item: dict[str, str], *used: str, result: str = "") -> Asked:
    """A request about an item, after these calls of tools; `result` is what the last of them came to."""
    about = {"item": item, "folders": {"names": ["stacks/nextcloud"]}, "files": {"names": FILES}}
    shown = [json.dumps({"source": name, "trust": "untrusted", "id": "", "content": it}) for name, it in about.items()]
    calls: list[dict[str, Any]] = [{"type": "tool_use", "id": "t", "name": name, "input": {}} for name in used]
    messages = [{"role": "user", "content": "\n".join(shown)}]
    if used:
        messages += [{"role": "assistant", "content": calls}, {"role": "user", "content": result}]  # type: ignore[dict-item]
    return Asked(number=1, headers={}, raw="", body={"messages": messages, "tools": TOOLS})


def called(request: Asked) -> ToolCall:
    """The one tool that it calls."""
    return canned(request).tool_calls[0]


def test_an_alert_becomes_a_file_of_its_own() -> None:
    """It looks, writes one file into the item's stack, and says in its answer that it is canned."""
    item = {"action": 'Alert when "${x}" is 80 % full', "type": "Alert", "stack": "stacks/nextcloud"}
    assert called(asked(item)).arguments == {"path": "stacks/nextcloud/main.tf"}
    made = called(asked(item, "read_file"))
    assert made.name == "create_file"
    assert made.arguments["path"] == "stacks/nextcloud/item_alert_when_x_is_80_full.tf"
    assert "${" not in made.arguments["text"]
    answer = json.loads(canned(asked(item, "read_file", "create_file")).text)
    assert answer["stack"] == "stacks/nextcloud"
    assert answer["summary"].startswith("Canned")
    assert not answer["problem"]


def test_a_size_is_edited_where_it_stands() -> None:
    """The size that the item names takes the place of the default's."""
    item = {"action": "Give nextcloud 3Gi of memory", "type": "Config", "stack": "stacks/nextcloud"}
    assert called(asked(item)).arguments == {"path": "stacks/nextcloud/variables.tf"}
    edit = called(asked(item, "read_file", result=SIZE))
    assert (edit.name, edit.arguments["old"], edit.arguments["new"]) == ("edit_file", '"2Gi"', '"3Gi"')


@pytest.mark.parametrize("words", ["Alert when a renewal failed", "Give it 3Gi of memory"])
def test_an_item_without_a_stack_is_left_to_people(words: str) -> None:
    """It does not guess which stack is meant."""
    reply = canned(asked({"action": words, "type": "Alert"}))
    assert not reply.tool_calls
    assert "stack" in json.loads(reply.text)["problem"]
