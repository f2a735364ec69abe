"""What the loop makes of every way in which a whole turn can end, over the wire."""

import asyncio

import pytest

from agents.runtime.ends import NoAnswer
from agents.runtime.loop import work
from bot.storage.db import Database
from bot.workspace.claude import Reply, ToolCall
from tests.agents.runtime.kit import FALLBACK, GOOD, MODEL, Verdict, role
from tests.agents.wired import DONE, LOOK, Wired, chained, settled

pytestmark = pytest.mark.sockets

ANSWER = Verdict.model_validate_json(GOOD)


async def test_a_refusal_goes_to_the_other_model_and_then_ends(wired: Wired, ledger: Database) -> None:
    """Words of security in an incident may be too much for a model; both answers are paid, neither is retried."""
    wired.claude.script(lambda asked: Reply.refusal("cyber"))
    async with wired.bench(ledger) as run:
        with pytest.raises(NoAnswer):
            await work(run.session, role(run.cluster), "Why?")
    assert [asked.model for asked in wired.claude.asked] == [MODEL, FALLBACK]
    assert await settled(run) == ["exact", "exact"]


async def test_a_refusal_in_the_midst_of_a_call_runs_nothing(wired: Wired, ledger: Database) -> None:
    """What had been said before it is no turn."""
    half = Reply(text="I look.", tool_calls=LOOK.tool_calls, stop_reason="refusal", details=Reply.refusal().details)
    wired.claude.script(half, DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert run.cluster.asked == []


@pytest.mark.parametrize("reason", ["max_tokens", "model_context_window_exceeded", "something_new"])
async def test_a_call_in_an_answer_that_did_not_stop_for_it_is_not_made(
    wired: Wired, ledger: Database, reason: str
) -> None:
    """Its arguments may be half of what was meant."""
    wired.claude.script(Reply(tool_calls=LOOK.tool_calls, stop_reason=reason), DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert run.cluster.asked == []


async def test_arguments_that_are_no_json_end_nothing(wired: Wired, ledger: Database) -> None:
    """The turn counts as broken off, and is asked for again."""
    wired.claude.script(Reply(tool_calls=(ToolCall("pods", raw='{"namespace": nextcloud!}'),)), DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert run.cluster.asked == []


async def test_what_was_thought_goes_back_as_it_was(wired: Wired, ledger: Database) -> None:
    """Over many turns: the API checks the seals, the pairs of calls and results, and how much is marked."""
    looks = [
        Reply(
            thinking=f"Namespace {n} is next, perhaps “as is”.",
            text="I look.",
            tool_calls=tuple(ToolCall("pods", {"namespace": f"n{n}-{m}"}) for m in range(3)),
        )
        for n in range(8)
    ]
    wired.claude.script(*looks, Reply(text="I know enough."), DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, turns=12), "Why?") == ANSWER
    assert {asked.status for asked in wired.claude.asked} == {200}
    assert len(run.cluster.asked) == 24
    assert await chained(run)


async def test_what_was_said_before_is_read_from_the_cache(wired: Wired, ledger: Database) -> None:
    """From the second turn on most of the prompt is, and the price says so."""
    wired.claude.script(LOOK, Reply(text="I know enough."), DONE)
    long = "You look at clusters. " * 300
    async with wired.bench(ledger) as run:
        await work(run.session, role(run.cluster, system=long), "Why?")
    usages = [row.usage or {} for row in await run.rows() if row.role == "assistant"]
    assert usages[0]["cache_creation_input_tokens"] > 1000
    assert all(usage["cache_read_input_tokens"] > 1000 for usage in usages[1:2])


async def test_who_is_stopped_lets_go_at_once(wired: Wired, ledger: Database) -> None:
    """A person who stops it waits for no answer: the line is closed, and what it may have cost is booked."""
    wired.claude.script(lambda asked: Reply(text="slowly " * 1000, pace=0.05))
    async with wired.bench(ledger) as run:
        working = asyncio.create_task(work(run.session, role(run.cluster), "Why?"))
        while not wired.claude.asked:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        working.cancel()
        with pytest.raises(asyncio.CancelledError):
            await working
        assert await settled(run) == ["estimated"]
        async with asyncio.timeout(5):
            while wired.claude.asked[0].became != "gone":
                await asyncio.sleep(0.01)
