"""What `holdfast todos` prints of a document: the public contract, as plain data."""

from typing import Any

from bot.postmortem.model import Item, Reading


def listing(reading: Reading) -> dict[str, Any]:
    """An object with `file`, `todos` (safe), `skipped` (held, each with `reason`) and their numbers."""
    safe, held = reading.safe, reading.held
    return {
        "file": reading.document,
        "todos": [_item(item) for item in safe],
        "skipped": [{**_item(item), "reason": item.reason} for item in held],
        "safe_todos": len(safe),
        "skipped_todos": len(held),
        "total_todos_in_doc": len(safe) + len(held),
    }


def _item(item: Item) -> dict[str, Any]:
    return {
        "action": item.action,
        "type": " + ".join(item.kinds) or item.type or None,
        "priority": item.priority,
        "details": item.details,
        "status": item.status,
        "owner": item.owner or None,
        "due": item.due.isoformat() if item.due else None,
        "issue": item.issue or None,
        "line": item.line,
        "safe": item.safe,
    }
