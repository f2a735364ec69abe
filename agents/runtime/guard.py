"""Tells an attack in what a model hands to a tool from an honest mistake, so that three of them end a run."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from agents.runtime.tool import Tool

#: For a field whose words are a language of their own, such as a selector of labels; put into its `Annotated`.
EXPRESSION = "expression"
#: No honest question is longer, in characters of JSON.
LONGEST = 64_000

#: What nobody writes by mistake where a name belongs, and the id of its rule. Case does not matter.
_SIGNS = tuple(
    (rule, re.compile(pattern, re.IGNORECASE))
    for rule, pattern in (
        ("arguments.control", "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]"),
        (
            "arguments.path",
            r"(?:^|[/\\])\.\.(?:[/\\]|$)|(?:^|/)\.git(?:/|$)|^~|^/(?:etc|proc|sys|dev|root|home|var|run)\b",
        ),
        ("arguments.option", r"^\s*-{1,2}[a-z]"),
        ("arguments.shell", r"[;`]|\$[({]|&&|\|\||>\s*[/&]|\S[\r\n]+\S"),
        ("arguments.address", r"^\s*[a-z][a-z0-9+.-]*://"),
        ("arguments.secrets", r"(?:^|[\s,/])secrets?(?:[\s,/]|$)"),
    )
)


def attack(tool: Tool[Any], arguments: object) -> str:  # Any: each tool has an input of its own
    """The rule that these arguments break, or nothing where they are valid or only wrong.

    Only what the tool's own input refuses is looked at: a query, a pattern or a path that it accepts is none, and one
    that is only too long or too short is a mistake.
    """
    try:
        if len(json.dumps(arguments, default=str)) > LONGEST:
            return "arguments.size"
        tool.input.model_validate(arguments)
    except RecursionError:
        return "arguments.size"
    except ValidationError as refused:
        # The error's own words are no use: they may quote what was refused.
        found = (_broken(tool, error["type"], error["loc"], error.get("input")) for error in refused.errors())
        return next((rule for rule in found if rule), "")
    return ""


def _broken(tool: Tool[Any], kind: str, where: tuple[int | str, ...], value: object) -> str:  # Any: as above
    if kind == "missing" or kind.endswith(("too_long", "too_short")) or _is_expression(tool, where):
        return ""
    texts = list(_texts(value))
    if kind == "extra_forbidden":
        texts += [str(part) for part in where]
    return next((rule for rule, sign in _SIGNS if any(sign.search(text) for text in texts)), "")


def _is_expression(tool: Tool[Any], where: tuple[int | str, ...]) -> bool:  # Any: as above
    field = tool.input.model_fields.get(str(where[0])) if where else None
    return field is not None and EXPRESSION in field.metadata


def _texts(value: object) -> Iterator[str]:
    """Every text in it, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from (*_texts(key), *_texts(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
