"""What is sent to the Messages API, and how long it makes us wait; what comes of it is told over the wire elsewhere."""

import httpx2
import pytest

from agents.runtime.anthropic_llm import AnthropicLLM, body_of, retry_after
from agents.runtime.breaker import Breakers
from agents.runtime.llm import Ask, Fault, Unanswered
from tests.agents.runtime.kit import Verdict
from tests.clock import START, ManualClock

TOOL = {"name": "pods", "description": "Lists pods.", "input_schema": {"type": "object", "properties": {}}}
OTHER = TOOL | {"name": "events"}
SAID = {"role": "user", "content": [{"type": "text", "text": "Why?"}, {"type": "text", "text": "Look."}]}
CALLED = {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "pods", "input": {}}]}
RESULT = {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "none"}]}
MARK = {"type": "ephemeral"}


def _ask(**changes: object) -> Ask:
    given = {"model": "claude-sonnet-5-5", "effort": "low", "system": "You look.", "messages": [SAID], "max_tokens": 9}
    return Ask(**(given | changes))  # type: ignore[arg-type] # as many kinds as fields


def test_what_stays_the_same_is_cached() -> None:
    """There is a mark behind the system's text, the tools, and all that was said; what was given is left as it was."""
    ask = _ask(tools=[TOOL, OTHER])
    body = body_of(ask)
    assert body["system"][-1]["cache_control"] == MARK
    assert [tool.get("cache_control") for tool in body["tools"]] == [None, MARK]
    assert [block.get("cache_control") for block in body["messages"][-1]["content"]] == [None, MARK]
    assert "cache_control" not in str(ask)


def test_how_hard_it_thinks() -> None:
    """By effort, where the model knows of it."""
    assert body_of(_ask())["output_config"] == {"effort": "low"}
    assert body_of(_ask())["thinking"] == {"type": "adaptive"}
    assert body_of(_ask(model="claude-haiku-4-5")).keys() & {"thinking", "output_config"} == set()


def test_the_last_turn() -> None:
    """The answer has a form, and no tool can be called; they are only named where they were called before."""
    form = Verdict.model_json_schema()
    first = body_of(_ask(tools=[TOOL], closed=True, form=form))
    assert "tools" not in first
    assert first["output_config"]["format"]["schema"]["additionalProperties"] is False
    later = body_of(_ask(tools=[TOOL], closed=True, form=form, messages=[SAID, CALLED, RESULT]))
    assert (len(later["tools"]), later["tool_choice"]) == (1, {"type": "none"})


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "20"}, 20),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after-ms": "250", "retry-after": "20"}, 0.25),
        ({"retry-after": "Mon, 02 Mar 2026 14:31:00 GMT"}, 60),
        ({"retry-after": "Mon, 02 Mar 2026 14:00:00 GMT"}, 0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "9" * 400}, float("inf")),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    """In seconds, milliseconds or as a date; what is none of them says nothing."""
    assert retry_after(httpx2.Headers(headers), START) == seconds


@pytest.mark.sockets
async def test_nobody_there() -> None:
    """Who cannot be reached has surely not worked on it, so it costs nothing."""
    llm = AnthropicLLM("the-key", "http://127.0.0.1:1", ManualClock())
    with pytest.raises(Unanswered) as caught:
        await llm.ask(_ask())
    assert (caught.value.fault, caught.value.charged) == (Fault.AWAY, False)
    await llm.close()


def test_who_does_not_answer_is_left_alone() -> None:
    """After three failures in a row, for a minute; then one finds out for all."""
    clock, breakers = ManualClock(), Breakers()
    for _ in range(2):
        breakers.failed("m", clock.now())
    assert breakers.lets("m", clock.now())
    breakers.failed("m", clock.now())
    assert not breakers.lets("m", clock.now())
    assert breakers.lets("other", clock.now())
    clock.advance(60)
    assert [breakers.lets("m", clock.now()) for _ in range(3)] == [True, False, False]
    breakers.answered("m")
    assert [breakers.lets("m", clock.now()) for _ in range(3)] == [True, True, True]
