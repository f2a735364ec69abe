"""What the workspace's own Claude answers: made up from what it was shown, and saying so on its face."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from bot.workspace.claude.filling import Mouth, filled
from bot.workspace.claude.model import Asked, Json, Reply, ToolCall
from bot.workspace.claude.resolving import resolving

FACE = "Canned answer of the local workspace: "
#: How long a piece of the answer takes, so that people see it come. Seconds.
PACE = 0.02
FEW = 2
#: Fields that claim something, citing evidence.
CLAIMS = frozenset(("sentence", "cause", "because"))
_ID = re.compile(r"E-\d+")
_NAMES = re.compile(r'"(namespace|service)": ?"([a-z0-9-]+)"')
#: Fields about what is remembered, or to be changed: nothing to make up.
_NEVER = frozenset(("recurrence", "known_issue", "pattern", "dependencies", "not_known", "began", "file", "change"))
#: Fields that it leaves empty: what people should run is nothing to make up either.
SILENT = _NEVER | {"commands", "command", "ruled_out", "notes", "proposals", "patterns", "fixes", "hints", "selector"}
#: What each field says, where it is about no piece of evidence.
SAID = {
    "severity": "SEV2",
    "severity_reason": "The service answers with errors, and nobody has said that there is a way around.",
    "history": "There is no earlier incident like it among those I was shown.",
    "next_steps": "Compare the last rollout with the one before it, and look at the oldest error first.",
    "action": "Let a new version start beside the old one before it takes over",
    "question": "What changed shortly before it began?",
    "why": "It is the oldest change in the window.",
}


def canned(asked: Asked) -> Reply:
    """One look around where it may ask, then an answer in the form that is wanted, about what it was shown."""
    if change := resolving(asked):
        return change
    seen = list(dict(_pieces(asked)).items())
    calls = () if _has_looked(asked) else _looks(asked)
    if calls:
        return Reply(text=f"{FACE}I look around first.", tool_calls=calls, pace=PACE)
    if asked.schema is None:
        return Reply(text=f"{FACE}{_about(seen)}", pace=PACE)
    value = filled(asked.schema, Mouth(_voice(seen), tuple(id for id, _ in seen[:FEW]), silent=SILENT))
    return Reply(text=json.dumps(_with_face(value)), pace=PACE)


def _voice(seen: list[tuple[str, str]]) -> Callable[[str], str]:
    def say(name: str) -> str:
        return SAID.get(name) or (_seen(seen) if name in CLAIMS else _about(seen))

    return say


def _seen(seen: list[tuple[str, str]]) -> str:
    """A claim: what it was shown, and no word more."""
    return "; ".join(title for _, title in seen[:FEW]) or "nothing was shown"


def _about(seen: list[tuple[str, str]]) -> str:
    if not seen:
        return "I was shown no evidence, so I cannot tell what it is."
    return f"Of what I was shown, this stands out most: {seen[0][1]}."


def _with_face(value: Json) -> Json:
    """The first sentence that people read says what it is."""
    if isinstance(value, dict):
        headline = next(
            (name for name in ("verdict", "summary", "reason", "history", *value) if _text(value, name)), ""
        )
        return value | {headline: FACE + value[headline]} if headline else value
    return value


def _text(value: dict[str, Any], name: str) -> bool:
    return isinstance(value.get(name), str) and " " in value[name]


def _has_looked(asked: Asked) -> bool:
    return any(
        block.get("type") == "tool_use"
        for message in asked.body["messages"]
        if isinstance(message["content"], list)
        for block in message["content"]
    )


def _looks(asked: Asked) -> tuple[ToolCall, ...]:
    """A call or two of what it may ask, about the namespace and the service it was told of."""
    said = _NAMES.findall(asked.conversation.replace('\\"', '"'))
    known = dict(reversed(said))  # the report comes first, and with it the service that it is about
    may = [tool for tool in asked.body.get("tools") or [] if tool["name"] in asked.tools]
    reads = [tool for tool in may if not tool["name"].startswith("propose")]

    def say(name: str) -> str:
        return known.get(name) or known.get("service") or "default"

    return tuple(
        ToolCall(tool["name"], filled(tool["input_schema"], Mouth(say, silent=SILENT))) for tool in reads[:FEW]
    )


def _pieces(asked: Asked) -> Iterator[tuple[str, str]]:
    """The evidence it was shown: ids and titles, in their order."""
    for line in asked.conversation.splitlines():
        if line.startswith("{"):
            try:
                yield from _in(json.loads(line))
            except ValueError:
                continue


def _in(value: Json) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        if _ID.fullmatch(str(value.get("id", ""))):
            inner = value.get("content", value)
            yield value["id"], _title(inner)
        for each in value.values():
            yield from _in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _in(each)


def _title(value: Json) -> str:
    said = (value.get("title") or value.get("text")) if isinstance(value, dict) else value
    return str(said if said is not None else "something")[:200]
