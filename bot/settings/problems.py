"""Turns what pydantic finds wrong into sentences: where, what stands there, and what is allowed."""

import difflib
from collections.abc import Callable, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, SecretStr, ValidationError

from bot.redact import Redactor

#: The longest piece of a wrong value that is repeated to the reader.
SHOWN = 60

Where = tuple[int | str, ...]


class SettingsError(Exception):
    """Settings that cannot be used. `problems` has one sentence for each thing wrong."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def sentences(error: ValidationError, model: type[BaseModel], name: Callable[[Where], str]) -> tuple[str, ...]:
    """One sentence per problem; `name` turns pydantic's path into the words of the reader."""
    return tuple(_sentence(problem["type"], problem, model, name) for problem in error.errors(include_url=False))


def path(where: Where) -> str:
    """`('services', 2, 'name')` as `services[2].name`."""
    text = ""
    for part in where:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text or "the file"


def _sentence(kind: str, problem: Mapping[str, Any], model: type[BaseModel], name: Callable[[Where], str]) -> str:
    where: Where = problem["loc"]
    if kind == "extra_forbidden":
        known = _keys(model, where[:-1])
        near = difflib.get_close_matches(str(where[-1]), known, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        return f"{name(where)}: this key is not known.{hint} Allowed here: {', '.join(known)}."
    if kind == "missing":
        return f"{name(where)}: this is missing."
    if kind == "value_error":
        allowed = str(problem["ctx"]["error"])
        if isinstance(problem["input"], dict | BaseModel):  # a rule about the whole, which names its keys itself
            return f"{name(where)}: {allowed}." if where else f"{allowed}."
        return f"{name(where)}: {_shown(problem['input'])} is not allowed. Allowed: {allowed}."
    if kind in {"model_type", "model_attributes_type", "dict_type"}:
        known = _keys(model, where)
        allowed = f"keys and values ({', '.join(known)})" if known else "keys and values"
    elif kind in {"tuple_type", "list_type"}:
        allowed = "a list"
    elif kind in {"int_parsing", "int_type", "int_from_float"}:
        allowed = "a whole number"
    elif kind in {"float_parsing", "float_type", "decimal_parsing", "decimal_type"}:
        allowed = "a number"
    elif kind == "string_type":
        allowed = "a text"
    else:
        allowed = _plain(problem["msg"])
    return f"{name(where)}: {_shown(problem['input'])} is not allowed. Allowed: {allowed}."


def _plain(message: str) -> str:
    """Pydantic's `Input should be 'a' or 'b'` without its own subject."""
    for opening in (
        "Input should be ",
        "Input should have ",
        "Value should have ",
        "String should have ",
        "Decimal input should have ",
    ):
        message = message.removeprefix(opening)
    return message.removeprefix("a valid ").split(", unable to parse")[0]


def _shown(value: object) -> str:
    if isinstance(value, SecretStr):
        return "this value"
    text = Redactor().text(repr(value))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _keys(model: type[BaseModel], where: Where) -> list[str]:
    """The keys that are known at `where`; empty if that is not a place with keys of its own."""
    kind: object = model
    for part in where:
        if isinstance(part, int):
            kind = next((k for k in _inside(kind) if k is not Ellipsis), None)
        elif get_origin(kind) is dict:
            kind = get_args(kind)[1]
        else:
            found = _model(kind)
            if found is None or part not in found.model_fields:
                return []
            kind = found.model_fields[part].annotation
    found = _model(kind)
    return list(found.model_fields) if found else []


def _inside(kind: object) -> tuple[object, ...]:
    return get_args(kind) if get_origin(kind) in {tuple, list, frozenset} else ()


def _model(kind: object) -> type[BaseModel] | None:
    """The model that `kind` is, or that it may be beside None."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    if get_origin(kind) in {Union, UnionType}:
        return next((found for part in get_args(kind) if (found := _model(part))), None)
    return None
