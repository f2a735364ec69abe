"""What the API would refuse, the stand-in refuses, in the API's own words."""

from typing import Any

import aiohttp
import anthropic
import pytest

from bot.workspace.claude import LOCAL_KEY, Reply, ToolCall
from tests.workspace.claude.conftest import ASK, TOOL, Line

pytestmark = pytest.mark.sockets

MARK = {"type": "ephemeral"}
USER = {"role": "user", "content": "What is wrong?"}
CALL = {"type": "tool_use", "id": "toolu_1", "name": "k8s_list", "input": {"namespace": "nextcloud"}}
CALLED = {"role": "assistant", "content": [CALL]}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_1", "content": "nothing"}
ANSWERED = {"role": "user", "content": [RESULT]}


def form(schema: dict[str, Any]) -> dict[str, Any]:
    """An answer in this form."""
    return {"output_config": {"format": {"type": "json_schema", "schema": schema}}}


OBJECT = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"], "additionalProperties": False}

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "temperature": ({"temperature": 0.0}, "temperature"),
    "an unknown field": ({"max_cost": 1}, "max_cost: Extra inputs are not permitted"),
    "no max_tokens": ({"max_tokens": None}, "max_tokens: Input should be a valid integer"),
    "too long an answer": ({"max_tokens": 128_001}, "max_tokens: 128001 > 128000"),
    "no message": ({"messages": []}, "messages: at least one message is required"),
    "no content": ({"messages": [{"role": "user", "content": ""}]}, "non-empty content"),
    "an empty text": ({"messages": [{"role": "user", "content": [{"type": "text", "text": ""}]}]}, "non-empty"),
    "blank text": ({"messages": [{"role": "user", "content": [{"type": "text", "text": " \n"}]}]}, "non-whitespace"),
    "the assistant first": ({"messages": [{"role": "assistant", "content": "Hm."}, USER]}, "first message"),
    "the assistant last": ({"messages": [USER, {"role": "assistant", "content": "It"}]}, "prefill"),
    "an unknown role": ({"messages": [{"role": "tool", "content": "x"}]}, "messages.0.role"),
    "an answer to nothing": ({"messages": [ANSWERED], "tools": [TOOL]}, "unexpected `tool_use_id`"),
    "a call without an answer": (
        {"messages": [USER, CALLED, USER], "tools": [TOOL]},
        "`tool_use` ids were found without `tool_result` blocks immediately after: toolu_1",
    ),
    "an answer twice": (
        {"messages": [USER, CALLED, {"role": "user", "content": [RESULT, RESULT]}], "tools": [TOOL]},
        "single result",
    ),
    "calls without tools": ({"messages": [USER, CALLED, ANSWERED]}, "must define `tools`"),
    "a user who calls": ({"messages": [{"role": "user", "content": [CALL]}], "tools": [TOOL]}, "not permitted"),
    "a forged thought": (
        {
            "messages": [
                USER,
                {"role": "assistant", "content": [{"type": "thinking", "thinking": "Hm.", "signature": "x"}]},
                USER,
            ]
        },
        "Invalid `signature` in `thinking` block",
    ),
    "five marks": (
        {"system": [{"type": "text", "text": "a", "cache_control": MARK}] * 5},
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
    ),
    "a tool without a schema": ({"tools": [{"name": "k8s_list"}]}, "input_schema"),
    "a schema of choices": (
        {"tools": [{"name": "k8s_list", "input_schema": {"anyOf": [{"type": "object"}]}}]},
        "does not support oneOf, allOf, or anyOf at the top level",
    ),
    "a tool with a strange name": ({"tools": [{**TOOL, "name": "k8s list"}]}, "should match pattern"),
    "a tool twice": ({"tools": [TOOL, TOOL]}, "Tool names must be unique"),
    "a strict tool that is not": ({"tools": [{**TOOL, "strict": True}]}, "'additionalProperties' must be explicitly"),
    "a choice without tools": ({"tool_choice": {"type": "auto"}}, "tool_choice"),
    "a forced call while thinking": (
        {"tools": [TOOL], "tool_choice": {"type": "any"}, "thinking": {"type": "adaptive"}},
        "Thinking may not be enabled",
    ),
    "an open form": (form({"type": "object", "properties": {}}), "'additionalProperties' must be explicitly set"),
    "a form with limits": (
        form({**OBJECT, "properties": {"n": {"type": "integer", "minimum": 1}}}),
        "For 'integer' type, property 'minimum' is not supported",
    ),
    "an unknown effort": ({"output_config": {"effort": "heroic"}}, "effort"),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_request_is_refused(line: Line, name: str) -> None:
    """Each with a 400 of the API's own shape, and nothing is answered."""
    more, sentence = WRONG[name]
    with pytest.raises(anthropic.BadRequestError) as refused:
        await line.client.post("/v1/messages", body={**ASK, **more}, cast_to=object)
    assert sentence in str(refused.value.api_message)
    assert (refused.value.type, line.claude.asked[0].became) == ("invalid_request_error", "failed")
    assert refused.value.request_id


async def test_an_unknown_model_is_not_found(line: Line) -> None:
    """404, as for a model that has ended."""
    with pytest.raises(anthropic.NotFoundError):
        await line.create(model="claude-2")


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"model": "\\ud800"}', b"\xff"])
async def test_no_body_brings_it_down(line: Line, body: bytes) -> None:
    """What is no request, or no JSON, or no text, is refused like any other."""
    headers = {"x-api-key": LOCAL_KEY, "anthropic-version": "2023-06-01"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{line.url}/v1/messages", data=body, headers=headers) as answer:
            assert (answer.status, (await answer.json())["error"]["type"]) == (400, "invalid_request_error")
        async with session.get(f"{line.url}/v1/files", headers=headers) as answer:
            assert answer.status == 404


RIGHT: dict[str, dict[str, Any]] = {
    "a form": form(OBJECT),
    "tools that may not be used": {"tools": [TOOL], "tool_choice": {"type": "none"}},
    "four marks": {"system": [{"type": "text", "text": "a", "cache_control": MARK}] * 4},
    "thinking": {"thinking": {"type": "adaptive"}, "output_config": {"effort": "medium"}},
    "a strict tool": {"tools": [{"name": "k8s_list", "input_schema": OBJECT, "strict": True}]},
    "two in a row": {"messages": [USER, USER]},
    "results and words": {
        "messages": [USER, CALLED, {"role": "user", "content": [RESULT, {"type": "text", "text": "And now?"}]}],
        "tools": [TOOL],
    },
}


@pytest.mark.parametrize("name", RIGHT)
async def test_a_right_request_is_answered(line: Line, name: str) -> None:
    """What the API allows is not refused."""
    assert (await line.stream(**RIGHT[name])).stop_reason in {"end_turn", "tool_use"}


async def test_a_thought_that_was_changed_is_noticed(line: Line) -> None:
    """What the model thought goes back byte for byte, or not at all."""
    line.claude.script(Reply(thinking="The key is xoxb-1.", text="Hm.", tool_calls=(ToolCall("k8s_list"),)))
    said = await line.stream(tools=[TOOL])
    blocks = [block.to_dict() for block in said.content]
    results = [{**RESULT, "tool_use_id": said.content[-1].id}]  # type: ignore[union-attr]
    turns = [USER, {"role": "assistant", "content": blocks}, {"role": "user", "content": results}]
    await line.stream(messages=turns, tools=[TOOL])
    blocks[0]["thinking"] = "The key is [redacted]."
    with pytest.raises(anthropic.BadRequestError, match="Invalid `signature`"):
        await line.stream(messages=turns, tools=[TOOL])
