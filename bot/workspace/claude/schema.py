"""Refuses the JSON schemas that a strict tool or a form of the answer may not have."""

from bot.workspace.claude.model import Json
from bot.workspace.claude.refused import invalid

#: What each type may say beside what all may.
ALL = frozenset(
    ("type", "description", "title", "enum", "const", "anyOf", "allOf", "$ref", "$defs", "default", "format")
)
MORE = {
    "object": frozenset(("properties", "required", "additionalProperties")),
    "array": frozenset(("items", "minItems")),
    "string": frozenset(("pattern",)),
}


def check_schema(schema: Json, where: str) -> None:
    """A schema and all within it. Raises Refusal."""
    if not isinstance(schema, dict):
        raise invalid(f"{where}: Input should be a valid dictionary")
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((each for each in kind if each != "null"), "null")
    if kind is None and not schema.keys() & {"anyOf", "allOf", "$ref", "enum", "const"}:
        raise invalid(f"{where}: Schema must have a 'type', 'anyOf', 'allOf', '$ref', 'enum' or 'const'")
    for name in sorted(schema.keys() - ALL - MORE.get(kind or "", frozenset())):
        raise invalid(f"{where}: For '{kind or 'any'}' type, property '{name}' is not supported")
    if kind == "object" and schema.get("additionalProperties") is not False:
        raise invalid(f"{where}: For 'object' type, 'additionalProperties' must be explicitly set to false")
    if schema.get("minItems", 0) not in {0, 1}:
        raise invalid(f"{where}: For 'array' type, 'minItems' values other than 0 or 1 are not supported")
    inner = [*schema.get("$defs", {}).values(), *schema.get("properties", {}).values()]
    inner += [*schema.get("anyOf", []), *schema.get("allOf", [])]
    for each in (*inner, *([schema["items"]] if "items" in schema else [])):
        check_schema(each, where)
