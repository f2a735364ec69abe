"""What a model is to the loop: it is asked once, and answers whole, in part, or not at all."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from bot.settings.agents import Effort

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_REASON = re.compile(r"[a-z_]{0,40}")
#: A message or a block of one, as the API's JSON has it.
Block = dict[str, Any]


@dataclass(frozen=True)
class Ask:
    """One request. `tools` are {name, description, input_schema}; with `closed` none of them may be used: they are only
    there because what was said before speaks of them. `form` is the JSON schema that the answer has to have.

    `seconds` is the longest that all of it may take.
    """

    model: str
    effort: Effort
    system: str
    messages: Sequence[Block]
    max_tokens: int
    tools: Sequence[Block] = ()
    closed: bool = False
    form: dict[str, Any] | None = None
    seconds: float = 240.0


@dataclass(frozen=True)
class Reply:
    """What came. `blocks` are the API's own, verbatim; `usage` is its own too, and may be odd or empty.

    Not `complete`: it broke off, so nothing in it counts but the usage; `why` says how.
    """

    blocks: Sequence[Block]
    stop_reason: str
    usage: Mapping[str, Any] = field(default_factory=dict)
    complete: bool = True
    why: str = ""


class Fault(StrEnum):
    """Why there is no answer."""

    BUSY = "busy"  # too many requests, overloaded, or an error of theirs: again later
    AWAY = "away"  # nobody could be reached, or the line broke
    WRONG = "wrong"  # this request will never be answered
    BARRED = "barred"  # no request of ours will be: the key, the credit, the permission
    UNKNOWN = "unknown"  # there is no such model


#: Asking again may help.
PASSING = frozenset({Fault.BUSY, Fault.AWAY})


class Unanswered(Exception):
    """There was no answer. `charged` False: it was surely not worked on, so it costs nothing.

    `after` is how many seconds the provider wants us to wait; None where it said nothing. `sentence` is for people.
    """

    def __init__(self, fault: Fault, sentence: str, *, charged: bool, after: float | None = None) -> None:
        super().__init__(sentence)
        self.fault = fault
        self.sentence = sentence
        self.charged = charged
        self.after = after


def sound(reply: Reply) -> Reply:
    """A reply that can be kept and sent again; what is no JSON, or no text, never was an answer."""
    blocks = list(reply.blocks)
    whole = _is_json(reply.usage) and _is_json(blocks) and _REASON.fullmatch(reply.stop_reason) and _can_call(blocks)
    return reply if whole else _garbled(reply)


def _garbled(reply: Reply) -> Reply:
    usage = reply.usage if _is_json(reply.usage) else {}
    return Reply(blocks=(), stop_reason="", usage=usage, complete=False, why="the answer made no sense")


def _can_call(blocks: Sequence[Block]) -> bool:
    """Whether every call has a name, an input, and an id of its own."""
    uses = [block for block in blocks if block.get("type") == "tool_use"]
    ids = {str(use.get("id")) for use in uses}
    named = all(isinstance(use.get("name"), str) and isinstance(use.get("input"), dict) for use in uses)
    return named and len(ids) == len(uses) and all(map(_ID.fullmatch, ids))


def _is_json(value: object) -> bool:
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError):
        return False
    return True


class LLM(Protocol):
    """Whoever answers."""

    def absent(self) -> str:
        """Why nobody can be asked, in a sentence; empty where one can."""
        ...

    async def ask(self, ask: Ask) -> Reply:
        """One attempt, without retries. Raises Unanswered."""
        ...
