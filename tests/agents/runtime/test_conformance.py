"""What the loop makes of every way in which the API can fail, over the wire: no partial turn, and no lost money."""

import time
from typing import Any

import pytest

from agents.runtime.ends import NoAnswer, RunEnds, Unreachable
from agents.runtime.loop import work
from bot.errors import HoldfastError
from bot.storage.db import Database
from bot.workspace.claude import Broken, Failure, Hang, Reply, ToolCall
from bot.workspace.claude.model import How, Where
from tests.agents.runtime.kit import FALLBACK, MODEL, Pods, Verdict, role
from tests.agents.wired import DONE, LOOK, Wired, chained, settled

pytestmark = pytest.mark.sockets

ANSWER = Verdict(verdict="The disk of k3s-2 is full.", sure=0.8)
PLACES: tuple[Where, ...] = ("start", "middle", "tool", "stop")
#: Attempts with a model, the first included; and both models have as many.
ATTEMPTS = 3


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("how", ["cut", "ends", "error"])
async def test_a_turn_that_breaks_is_asked_for_again(wired: Wired, ledger: Database, how: How, where: Where) -> None:
    """Nothing of it is used, also where it looks whole: its tool runs once, for the turn that came to its end."""
    wired.claude.script(LOOK, DONE)
    wired.claude.storm(Broken(how, where), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert run.cluster.asked == [Pods(namespace="nextcloud")]
    assert [asked.became for asked in wired.claude.asked] == ["broken", "whole", "whole"]
    assert await settled(run) == ["estimated", "exact", "exact"]
    assert len(run.waits) == 1
    assert await chained(run)


@pytest.mark.parametrize("where", PLACES)
async def test_a_stream_that_stalls_is_given_up(wired: Wired, ledger: Database, where: Where) -> None:
    """Within the time of its role; what it may have cost is booked, and no tool has run."""
    wired.claude.storm(Broken("stalls", where, LOOK))
    began = time.monotonic()
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=1), "Why?")
    assert time.monotonic() - began < 5
    assert run.cluster.asked == []
    assert set(await settled(run)) == {"estimated"}


async def test_what_hangs_before_its_answer_is_given_up(wired: Wired, ledger: Database) -> None:
    """Nobody knows whether it was worked on, so the worst is booked."""
    wired.claude.storm(Hang())
    began = time.monotonic()
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=1), "Why?")
    assert time.monotonic() - began < 5
    assert set(await settled(run)) == {"estimated"}


async def test_a_stream_that_is_too_slow_is_given_up(wired: Wired, ledger: Database) -> None:
    """Pieces that keep coming are no answer: the time of the role is for all of it."""
    wired.claude.script(lambda asked: Reply(text="slowly " * 600, pace=0.05))
    began = time.monotonic()
    async with wired.bench(ledger) as run:
        with pytest.raises((NoAnswer, Unreachable)):
            await work(run.session, role(run.cluster, seconds=1), "Why?")
    assert time.monotonic() - began < 5
    assert set(await settled(run)) == {"estimated"}
    assert len(wired.claude.asked) <= ATTEMPTS * 2


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ({"retry_after": "7"}, 7.0),
        ({"retry_after_ms": "1500"}, 1.5),
        ({"retry_after": "3600"}, 60.0),
        ({"retry_after": "soon"}, 1.0),
        ({"retry_after": "-5"}, 1.0),
        ({"retry_after": "inf"}, 1.0),
        ({"retry_after_ms": "nan"}, 1.0),
        ({}, 1.0),
    ],
)
async def test_it_waits_as_long_as_it_is_told(
    wired: Wired, ledger: Database, header: dict[str, str], waited: float
) -> None:
    """But never longer than a minute, and a bit where it is told nothing of use; the refused call costs nothing."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.rate_limit(**header), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=240), "Why?") == ANSWER
    assert run.waits == [waited]
    assert await settled(run) == ["nothing", "exact"]


async def test_a_wait_that_is_longer_than_the_time_left_is_not_begun(wired: Wired, ledger: Database) -> None:
    """The other model is asked at once, which answers."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.rate_limit(retry_after="3600"), times=1)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=30), "Why?") == ANSWER
    assert run.waits == []
    assert [asked.model for asked in wired.claude.asked] == [MODEL, FALLBACK]


@pytest.mark.parametrize("failure", [Failure.overloaded(), Failure(), Failure(503, "api_error", "Unavailable")])
async def test_a_storm_ends_in_a_sentence(wired: Wired, ledger: Database, failure: Failure) -> None:
    """A few attempts with each model, then it is over, for nothing; the next agent does not try for a while."""
    wired.claude.storm(failure)
    async with wired.bench(ledger) as run:
        with pytest.raises(Unreachable) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
        assert len(wired.claude.asked) == ATTEMPTS * 2
        assert set(await settled(run)) == {"nothing"}
        assert (await run.money()).held == 0
        with pytest.raises(Unreachable):
            await work(run.session, role(run.cluster, name="workload", seconds=240), "Why?")
        assert len(wired.claude.asked) == ATTEMPTS * 2
    assert over.value.sentence.endswith(".")
    assert "overloaded_error" not in over.value.sentence


