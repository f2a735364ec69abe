"""What is asked of the stand-in, and what it can answer: whole, broken off, refused, or not at all."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Json = Any  # Any: whatever stands in a request, or a model hands to a tool


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool. `raw` is sent in place of the arguments' JSON; without an `id` it is given one."""

    name: str
    arguments: Json = field(default_factory=dict)
    id: str = ""
    raw: str = ""

    @property
    def json(self) -> str:
        """The arguments, as they go over the wire."""
        return self.raw or json.dumps(self.arguments)


@dataclass(frozen=True)
class Reply:
    """A whole answer. Without a `stop_reason`: `tool_use` where it calls a tool, else `end_turn`.

    `usage` takes the place of what was counted, key by key, and None takes a key away; `{}` tells no usage at all.
    `pace` is how many seconds pass between two pieces of a stream, and before an answer that is not streamed.
    `details` are a refusal's `stop_details`.
    """

    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    thinking: str = ""
    stop_reason: str = ""
    usage: Mapping[str, Any] | None = None
    pace: float = 0.0
    details: Mapping[str, Any] | None = None

    @property
    def stops(self) -> str:
        """Why it ends, as the API says it."""
        return self.stop_reason or ("tool_use" if self.tool_calls else "end_turn")

    @staticmethod
    def refusal(category: str | None = "cyber", text: str = "") -> "Reply":
        """The model will not; security words in an incident are enough for that."""
        details = {"type": "refusal", "category": category, "explanation": "This request could enable cyber harm."}
        return Reply(text=text, stop_reason="refusal", details=details)


#: How an answer breaks: the line is cut; the stream ends as if it were whole; an `error` event comes; nothing comes.
How = Literal["cut", "ends", "error", "stalls"]
#: Where: right after it began; in the midst of everything; inside a tool call's JSON (of the text, where it calls
#: none); when only `message_stop` is missing.
Where = Literal["start", "middle", "tool", "stop"]


@dataclass(frozen=True)
class Broken:
    """An answer that does not come to its end."""

    how: How = "cut"
    where: Where = "middle"
    reply: Reply | None = None  # None: what would have been answered, which waits for the next attempt


@dataclass(frozen=True)
class Failure:
    """No answer but an error, before anything is billed."""

    status: int = 500
    kind: str = "api_error"
    message: str = "Internal server error"
    headers: Mapping[str, str] = field(default_factory=dict)

    @staticmethod
    def rate_limit(**headers: str) -> "Failure":
        """429; the keywords are headers, `retry_after="3600"`."""
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return Failure(429, "rate_limit_error", "This request would exceed your rate limit.", names)

    @staticmethod
    def overloaded() -> "Failure":
        """529."""
        return Failure(529, "overloaded_error", "Overloaded")


@dataclass(frozen=True)
class Hang:
    """Nothing, not even a header, until the caller gives up or the stand-in stops."""


Answer = Reply | Broken | Failure | Hang


@dataclass
class Asked:
    """One request, whole but for its credential. `became` is `whole`, `broken`, `failed`, `hung`, or `gone`: the caller
    hung up; empty while it is being answered.
    """

    number: int
    headers: dict[str, str]
    raw: str
    body: dict[str, Any]
    status: int = 0
    became: str = ""

    @property
    def model(self) -> str:
        """Who was asked."""
        return str(self.body.get("model", ""))

    @property
    def system(self) -> str:
        """Our own text to it."""
        return text_of(self.body.get("system", ""))

    @property
    def last(self) -> str:
        """The text of the last message, what tools answered included."""
        messages = self.body.get("messages") or [{}]
        return text_of(messages[-1].get("content", ""))

    @property
    def conversation(self) -> str:
        """The text of all messages."""
        return "\n".join(text_of(message.get("content", "")) for message in self.body.get("messages") or [])

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the tools that may be called; none where `tool_choice` forbids it."""
        if (self.body.get("tool_choice") or {}).get("type") == "none":
            return ()
        return tuple(str(tool.get("name")) for tool in self.body.get("tools") or [])

    @property
    def schema(self) -> dict[str, Any] | None:
        """The form in which the answer has to come."""
        form = (self.body.get("output_config") or {}).get("format") or {}
        schema: dict[str, Any] | None = form.get("schema")
        return schema

    @property
    def results(self) -> tuple[dict[str, Any], ...]:
        """Every `tool_result` of the last message."""
        content = (self.body.get("messages") or [{}])[-1].get("content", "")
        return tuple(b for b in content if b.get("type") == "tool_result") if isinstance(content, list) else ()


#: Answers a request; None leaves it to the next.
Answers = Callable[[Asked], Answer | None]


def text_of(content: Json) -> str:
    """Everything that can be read in a message's content."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = (block.get("text") or block.get("thinking") or text_of(block.get("content")) for block in content)
    return "\n".join(part for part in parts if part)
