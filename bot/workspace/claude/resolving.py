"""What the workspace's own Claude does for an action item: a small change that is seen, and says what it is."""

import json
import re
from typing import Any

from bot.workspace.claude.model import Asked, Reply, ToolCall

FACE = "Canned change of the local workspace: "
#: A size in an item's words, and the one that stands in a file.
_SIZE = re.compile(r"\b\d+(?:Gi|Mi)\b")
_STANDS = re.compile(r'default\s+= \\*"(\d+(?:Gi|Mi))\\*"')
_ALERT = """# {words}
resource "terraform_data" "{name}" {{
  input = {{
    name     = "{title}"
    for      = "10m"
    severity = "warning"
  }}
}}
"""
_OTHER = """# {words}
resource "terraform_data" "{name}" {{
  input = {{
    name    = "{title}"
    enabled = true
  }}
}}
"""
_DOCUMENT = """# {words}

This is a canned text of the local workspace.

1. See whether it is this: look at the card of the incident.
2. Do what helped before; the post-mortem says what that was.
3. See that it helped: the service answers again.
"""


def resolving(asked: Asked) -> Reply | None:
    """A look, one edit, and a word about it; None where it is not asked to edit anything."""
    if not any(tool.get("name") == "edit_file" for tool in asked.body.get("tools") or []):
        return None
    shown = _shown(asked)
    item, files = shown.get("item", {}), shown.get("files", {}).get("names", [])
    folder = item.get("stack") or next(iter(shown.get("folders", {}).get("names", [])), "")
    if not item.get("stack") and folder.startswith("stacks/"):
        return _done(asked, "", "It does not say which stack it is about.")
    size = _SIZE.search(item.get("action", ""))
    sized = next((path for path in files if path.endswith("/variables.tf")), "") if size else ""
    used = [block["name"] for block in _blocks(asked) if block.get("type") == "tool_use"]
    if not used:
        look = sized or next((path for path in files if path.endswith(".tf")), "")
        call = ToolCall("read_file", {"path": look}) if look else ToolCall("list_files", {"folder": folder})
        return Reply(text=f"{FACE}I look at what is there.", tool_calls=(call,))
    stands = _STANDS.search(asked.conversation) if sized else None
    if len(used) > 1:
        return _done(asked, folder, "")
    if size and stands:
        call = ToolCall("edit_file", {"path": sized, "old": f'"{stands[1]}"', "new": f'"{size[0]}"'})
    else:
        call = ToolCall("create_file", _new(folder, item))
    return Reply(text=f"{FACE}I write one edit down.", tool_calls=(call,))


def _new(folder: str, item: dict[str, Any]) -> dict[str, str]:
    """A file of its own, named after the item."""
    words = " ".join(re.sub(r"[^\w %.,-]", "", item.get("action", ""), flags=re.ASCII).split()) or "Something"
    parts = re.findall(r"[a-z0-9]+", words.casefold())[:6]
    if not folder.startswith("stacks/"):
        return {"path": f"{folder}/{'-'.join(parts)}.md", "text": _DOCUMENT.format(words=words)}
    form = _ALERT if item.get("type") in ("Alert", "Monitor") else _OTHER
    title = "".join(part.capitalize() for part in parts)
    name = "_".join(["item", *parts])
    return {"path": f"{folder}/{name}.tf", "text": form.format(words=words, name=name, title=title)}


def _done(asked: Asked, stack: str, problem: str) -> Reply:
    summary = "" if problem else f"{FACE}one small edit, to show how a change is judged, approved and applied."
    rollback = "" if problem else "The edit is taken back."
    answer = {"summary": summary, "rollback": rollback, "stack": stack, "problem": problem, "confidence": 0.8}
    wanted = (asked.schema or {}).get("properties", answer)
    return Reply(text=json.dumps({name: value for name, value in answer.items() if name in wanted}))


def _shown(asked: Asked) -> dict[str, dict[str, Any]]:  # Any: JSON of any shape
    """What it was given to begin with, by what it is."""
    found: dict[str, dict[str, Any]] = {}
    for line in asked.conversation.splitlines():
        if line.startswith('{"source"'):
            envelope = json.loads(line)
            if isinstance(envelope["content"], dict):
                found.setdefault(envelope["source"], envelope["content"])
    return found


def _blocks(asked: Asked) -> list[dict[str, Any]]:  # Any: blocks of the Messages API
    said = (message["content"] for message in asked.body["messages"])
    return [block for content in said if isinstance(content, list) for block in content]
