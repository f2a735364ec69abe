"""A model that says what it was told to: for tests, which need the same answer each time."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from agents.runtime.llm import Ask, Fault, Reply, Unanswered

#: Any of these may stand in for an answer; a function is asked, and what it raises is raised.
Line = Reply | Exception | Callable[[Ask], Reply | Awaitable[Reply]]

USAGE = {"input_tokens": 1000, "output_tokens": 100}


class ScriptedLLM:
    """Gives its lines in their order, or asks a function each time. `asked` is every request that reached it."""

    def __init__(self, script: Sequence[Line] | Callable[[Ask], Reply | Awaitable[Reply]]) -> None:
        self._lines = None if callable(script) else list(script)
        self._answer = script if callable(script) else None
        self.asked: list[Ask] = []

    def absent(self) -> str:
        return ""

    async def ask(self, ask: Ask) -> Reply:
        self.asked.append(ask)
        line: Line | None = self._answer
        if self._lines is not None:
            if not self._lines:
                raise Unanswered(Fault.WRONG, "The script has no more lines.", charged=False)
            line = self._lines.pop(0)
        if isinstance(line, Exception):
            raise line
        if isinstance(line, Reply):
            return line
        assert line is not None
        reply = line(ask)
        return reply if isinstance(reply, Reply) else await reply


def says(text: str, usage: Mapping[str, Any] = USAGE, stop_reason: str = "end_turn") -> Reply:
    """An answer in words."""
    return Reply(blocks=({"type": "text", "text": text},), stop_reason=stop_reason, usage=usage)


def calls(*uses: tuple[str, str, dict[str, Any]], usage: Mapping[str, Any] = USAGE) -> Reply:
    """An answer that asks for tools: (id, name, input) each."""
    blocks = tuple({"type": "tool_use", "id": id, "name": name, "input": input} for id, name, input in uses)
    return Reply(blocks=blocks, stop_reason="tool_use", usage=usage)
