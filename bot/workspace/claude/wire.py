"""How an answer goes over the wire: as one message, or as the events of a stream."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.workspace.claude.model import Reply, Where
from bot.workspace.claude.tokens import output, told

#: Characters of a piece; a text or a tool's arguments come in at most so many pieces, or a large one would take long.
PIECE, PIECES = 24, 200
Usage = Mapping[str, Any]


@dataclass(frozen=True)
class Made:
    """A reply with what only the server knows: its id, who says it, what the prompt costs, the seals of its blocks."""

    id: str
    model: str
    reply: Reply
    prompt: Usage
    call_ids: Sequence[str]
    signature: str


def message(made: Made) -> dict[str, Any]:
    """The whole answer, for who does not stream."""
    reply = made.reply
    said = told({**made.prompt, **output(reply), "service_tier": "standard"}, reply.usage)
    return _frame(made) | {
        "content": [_whole(made, block) for block in _blocks(made)],
        "stop_reason": reply.stops,
        "stop_details": reply.details,
        **({"usage": said} if said else {}),
    }


def events(made: Made) -> list[tuple[str, bytes]]:
    """The answer as a stream: each event's name, and its bytes."""
    return [(data["type"], sse(data)) for data in _events(made)]


def error_event() -> bytes:
    """What comes in the midst of a stream when the model is overloaded after all."""
    return sse({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, name="error")


def sse(data: Mapping[str, Any], name: str = "") -> bytes:
    """One server-sent event."""
    return f"event: {name or data['type']}\ndata: {json.dumps(data)}\n\n".encode()


def breaks_at(stream: Sequence[tuple[str, bytes]], where: Where) -> int:
    """How many events of a stream are sent before it breaks."""
    if where == "start":
        return 1
    if where == "stop":
        return len(stream) - 1
    calls = [n for n, (_, data) in enumerate(stream) if b"input_json_delta" in data]
    if where == "tool" and calls:
        return calls[len(calls) // 2] + 1
    return max(2, len(stream) // 2)


def _events(made: Made) -> Iterator[dict[str, Any]]:
    reply = made.reply
    start = told({**made.prompt, "output_tokens": 1, "service_tier": "standard"}, reply.usage)
    opened = _frame(made) | {"content": [], "stop_reason": None, "stop_details": None}
    yield {"type": "message_start", "message": opened | ({"usage": start} if start else {})}
    yield {"type": "ping"}
    for index, block in enumerate(_blocks(made)):
        yield {"type": "content_block_start", "index": index, "content_block": block["opens"]}
        for delta in block["deltas"]:
            yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    counted = {key: value for key, value in made.prompt.items() if key != "cache_creation"} | output(reply)
    end = told(counted, reply.usage)
    delta = {"stop_reason": reply.stops, "stop_sequence": None, "stop_details": reply.details}
    yield {"type": "message_delta", "delta": delta, **({"usage": end} if end else {})}
    yield {"type": "message_stop"}


def _frame(made: Made) -> dict[str, Any]:
    return {
        "id": made.id,
        "type": "message",
        "role": "assistant",
        "model": made.model,
        "stop_sequence": None,
        "container": None,
    }


def _blocks(made: Made) -> Iterator[dict[str, Any]]:
    """Each block: how a stream opens it, the pieces it comes in, and what is said of it in all."""
    reply = made.reply
    if reply.thinking:
        seal = {"type": "signature_delta", "signature": made.signature}
        yield {
            "opens": {"type": "thinking", "thinking": "", "signature": ""},
            "deltas": [*({"type": "thinking_delta", "thinking": part} for part in _pieces(reply.thinking)), seal],
        }
    if reply.text:
        yield {
            "opens": {"type": "text", "text": ""},
            "deltas": [{"type": "text_delta", "text": part} for part in _pieces(reply.text)],
        }
    for call, call_id in zip(reply.tool_calls, made.call_ids, strict=True):
        parts = ["", *_pieces(call.json)]
        yield {
            "opens": {"type": "tool_use", "id": call_id, "name": call.name, "input": {}},
            "deltas": [{"type": "input_json_delta", "partial_json": part} for part in parts],
            "input": {} if call.raw else call.arguments,
        }


def _whole(made: Made, block: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(block["opens"])
    match whole["type"]:
        case "thinking":
            whole |= {"thinking": made.reply.thinking, "signature": made.signature}
        case "text":
            whole |= {"text": made.reply.text}
        case _:
            whole |= {"input": block["input"]}
    return whole


def _pieces(text: str) -> list[str]:
    size = max(PIECE, -(-len(text) // PIECES))
    return [text[start : start + size] for start in range(0, len(text), size)]
