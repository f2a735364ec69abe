"""Slack's way of checking a payload: its order, its words and its JSON pointers."""

import re
from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

NAMES: dict[str, tuple[type, ...]] = {
    "an object": (dict,),
    "an array": (list,),
    "a string": (str,),
    "an integer": (int,),
}


def problems(schema: Schema, value: Any, at: str) -> list[str]:  # Any: whatever a caller may have sent
    """What is wrong with `value`, in Slack's words and order; `at` is the pointer to it."""
    return list(_check(schema, value, at))


def said(message: str, at: str) -> str:
    return f"{message} [json-pointer:{at}]"


def _check(schema: Schema, value: Any, at: str) -> Iterator[str]:  # Any: as above
    if "types" in schema:
        return _typed(schema["types"], value, at)
    if "all" in schema:
        return _all(schema["all"], value, at)
    kind = schema["is"]
    if kind == "a boolean":
        return iter(() if isinstance(value, bool) else [said("must be a boolean", at)])
    if not isinstance(value, NAMES[kind]) or isinstance(value, bool):
        return iter([said(f"must provide {kind}", at)])
    return RULES[kind](schema, value, at)


def _typed(types: dict[str, Schema], value: Any, at: str) -> Iterator[str]:  # Any: as above
    """One schema for each value of `type`: what is said is about that one."""
    if not isinstance(value, dict):
        yield said("must provide an object", at)
    elif "type" not in value:
        yield said("missing required field: type", at)
    elif not isinstance(value["type"], str) or value["type"] not in types:
        yield said(f"unsupported type: {value['type']}", f"{at}/type")
    else:
        yield from _check(types[value["type"]], value, at)


def _all(schemas: list[Schema], value: Any, at: str) -> Iterator[str]:  # Any: as above
    found = [problem for schema in schemas for problem in _check(schema, value, at)]
    if found:
        yield said("failed to match all allowed schemas", at)
        yield from found


def _object(schema: Schema, value: dict[str, Any], at: str) -> Iterator[str]:
    if missing := [name for name in schema.get("required", ()) if name not in value]:
        yield from (said(f"missing required field: {name}", at) for name in missing)
        return
    if (choice := schema.get("one_of")) and sum(name in value for name in choice) != 1:
        yield said("failed to match exactly one allowed schema", at)
        return
    known: dict[str, Schema] = schema.get("fields", {})
    for name, inner in known.items():
        if name in value:
            yield from _check(inner, value[name], f"{at}/{name}")
    if schema.get("closed", True):
        yield from (said(f"invalid additional property: {name}", at) for name in value if name not in known)


def _array(schema: Schema, value: list[Any], at: str) -> Iterator[str]:
    most, least = schema.get("most"), schema.get("least", 0)
    if most is not None and len(value) > most:
        yield said(f"no more than {most} items allowed", at)
        return
    if len(value) < least:
        yield said(f"must provide at least {least} items", at)
    for index, item in enumerate(value):
        yield from _check(schema["of"], item, f"{at}/{index}")


def _string(schema: Schema, value: str, at: str) -> Iterator[str]:
    most, least = schema.get("most"), schema.get("least")
    if "values" in schema and value not in schema["values"]:
        yield said("must be a valid enum value", at)
    elif "pattern" in schema and not re.search(schema["pattern"], value):
        yield said(f"input must match regex pattern: {schema['pattern']}", at)
    elif most is not None and len(value) > most:
        yield said(f"must be less than {most + 1} characters", at)
    elif least is not None and len(value) < least:
        yield said(f"must be more than {least - 1} characters", at)


def _integer(schema: Schema, value: int, at: str) -> Iterator[str]:
    if "most" in schema and value > schema["most"]:
        yield said(f"must be less than {schema['most']}", at)
    elif "least" in schema and value < schema["least"]:
        yield said(f"must be greater than {schema['least']}", at)


RULES: dict[str, Callable[[Schema, Any, str], Iterator[str]]] = {
    "an object": _object,
    "an array": _array,
    "a string": _string,
    "an integer": _integer,
}
