"""The work of an agent from its task to its answer, and what ends it early."""

import pytest

from agents.runtime.ends import NoAnswer, RunEnds, Stopped
from agents.runtime.envelope import opened
from agents.runtime.given import Given
from agents.runtime.llm import Ask, Reply
from agents.runtime.loop import work
from agents.runtime.scripted import USAGE, calls, says
from agents.runtime.tool import Result
from bot.budget.caps import Totals
from bot.investigation.model import Word
from bot.storage.db import Database
from tests.agents.runtime.kit import GOOD, Pods, Verdict, bench, role

LOOK = calls(("t1", "pods", {"namespace": "nextcloud"}))


async def test_from_a_task_to_an_answer(database: Database) -> None:
    """It looks, is shown what was found as evidence, and its answer is of the form it was asked for."""
    run = await bench(database, [LOOK, says("I know enough."), says(GOOD)])
    answer = await work(run.session, role(run.cluster), "Why is it down?", [Given("alerts", "E-1", {"name": "Down"})])
    assert answer == Verdict(verdict="The disk of k3s-2 is full.", sure=0.8)
    first, second, third = run.asked
    (shown,) = opened(first.messages[0]["content"][1]["text"], run.session.nonce)
    assert (shown.source, shown.id, shown.content) == ("alerts", "E-1", {"name": "Down"})
    (result,) = second.messages[-1]["content"]
    (found,) = opened(result["content"], run.session.nonce)
    assert (found.id, found.content) == ("E-1", {"pods": ["nextcloud-0"]})
    assert (first.closed, first.form, third.closed) == (False, None, True)
    assert third.form is not None
    assert third.form["title"] == "Verdict"
    assert [(step.text, step.word) for step in run.steps] == [
        ("pods in nextcloud", Word.RUNNING),
        ("pods in nextcloud", Word.DONE),
    ]
    assert run.shelf.evidence.pieces[0].title == "pods in nextcloud"


async def test_what_it_costs_is_booked(database: Database) -> None:
    """Each call is settled from its usage: 1000 tokens in and 100 out are 3000 micro-dollars."""
    run = await bench(database, [LOOK, says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert await run.money() == Totals(spent=6000)


async def test_an_answer_in_between_is_one(database: Database) -> None:
    """Who answers in the right form without being asked for it is not asked again."""
    run = await bench(database, [says(GOOD)])
    assert (await work(run.session, role(run.cluster), "Why?")).sure == 0.8
    assert len(run.asked) == 1


async def test_what_was_answered_is_not_asked_again(database: Database) -> None:
    """The same work begun again returns its stored answer, without any call."""
    run = await bench(database, [says(GOOD)])
    first = await work(run.session, role(run.cluster), "Why?")
    later = run.again(run.llm)
    assert await work(later.session, role(run.cluster), "Why?") == first
    assert len(run.asked) == 1


async def test_turns_are_counted(database: Database) -> None:
    """After so many turns with tools comes the last one, without."""
    looks = [calls((f"t{n}", "pods", {"namespace": f"n{n}"})) for n in range(2)]
    run = await bench(database, [*looks, says(GOOD)])
    await work(run.session, role(run.cluster, turns=2), "Why?")
    assert [ask.closed for ask in run.asked] == [False, False, True]


async def test_an_answer_of_no_form_has_one_more_chance(database: Database) -> None:
    """It is told what is wrong, without its own words; the second time it is over."""
    run = await bench(database, [says("hm"), says('{"verdict": "x", "sure": 7}'), says("no")])
    with pytest.raises(NoAnswer, match="cluster gave no answer"):
        await work(run.session, role(run.cluster), "Why?")
    told = run.asked[2].messages[-1]["content"][-1]["text"]
    assert "sure: Input should be less than or equal to 1" in told


async def test_no_tool_on_the_last_turn(database: Database) -> None:
    """Who calls one all the same is told so, and nothing runs."""
    run = await bench(database, [says("done"), LOOK, says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert run.cluster.asked == []
    assert run.asked[2].messages[-1]["content"][0]["is_error"]


async def test_whatever_did_not_stop_for_a_tool_runs_none(database: Database) -> None:
    """A call in an answer that stopped for something else is not made, and not said again."""
    odd = Reply(blocks=LOOK.blocks, stop_reason="end_turn", usage=USAGE)
    cut = Reply(blocks=LOOK.blocks, stop_reason="max_tokens", usage=USAGE)
    run = await bench(database, [cut, odd, says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert run.cluster.asked == []
    assert {message["role"] for message in run.asked[2].messages} == {"user"}


async def test_answers_that_are_too_long(database: Database) -> None:
    """It is told to be shorter, twice; then the answer is asked for, and asked for once more."""
    long = says("…", stop_reason="max_tokens")
    run = await bench(database, [long, long, long, long, says(GOOD)])
    assert (await work(run.session, role(run.cluster), "Why?")).sure == 0.8
    assert [ask.closed for ask in run.asked] == [False, False, False, True, True]


async def test_a_pause_of_the_provider(database: Database) -> None:
    """What paused is sent again as it is."""
    run = await bench(database, [says("wait", stop_reason="pause_turn"), says(GOOD)])
    await work(run.session, role(run.cluster), "Why?")
    assert run.asked[1].messages[-1] == {"role": "assistant", "content": [{"type": "text", "text": "wait"}]}


async def test_a_pause_without_end(database: Database) -> None:
    """It is bounded."""
    run = await bench(database, lambda ask: says("wait", stop_reason="pause_turn"))
    with pytest.raises(NoAnswer, match="came to no answer"):
        await work(run.session, role(run.cluster), "Why?")
    assert len(run.asked) <= 10


async def test_a_refusal_is_tried_once_with_the_other_model(database: Database) -> None:
    """Then it is over, with a sentence; both calls are paid."""
    run = await bench(database, [says("", stop_reason="refusal"), says("", stop_reason="refusal")])
    with pytest.raises(NoAnswer, match="declines"):
        await work(run.session, role(run.cluster), "Why?")
    assert [ask.model for ask in run.asked] == ["claude-sonnet-5-5", "claude-sonnet-5"]
    assert (await run.money()).spent == 6000


async def test_stopped_before_a_call(database: Database) -> None:
    """Where the work has to stop, nothing is asked any more."""
    run = await bench(database, [says(GOOD)])
    run.halted = "Ana stopped it."
    with pytest.raises(Stopped, match="Ana stopped it"):
        await work(run.session, role(run.cluster), "Why?")
    assert (run.asked, await run.money()) == ([], Totals())


async def test_stopped_before_a_tool(database: Database) -> None:
    """Nor is a tool called."""

    def answer(_: Ask) -> Reply:
        run.halted = "The incident is over."
        return LOOK

    run = await bench(database, answer)
    with pytest.raises(RunEnds, match="The incident is over"):
        await work(run.session, role(run.cluster), "Why?")
    assert run.cluster.asked == []


async def test_a_tool_that_fails(database: Database) -> None:
    """The model learns that it failed and no more, and goes on."""

    async def fails(_: Pods) -> Result:
        raise RuntimeError("password=hunter22")

    run = await bench(database, [LOOK, says(GOOD)])
    run.cluster.answers = fails
    await work(run.session, role(run.cluster), "Why?")
    (result,) = run.asked[1].messages[-1]["content"]
    (told,) = opened(result["content"], run.session.nonce)
    assert (told.content, result["is_error"]) == ("It failed.", True)
    assert run.steps[-1].word is Word.FAILED