async def test_a_storm_that_passes_is_waited_for(wired: Wired, ledger: Database) -> None:
    """Two failures, then the answer, from the first model."""
    wired.claude.script(DONE)
    wired.claude.storm(Failure.overloaded(), times=2)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster, seconds=240), "Why?") == ANSWER
    assert {asked.model for asked in wired.claude.asked} == {MODEL}
    assert await settled(run) == ["nothing", "nothing", "exact"]
    assert run.waits == sorted(run.waits)


@pytest.mark.parametrize(
    ("failure", "requests"),
    [
        (Failure(401, "authentication_error", "invalid x-api-key"), 1),
        (Failure(402, "billing_error", "Your credit balance is too low."), 1),
        (Failure(403, "permission_error", "Your key may not use this."), 1),
        (Failure(404, "not_found_error", "model: nobody"), 2),
        (Failure(400, "invalid_request_error", "prompt is too long"), 2),
        (Failure(413, "request_too_large", "Request exceeds the maximum size"), 2),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Failure) else "",
)
async def test_what_asking_again_does_not_help_is_not_asked_again(
    wired: Wired, ledger: Database, failure: Failure, requests: int
) -> None:
    """Not with a key that nobody takes; the other model is asked once where it is about the model or the prompt."""
    wired.claude.storm(failure)
    async with wired.bench(ledger) as run:
        with pytest.raises(HoldfastError) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert len(wired.claude.asked) <= requests
    assert set(await settled(run)) == {"nothing"}
    assert "x-api-key" not in over.value.sentence


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
    import asyncio

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


async def test_the_environment_of_the_sdk_changes_nothing(
    wired: Wired, ledger: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other addresses, other credentials, other headers and a proxy: none is obeyed."""
    for name, value in {
        "ANTHROPIC_BASE_URL": "http://127.0.0.1:9/evil",
        "ANTHROPIC_AUTH_TOKEN": "other-token",
        "ANTHROPIC_API_KEY": "other-key",
        "ANTHROPIC_CUSTOM_HEADERS": "x-evil: yes",
        "ANTHROPIC_PROFILE": "evil",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }.items():
        monkeypatch.setenv(name, value)
    wired.claude.script(DONE)
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert "x-evil" not in {name.lower() for name in wired.claude.asked[0].headers}


async def test_nobody_there(ledger: Database) -> None:
    """An address where nothing listens is told from an answer, costs nothing, and is a sentence."""
    from bot.workspace.claude import Claude

    async with Wired(Claude(), "http://127.0.0.1:9").bench(ledger) as run:
        with pytest.raises(Unreachable) as over:
            await work(run.session, role(run.cluster, seconds=240), "Why?")
    assert set(await settled(run)) == {"nothing"}
    assert "127.0.0.1" not in over.value.sentence


ODD: dict[str, tuple[dict[str, Any] | None, str]] = {
    "told": (None, "exact"),
    "missing": ({}, "estimated"),
    "without the answer": ({"output_tokens": None}, "estimated"),
    "without the prompt": ({"input_tokens": None}, "estimated"),
    "zero": ({"input_tokens": 0, "output_tokens": 0, "cache_creation_input_tokens": 0}, "estimated"),
    "negative": ({"output_tokens": -5}, "estimated"),
    "no number": ({"output_tokens": "many"}, "estimated"),
    "a fraction": ({"output_tokens": 1.5}, "estimated"),
    "more than can be": ({"output_tokens": 10**12}, "estimated"),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_usage_is_never_cheaper_than_what_may_have_been_used(
    wired: Wired, ledger: Database, name: str
) -> None:
    """The answer counts; what it cost is what was told, or as much as it can be."""
    usage, how = ODD[name]
    wired.claude.script(Reply(text=DONE.text, usage=usage))
    async with wired.bench(ledger) as run:
        assert await work(run.session, role(run.cluster), "Why?") == ANSWER
    assert await settled(run) == [how]
    money = await run.money()
    assert money.held == 0
    assert money.spent >= (40_000 if how == "estimated" else 1)  # 4000 tokens of an answer at ten dollars a million


async def test_more_than_was_asked_for_ends_the_run(wired: Wired, ledger: Database) -> None:
    """Whoever uses more than they may is not asked again; it is booked all the same."""
    wired.claude.script(Reply(text=DONE.text, usage={"output_tokens": 900_000}))
    async with wired.bench(ledger) as run:
        with pytest.raises(RunEnds):
            await work(run.session, role(run.cluster), "Why?")
    assert (await run.money()).spent > 9_000_000
