"""What the real client gets from the stand-in, streamed and at once."""

import asyncio
from collections.abc import Callable
from typing import Any

import aiohttp
import anthropic
import pytest

from bot.workspace.claude import LOCAL_KEY, Reply, ToolCall
from bot.workspace.claude.server import HIDDEN
from tests.workspace.claude.conftest import ASK, TOOL, Line

pytestmark = pytest.mark.sockets

LOOK = Reply(
    text="I look at the pods of nextcloud, since they restart.",
    thinking="They restart; so the pods come first.",
    tool_calls=(ToolCall("k8s_list", {"namespace": "nextcloud"}), ToolCall("k8s_list", {"namespace": "zalando-ü"})),
)


@pytest.mark.parametrize("way", [Line.create, Line.stream], ids=["at once", "streamed"])
async def test_an_answer_arrives_whole(line: Line, way: Callable[..., Any]) -> None:
    """Text, thinking with its seal, calls with their arguments, why it stops, and what it cost: the same either way."""
    line.claude.script(LOOK)
    said = await way(line, tools=[TOOL])
    thought, text, first, second = said.content
    assert (thought.thinking, text.text) == (LOOK.thinking, LOOK.text)
    assert thought.signature
    assert [(call.name, call.input) for call in (first, second)] == [(c.name, c.arguments) for c in LOOK.tool_calls]
    assert first.id != second.id
    assert said.stop_reason == "tool_use"
    assert said.usage.input_tokens > 0
    assert said.usage.output_tokens > said.usage.output_tokens_details.thinking_tokens > 0


async def test_a_stream_has_the_events_of_a_stream(line: Line) -> None:
    """In the order that the API has: opened, pieces, closed, then the reason and the end."""
    line.claude.script(LOOK)
    async with line.client.messages.stream(**{**ASK, "tools": [TOOL]}) as stream:
        raw = [event.type async for event in stream]
    names = [name for name in raw if name not in {"text", "thinking", "signature", "input_json"}]
    assert names[0] == "message_start"
    assert names[-2:] == ["message_delta", "message_stop"]
    assert names.count("content_block_start") == names.count("content_block_stop") == 4
    assert names.count("content_block_delta") > 8


async def test_a_conversation_goes_on_with_what_was_said(line: Line) -> None:
    """The answer's blocks go back as they came, with results for both calls."""
    line.claude.script(LOOK, Reply(text="The node is full."))
    first = await line.stream(tools=[TOOL])
    results = [
        {"type": "tool_result", "tool_use_id": block.id, "content": "OOMKilled", "is_error": False}
        for block in first.content
        if block.type == "tool_use"
    ]
    turns = [
        *ASK["messages"],
        {"role": "assistant", "content": [block.to_dict() for block in first.content]},
        {"role": "user", "content": results},
    ]
    assert (await line.stream(tools=[TOOL], messages=turns)).content[0].text == "The node is full."  # type: ignore[union-attr]
    assert [result["content"] for result in line.claude.asked[-1].results] == ["OOMKilled", "OOMKilled"]


async def test_every_request_is_kept_but_not_its_credential(line: Line) -> None:
    """Whole, so that a secret in it is found; the key itself is not."""
    await line.stream(system="You triage.")
    asked = line.claude.asked[0]
    assert (asked.system, asked.last, asked.model) == ("You triage.", "What is wrong?", "claude-sonnet-5-5")
    assert asked.became == "whole"
    assert {name.lower(): value for name, value in asked.headers.items()}["authorization"] == HIDDEN
    assert line.claude.holds("What is wrong?")
    assert not line.claude.holds(LOCAL_KEY)


async def test_who_has_no_key_is_not_answered(line: Line) -> None:
    """Neither with a wrong one; both ways of sending the right one work."""
    with pytest.raises(anthropic.AuthenticationError):
        await line.client.with_options(api_key="sk-wrong").messages.create(**ASK)
    headers = {"x-api-key": LOCAL_KEY, "anthropic-version": "2023-06-01"}
    async with aiohttp.ClientSession() as session:
        async with session.post(f"{line.url}/v1/messages", json=ASK, headers=headers) as answer:
            assert answer.status == 200
        async with session.post(f"{line.url}/v1/messages", json=ASK, headers={"x-api-key": LOCAL_KEY}) as answer:
            assert (await answer.json())["error"]["message"] == "anthropic-version: header is required"
        async with session.post(f"{line.url}/v1/messages", json=ASK) as answer:
            assert answer.status == 401


async def test_what_was_sent_before_is_read_from_the_cache(line: Line) -> None:
    """Up to the mark: first it is written, then it is read; unmarked words cost the full price; both ways add up."""
    system = [{"type": "text", "text": "You triage. " * 200, "cache_control": {"type": "ephemeral"}}]
    first, second = [(await line.stream(system=system)).usage for _ in range(2)]
    assert first.cache_creation_input_tokens == second.cache_read_input_tokens
    assert (first.cache_read_input_tokens, second.cache_creation_input_tokens) == (0, 0)
    assert first.input_tokens == second.input_tokens > 0
    hour = [{**system[0], "text": "You write. " * 200, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]
    usage = (await line.create(system=hour)).usage
    assert usage.cache_creation is not None
    assert usage.cache_creation.ephemeral_1h_input_tokens == usage.cache_creation_input_tokens
    assert usage.cache_creation.ephemeral_5m_input_tokens == 0


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ({"output_tokens": 0, "input_tokens": 0}, (0, 0)),
        ({"output_tokens": -5, "input_tokens": 12}, (12, -5)),
        ({"output_tokens": 10**12, "input_tokens": 12}, (12, 10**12)),
    ],
)
async def test_usage_can_be_odd(line: Line, usage: dict[str, int], told: tuple[int, int]) -> None:
    """Zero, negative, huge: as it was scripted."""
    line.claude.script(Reply(text="Well.", usage=usage))
    said = (await line.stream()).usage
    assert (said.input_tokens, said.output_tokens) == told


async def test_usage_can_be_missing(line: Line) -> None:
    """Wholly, or only what was put out."""
    line.claude.script(Reply(text="Well.", usage={}), Reply(text="Well.", usage={"input_tokens": None}))
    assert (await line.create()).usage is None
    assert "input_tokens" not in (await line.create()).usage.to_dict()


async def test_a_refusal_says_what_it_is(line: Line) -> None:
    """With its category, streamed."""
    line.claude.script(Reply.refusal("cyber"))
    said = await line.stream()
    assert said.stop_reason == "refusal"
    assert said.stop_details is not None
    assert said.stop_details.category == "cyber"


async def test_it_knows_how_many_it_answers_at_once(line: Line) -> None:
    """Four who ask side by side are seen as four."""
    line.claude.script(lambda asked: Reply(text="a " * 100, pace=0.01))
    await asyncio.gather(*(line.stream() for _ in range(4)))
    assert line.claude.most_at_once == 4


async def test_who_hangs_up_is_noticed(line: Line) -> None:
    """A caller who is cancelled in the midst of a stream is gone."""
    line.claude.script(lambda asked: Reply(text="slow " * 1000, pace=0.05))
    asking = asyncio.create_task(line.stream())
    while not line.claude.asked:
        await asyncio.sleep(0.01)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    async with asyncio.timeout(5):
        while line.claude.asked[0].became != "gone":
            await asyncio.sleep(0.01)


async def test_models_are_listed(line: Line) -> None:
    """As the client reads them."""
    assert "claude-haiku-5-5" in [model.id async for model in line.client.models.list()]
