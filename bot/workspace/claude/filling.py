"""Fills in a form, given as a JSON schema, whatever its fields are: by their names, and else by their types."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.workspace.claude.model import Json

#: Fields that cite evidence by its ids, and fields that are lists but had better stay empty.
CITES = ("pieces", "evidence", "evidence_ids", "ids", "cites")
#: Of a choice, these first.
LIKELY = ("SEV2", "S2", "P2", "investigate", "deployment", "escalate", "everyone", "mitigate", "Config")


@dataclass(frozen=True)
class Mouth:
    """What is said: the text of a field, the ids that are cited, how sure it is, how many items a list has.

    `silent` are the fields that stay empty.
    """

    text: Callable[[str], str]
    ids: tuple[str, ...] = ()
    sure: float = 0.5
    items: int = 1
    silent: frozenset[str] = frozenset()


def filled(schema: Mapping[str, Any], mouth: Mouth) -> Json:
    """A value that the schema allows."""
    return _filled(schema, mouth, schema.get("$defs", {}), "")


def _filled(schema: Mapping[str, Any], mouth: Mouth, defs: Mapping[str, Any], name: str) -> Json:
    if "$ref" in schema:
        return _filled(defs[schema["$ref"].rpartition("/")[2]], mouth, defs, name)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return next((each for each in LIKELY if each in schema["enum"]), schema["enum"][0])
    if some := [each for each in (*schema.get("anyOf", ()), *schema.get("allOf", ())) if each.get("type") != "null"]:
        return _filled(some[0], mouth, defs, name)
    kind = schema.get("type")
    if kind == "object":
        return {each: _filled(inner, mouth, defs, each) for each, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return _list(schema, mouth, defs, name)
    return _word(kind, mouth, name)


def _word(kind: Json, mouth: Mouth, name: str) -> Json:
    match kind:
        case "string":
            return "" if name in mouth.silent else mouth.text(name)
        case "number":
            return mouth.sure
        case "integer":
            return 1
        case "boolean":
            return bool(mouth.ids) if name == "known" else False
    return None


def _list(schema: Mapping[str, Any], mouth: Mouth, defs: Mapping[str, Any], name: str) -> list[Json]:
    if name in CITES:
        return list(mouth.ids)
    if name in mouth.silent or "items" not in schema:
        return []
    return [_filled(schema["items"], mouth, defs, name) for _ in range(mouth.items)]
