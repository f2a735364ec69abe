"""Counts tokens and remembers what is cached, closely enough that bills add up as the real ones do."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from bot.workspace.claude.model import Reply

#: Bytes that make a token, about.
BYTES = 4
SYSTEM_OF_TOOLS = 300  # what having any tool at all costs


class Cache:
    """Prompts that were sent with a mark, up to the mark. Nothing of it grows old: a test is shorter than five minutes.

    As with the real one, another model, tool or system text is another cache.
    """

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def bill(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """The part of `usage` that is known when the answer begins."""
        total, read, marked, hour = 0, 0, 0, 0
        digest = sha256(str(body.get("model")).encode())
        for block in _blocks(body):
            mark = block.get("cache_control")
            said = json.dumps({key: value for key, value in block.items() if key != "cache_control"}, sort_keys=True)
            digest.update(said.encode())
            total += tokens(said)
            if digest.hexdigest() in self._known:
                read = total
            if mark:
                hour += total - max(marked, read) if mark.get("ttl") == "1h" else 0
                marked = total
                self._known[digest.hexdigest()] = total
        written = max(0, marked - read)
        return {
            "input_tokens": total - max(marked, read) + (SYSTEM_OF_TOOLS if body.get("tools") else 0),
            "cache_creation_input_tokens": written,
            "cache_read_input_tokens": read,
            "cache_creation": {
                "ephemeral_5m_input_tokens": written - max(0, hour),
                "ephemeral_1h_input_tokens": max(0, hour),
            },
        }


def tokens(text: str) -> int:
    """How many a text is, at least one."""
    return max(1, -(-len(text.encode()) // BYTES))


def output(reply: Reply) -> dict[str, Any]:
    """The part of `usage` that is known when the answer ends."""
    thought = tokens(reply.thinking) if reply.thinking else 0
    said = tokens(reply.text) + sum(tokens(call.json) + 20 for call in reply.tool_calls)
    details = {"output_tokens_details": {"thinking_tokens": thought}} if thought else {}
    return {"output_tokens": said + thought} | details


def told(counted: Mapping[str, Any], instead: Mapping[str, Any] | None) -> dict[str, Any]:
    """What is told of the usage, where a reply says something else than what was counted."""
    if instead == {}:
        return {}
    mixed = {**counted, **(instead or {})}
    return {key: value for key, value in mixed.items() if value is not None}


def _blocks(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Everything of a prompt, in the order in which it is cached: tools, system, messages."""
    yield from body.get("tools") or []
    system = body.get("system") or []
    yield from [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in body.get("messages") or []:
        content = message["content"]
        yield {"role": message["role"]}
        yield from [{"type": "text", "text": content}] if isinstance(content, str) else content
