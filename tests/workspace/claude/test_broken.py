"""How answers break, as the real client finds it: the traps that a loop has to know."""

import asyncio
import time

import anthropic
import httpx2
import pytest

from bot.workspace.claude import Broken, Failure, Hang, Reply, ToolCall
from bot.workspace.claude.model import Where
from tests.workspace.claude.conftest import ASK, TOOL, Line

pytestmark = pytest.mark.sockets

LOOK = Reply(
    thinking="Which namespace is it?",
    text="I look at the pods, since they restart and nobody knows why they do.",
    tool_calls=(ToolCall("k8s_list", {"namespace": "nextcloud", "name": "web-0 and all that are called so"}),),
)
PLACES: tuple[Where, ...] = ("start", "middle", "tool", "stop")


@pytest.mark.parametrize("where", PLACES)
async def test_a_line_is_cut(line: Line, where: Where) -> None:
    """The client is told by an error that is none of the SDK's own; what was used so far is known."""
    line.claude.script(Broken("cut", where, LOOK))
    with pytest.raises(httpx2.RemoteProtocolError):
        async with line.client.messages.stream(**{**ASK, "tools": [TOOL]}) as stream:
            await stream.until_done()
    assert stream.current_message_snapshot.usage.input_tokens > 0
    assert line.claude.asked[0].became == "broken"


@pytest.mark.parametrize("where", PLACES)
async def test_a_stream_ends_as_if_it_were_whole(line: Line, where: Where) -> None:
    """The client raises nothing; only the missing last event tells, and a call in it looks like a call."""
    line.claude.script(Broken("ends", where, LOOK))
    async with line.client.messages.stream(**{**ASK, "tools": [TOOL]}) as stream:
        seen = [event.type async for event in stream]
        said = await stream.get_final_message()
    assert "message_stop" not in seen
    assert said.stop_reason == ("tool_use" if where == "stop" else None)
    if where == "tool":
        call = said.content[-1]
        assert call.type == "tool_use"
        assert call.input != LOOK.tool_calls[0].arguments


async def test_an_error_comes_in_the_midst_of_a_stream(line: Line) -> None:
    """With the status of the answer that had begun."""
    line.claude.script(Broken("error", "tool", LOOK))
    with pytest.raises(anthropic.APIStatusError) as told:
        await line.stream(tools=[TOOL])
    assert (told.value.status_code, told.value.type) == (200, "overloaded_error")


async def test_a_stream_stalls(line: Line) -> None:
    """Nothing more comes, until the caller gives up."""
    line.claude.script(Broken("stalls", "middle", LOOK))
    client = line.client.with_options(timeout=0.2)
    with pytest.raises(httpx2.ReadTimeout):
        async with client.messages.stream(**ASK) as stream:
            await stream.until_done()


async def test_nothing_comes_at_all(line: Line) -> None:
    """Not even a header."""
    line.claude.script(Hang())
    with pytest.raises(anthropic.APITimeoutError):
        await line.client.with_options(timeout=0.2).messages.create(**ASK)
    assert line.claude.asked[0].became == "hung"


@pytest.mark.parametrize("how", ["cut", "ends", "stalls"])
async def test_an_answer_at_once_breaks_too(line: Line, how: str) -> None:
    """Half of the JSON, and then nothing."""
    line.claude.script(Broken(how, reply=LOOK))  # type: ignore[arg-type]
    with pytest.raises((httpx2.RemoteProtocolError, httpx2.ReadTimeout, anthropic.APIConnectionError)):
        await line.client.with_options(timeout=0.2).messages.create(**ASK)


async def test_a_rate_limit_says_when_to_come_back(line: Line) -> None:
    """In seconds, in milliseconds, or as a date: whatever header was scripted."""
    line.claude.script(
        Failure.rate_limit(retry_after="3600"),
        Failure.rate_limit(retry_after_ms="1500"),
        Failure.rate_limit(retry_after="Wed, 21 Oct 2026 07:28:00 GMT"),
    )
    told = []
    for _ in range(3):
        with pytest.raises(anthropic.RateLimitError) as error:
            await line.stream()
        told.append(error.value.response.headers)
    assert [headers.get("retry-after") for headers in told] == ["3600", None, "Wed, 21 Oct 2026 07:28:00 GMT"]
    assert told[1]["retry-after-ms"] == "1500"


async def test_the_api_is_overloaded_or_fails(line: Line) -> None:
    """529 and 500, each with its type."""
    line.claude.script(Failure.overloaded(), Failure())
    with pytest.raises(anthropic.OverloadedError):
        await line.stream()
    with pytest.raises(anthropic.InternalServerError):
        await line.stream()


async def test_a_storm_passes_and_uses_up_no_answer(line: Line) -> None:
    """Three that fail, then what was scripted; without a number it lasts until it is over."""
    line.claude.script(Reply(text="One."), Reply(text="Two."))
    line.claude.storm(Failure.overloaded(), times=2)
    line.claude.storm(Broken("ends", "middle"), times=1)
    for _ in range(2):
        with pytest.raises(anthropic.OverloadedError):
            await line.stream()
    assert (await line.stream()).stop_reason is None
    assert (await line.stream()).content[0].text == "One."  # type: ignore[union-attr]
    line.claude.storm(Failure())
    for _ in range(3):
        with pytest.raises(anthropic.InternalServerError):
            await line.stream()
    line.claude.calm()
    assert (await line.stream()).content[0].text == "Two."  # type: ignore[union-attr]


async def test_what_hangs_does_not_hold_up_the_end(line: Line) -> None:
    """The stand-in closes while somebody still waits."""
    line.claude.script(Hang())
    waiting = asyncio.create_task(line.create())
    while not line.claude.asked:
        await asyncio.sleep(0.01)
    began = time.monotonic()
    line.claude.close()
    await asyncio.gather(waiting, return_exceptions=True)
    assert time.monotonic() - began < 4  # the client itself would have waited for five
