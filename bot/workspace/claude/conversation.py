"""Refuses conversations that no model could have had: an unanswered call, an answer to none, empty text."""

from collections.abc import Sequence
from typing import Any

from bot.workspace.claude.model import Json
from bot.workspace.claude.refused import invalid

#: What a block of each kind must have, and who may say it.
FIELDS = {
    "text": ("text",),
    "thinking": ("thinking", "signature"),
    "redacted_thinking": ("data",),
    "tool_use": ("id", "name", "input"),
    "tool_result": ("tool_use_id",),
    "image": ("source",),
    "document": ("source",),
}
BY_USER = frozenset(("text", "tool_result", "image", "document"))
BY_ASSISTANT = frozenset(("text", "thinking", "redacted_thinking", "tool_use"))
MAY = frozenset(("type", "cache_control", "content", "is_error", "citations", "caller", "toolset_name", "title"))


def check_messages(messages: Json, *, has_tools: bool) -> None:
    """The whole conversation. Raises Refusal."""
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: at least one message is required")
    for index, message in enumerate(messages):
        _message(message, index)
    if messages[0]["role"] != "user":
        raise invalid('messages: first message must use the "user" role')
    if messages[-1]["role"] != "user":
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    _pairs(messages)
    kinds = {block["type"] for message in messages for block in blocks(message)}
    if kinds & {"tool_use", "tool_result"} and not has_tools:
        raise invalid("Requests which have `tool_use` or `tool_result` blocks must define `tools`")


def blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    """A message's content, as blocks."""
    content: Json = message["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def _message(message: Json, index: int) -> None:
    where = f"messages.{index}"
    if not isinstance(message, dict) or message.keys() - {"role", "content"}:
        raise invalid(f"{where}: Extra inputs are not permitted")
    role = message.get("role")
    if role not in {"user", "assistant"}:
        raise invalid(f"{where}.role: Input should be 'user' or 'assistant'")
    content = message.get("content")
    if not isinstance(content, str | list):
        raise invalid(f"{where}.content: Input should be a valid string or list")
    if not content:
        raise invalid(f"{where}: all messages must have non-empty content")
    for number, block in enumerate(blocks(message)):
        _block(block, role, f"{where}.content.{number}")


def _block(block: Json, role: str, where: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    if kind not in FIELDS:
        raise invalid(f"{where}: Input tag '{kind}' found using 'type' does not match any of the expected tags")
    if kind not in (BY_USER if role == "user" else BY_ASSISTANT):
        raise invalid(f"{where}: `{kind}` blocks are not permitted in `{role}` messages")
    for name in FIELDS[kind]:
        if name not in block:
            raise invalid(f"{where}.{kind}.{name}: Field required")
    for extra in block.keys() - MAY - set(FIELDS[kind]):
        raise invalid(f"{where}.{kind}.{extra}: Extra inputs are not permitted")
    if kind == "text":
        _text(block["text"])
    if kind == "tool_use" and not isinstance(block["input"], dict):
        raise invalid(f"{where}.tool_use.input: Input should be a valid dictionary")
    inner = block.get("content")
    for number, each in enumerate(inner if isinstance(inner, list) else ()):
        _block(each, "user", f"{where}.tool_result.content.{number}")


def _text(text: Json) -> None:
    if not text:
        raise invalid("messages: text content blocks must be non-empty")
    if not text.strip():
        raise invalid("messages: text content blocks must contain non-whitespace text")


def _pairs(messages: Sequence[dict[str, Any]]) -> None:
    """Every call is answered in the very next message, and every answer is to a call right before it."""
    called: list[str] = []
    for index, message in enumerate(messages):
        answered = [block["tool_use_id"] for block in blocks(message) if block["type"] == "tool_result"]
        for answer in answered:
            if answer not in called:
                raise invalid(
                    f"messages.{index}.content.0: unexpected `tool_use_id` found in `tool_result` blocks: {answer}. "
                    "Each `tool_result` block must have a corresponding `tool_use` block in the previous message."
                )
        if len(set(answered)) < len(answered):
            raise invalid(f"messages.{index}: each tool_use must have a single result. Found multiple results.")
        if missing := [call for call in called if call not in answered]:
            raise invalid(
                f"messages.{index - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
                f"{', '.join(missing)}. Each `tool_use` block must have a corresponding `tool_result` block in the "
                "next message."
            )
        called = [block["id"] for block in blocks(message) if block["type"] == "tool_use"]
        if len(set(called)) < len(called):
            raise invalid(f"messages.{index}: `tool_use` ids must be unique")
