"""An answer as it comes, event by event: whole only if everything in it was ended, as it says itself."""

import json
from typing import Any

from agents.runtime.llm import Block, Reply

#: The longest answer that is taken in, in characters. No request of ours asks for nearly as much.
MOST = 2_000_000
#: Which field of a block a piece of it belongs to; the pieces of a call's input are JSON in parts.
_TEXTS = {"text_delta": "text", "thinking_delta": "thinking", "signature_delta": "signature"}


class Garbled(ValueError):
    """The events make no answer."""


class Incoming:
    """Takes events, as the API's JSON has them, in their order."""

    def __init__(self) -> None:
        self.begun = False
        self.usage: dict[str, Any] = {}
        self._blocks: list[Block] = []
        self._inputs: list[list[str]] = []
        self._open: set[int] = set()
        self._stop_reason = ""
        self._stopped = False
        self._size = 0

    def take(self, event: Block) -> None:
        """One event. Raises Garbled."""
        kind = event.get("type")
        if kind == "message_start":
            self._begin(event)
        elif kind == "content_block_start":
            self._start(event)
        elif kind == "content_block_delta":
            self._add(event)
        elif kind == "content_block_stop":
            self._end(event)
        elif kind == "message_delta":
            self._use(event.get("usage"))
            reason = _object(event, "delta").get("stop_reason")
            self._stop_reason = reason if isinstance(reason, str) else self._stop_reason
        elif kind == "message_stop":
            self._stopped = True

    def reply(self) -> Reply:
        """What has come; whole only if it ended, said why, and left nothing open. Raises Garbled."""
        if not (self._stopped and self._stop_reason) or self._open:
            return Reply((), self._stop_reason, self.usage, complete=False, why="the model's answer broke off")
        blocks = [_with_input(block, parts) for block, parts in zip(self._blocks, self._inputs, strict=True)]
        return Reply(tuple(blocks), self._stop_reason, self.usage)

    def _begin(self, event: Block) -> None:
        if self.begun:
            raise Garbled("it began twice")
        self.begun = True
        self._use(_object(event, "message").get("usage"))

    def _start(self, event: Block) -> None:
        if not self.begun or _index(event) != len(self._blocks):
            raise Garbled("a block is out of its place")
        self._open.add(len(self._blocks))
        self._blocks.append(dict(_object(event, "content_block")))
        self._inputs.append([])

    def _end(self, event: Block) -> None:
        if _index(event) not in self._open:
            raise Garbled("what ended had not begun")
        self._open.discard(_index(event))

    def _add(self, event: Block) -> None:
        index, delta = _index(event), _object(event, "delta")
        kind = str(delta.get("type"))
        if index not in self._open:
            raise Garbled("a part belongs to no block")
        if kind == "input_json_delta":
            self._inputs[index].append(self._counted(delta.get("partial_json")))
        elif kind in _TEXTS:
            field, block = _TEXTS[kind], self._blocks[index]
            block[field] = str(block.get(field) or "") + self._counted(delta.get(field))
        else:
            raise Garbled("a part is of no known kind")

    def _counted(self, text: object) -> str:
        if not isinstance(text, str):
            raise Garbled("a part is no text")
        self._size += len(text)
        if self._size > MOST:
            raise Garbled("it is too long")
        return text

    def _use(self, usage: object) -> None:
        """Counts are totals: a later one takes the place of an earlier one, and what is not told stays."""
        if isinstance(usage, dict):
            self.usage |= {key: value for key, value in usage.items() if value is not None}


def _with_input(block: Block, parts: list[str]) -> Block:
    text = "".join(parts)
    if not text:
        return block
    try:
        return block | {"input": json.loads(text)}
    except (ValueError, RecursionError) as error:
        raise Garbled("the input of a call is no JSON") from error


def _index(event: Block) -> int:
    index = event.get("index")
    if isinstance(index, bool) or not isinstance(index, int):
        raise Garbled("an event says not where it belongs")
    return index


def _object(event: Block, field: str) -> dict[str, Any]:
    value = event.get(field)
    if not isinstance(value, dict):
        raise Garbled("an event has no content")
    return value
