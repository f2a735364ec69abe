"""Refuses what the Messages API refuses, in its words, so that a wrong request is found before it costs anything."""

import re
from collections.abc import Iterator, Mapping

from bot.workspace.claude.conversation import check_messages
from bot.workspace.claude.model import Json
from bot.workspace.claude.refused import Refusal, invalid
from bot.workspace.claude.schema import check_schema
from bot.workspace.claude.tokens import tokens

VERSIONS = ("2023-06-01", "2026-10-21")
#: The longest answer of each model, in tokens; who is not here is not known.
MODELS = dict.fromkeys(
    (
        *("claude-haiku-5-5", "claude-sonnet-5-5", "claude-opus-5-5", "claude-sonnet-5", "claude-opus-5"),
        *("claude-fable-5-2", "claude-mythos-5-2", "claude-fable-5-1", "claude-mythos-5-1", "claude-fable-5"),
        *("claude-mythos-5", "claude-opus-4-8", "claude-opus-4-7", "claude-opus-4-6"),
    ),
    128_000,
) | dict.fromkeys(("claude-sonnet-4-6", "claude-opus-4-5", "claude-haiku-4-5"), 64_000)
WINDOW = 1_000_000
KNOWN = {
    *("model", "max_tokens", "messages", "system", "tools", "tool_choice", "stream", "thinking", "output_config"),
    *("metadata", "stop_sequences", "cache_control", "service_tier", "diagnostics", "container", "inference_geo"),
}
GONE = ("temperature", "top_p", "top_k")
EFFORTS = ("low", "medium", "high", "xhigh", "max")
TOOL_KEYS = {
    *("name", "description", "input_schema", "strict", "cache_control", "type", "defer_loading", "input_examples"),
    *("eager_input_streaming", "allowed_callers"),
}
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")
MARKS = 4


def check_headers(headers: Mapping[str, str], keys: frozenset[str]) -> None:
    """Who is calling, in which version. Raises Refusal."""
    bearer = headers.get("Authorization", "")
    key = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else headers.get("x-api-key", "")
    if key not in keys:
        raise Refusal(401, "authentication_error", "invalid x-api-key" if key else "x-api-key header is required")
    version = headers.get("anthropic-version")
    if version is None:
        raise invalid("anthropic-version: header is required")
    if version not in VERSIONS:
        raise invalid(f'anthropic-version: "{version}" is not a valid version')


def check(body: Json) -> None:
    """A request to `/v1/messages`. Raises Refusal."""
    if not isinstance(body, dict):
        raise invalid("Input should be a valid dictionary")
    for gone in GONE:
        if gone in body:
            raise invalid(f"{gone}: sampling parameters are not supported in this version")
    for name in body.keys() - KNOWN:
        raise invalid(f"{name}: Extra inputs are not permitted")
    for name in ("model", "max_tokens", "messages"):
        if name not in body:
            raise invalid(f"{name}: Field required")
    _model(body["model"], body["max_tokens"])
    _thinking(body.get("thinking"), body.get("tool_choice"))
    _output(body.get("output_config"))
    _system(body.get("system"))
    _tools(body.get("tools"), body.get("tool_choice"))
    check_messages(body["messages"], has_tools=bool(body.get("tools")))
    marks = sum(1 for _ in _marks(body))
    if marks > MARKS:
        raise invalid(f"A maximum of {MARKS} blocks with cache_control may be provided. Found {marks}.")
    length = tokens(str(body["messages"])) + tokens(str(body.get("system", "")))
    if length > WINDOW:
        raise invalid(f"prompt is too long: {length} tokens > {WINDOW} maximum")


def _model(model: Json, most: Json) -> None:
    if model not in MODELS:
        raise Refusal(404, "not_found_error", f"model: {model}")
    if not isinstance(most, int) or isinstance(most, bool):
        raise invalid("max_tokens: Input should be a valid integer")
    if most < 1:
        raise invalid("max_tokens: Input should be greater than or equal to 1")
    if most > MODELS[model]:
        raise invalid(
            f"max_tokens: {most} > {MODELS[model]}, which is the maximum allowed number of output tokens for {model}"
        )


def _thinking(thinking: Json, choice: Json) -> None:
    if thinking is None:
        return
    kind = thinking.get("type") if isinstance(thinking, dict) else None
    if kind not in {"adaptive", "enabled", "disabled", "between_tools"}:
        raise invalid(f"thinking: Input tag '{kind}' found using 'type' does not match any of the expected tags")
    if kind == "enabled" and int(thinking.get("budget_tokens") or 0) < 1024:
        raise invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if kind != "disabled" and (choice or {}).get("type") in {"any", "tool"}:
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def _output(config: Json) -> None:
    if config is None:
        return
    if not isinstance(config, dict) or config.keys() - {"effort", "format"}:
        raise invalid("output_config: Extra inputs are not permitted")
    if config.get("effort") not in {None, *EFFORTS}:
        raise invalid("output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'")
    form = config.get("format")
    if form is None:
        return
    if not isinstance(form, dict) or form.get("type") != "json_schema" or "schema" not in form:
        raise invalid("output_config.format: Input should be a json_schema with a schema")
    check_schema(form["schema"], "output_config.format.schema")


def _system(system: Json) -> None:
    if system is None or isinstance(system, str):
        return
    if not isinstance(system, list):
        raise invalid("system: Input should be a valid string or list")
    for index, block in enumerate(system):
        if block.get("type") != "text":
            raise invalid(f"system.{index}.type: Input should be 'text'")
        if not block.get("text"):
            raise invalid("system: text content blocks must be non-empty")


def _tools(tools: Json, choice: Json) -> None:
    for index, tool in enumerate(tools or []):
        _tool(tool, f"tools.{index}.custom")
    names = [tool["name"] for tool in tools or []]
    if len(set(names)) < len(names):
        raise invalid("tools: Tool names must be unique.")
    if choice is None:
        return
    kind = choice.get("type")
    if kind not in {"auto", "any", "tool", "none"}:
        raise invalid(f"tool_choice: Input tag '{kind}' found using 'type' does not match any of the expected tags")
    if kind != "none" and not names:
        raise invalid("tool_choice: tool_choice may only be specified while providing tools.")
    if kind == "tool" and choice.get("name") not in names:
        raise invalid(f"Tool '{choice.get('name')}' not found in provided tools")


def _tool(tool: Json, where: str) -> None:
    for extra in tool.keys() - TOOL_KEYS:
        raise invalid(f"{where}.{extra}: Extra inputs are not permitted")
    name, schema = tool.get("name"), tool.get("input_schema")
    if not isinstance(name, str) or not TOOL_NAME.fullmatch(name):
        raise invalid(f"{where}.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'")
    if not isinstance(schema, dict):
        raise invalid(f"{where}.input_schema: Field required")
    if schema.keys() & {"oneOf", "allOf", "anyOf"}:
        raise invalid(f"{where}.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level")
    if schema.get("type") != "object":
        raise invalid(f"{where}.input_schema.type: Input should be 'object'")
    if tool.get("strict"):
        check_schema(schema, f"{where}.input_schema")


def _marks(part: Json) -> Iterator[Json]:
    """Every mark of what is to be cached; what a tool is handed is no place for one."""
    if isinstance(part, list):
        for each in part:
            yield from _marks(each)
    elif isinstance(part, dict):
        if isinstance(part.get("cache_control"), dict):
            yield part["cache_control"]
        for name, inner in part.items():
            if name not in {"input", "input_schema", "cache_control"}:
                yield from _marks(inner)
