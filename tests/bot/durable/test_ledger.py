"""The ledger over a real database of each kind: whatever happens to an answer, the outside has it once."""

import asyncio
from datetime import datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.durable.ledger import Ledger, Performer, Result
from bot.errors import Permanent, Temporary, Unsure
from bot.incident.wanted import EffectKind
from bot.storage.effects import DONE, FAILED, WAITING, Effect
from tests.bot.durable.bench import TIMING, Bench, Outside


async def test_what_goes_well_is_never_looked_for(bench: Bench) -> None:
    """The happy path is one call, which spares the services' rate limits."""
    effect = await bench.attempt()
    assert (effect.state, effect.result, effect.intent_at) == (DONE, {"ts": "1"}, None)
    assert (bench.outside.asked, bench.outside.landings) == (["act"], 1)


async def test_a_lost_answer_is_waited_out_and_found(bench: Bench) -> None:
    """It had happened: after the settle time it is found by its marker, and not done again."""
    bench.outside = Outside([(Unsure("Slack did not answer."), True)])
    effect = await bench.attempt()
    assert (effect.state, effect.problem) == (WAITING, "Slack did not answer.")
    assert effect.intent_at is not None
    assert await bench.wait() >= TIMING.settle
    assert (await bench.finish()).state == DONE
    assert (bench.outside.asked, len(bench.outside.kept), bench.outside.landings) == (["act", "look"], 1, 1)


async def test_a_lost_answer_is_waited_out_and_done_again(bench: Bench) -> None:
    """It had not happened: the look finds nothing, and it is done now."""
    bench.outside = Outside([(Unsure("Slack did not answer."), False)])
    await bench.attempt()
    assert (await bench.finish()).state == DONE
    assert (bench.outside.asked, len(bench.outside.kept)) == (["act", "look", "act"], 1)


async def test_an_attempt_before_its_time_only_waits(bench: Bench) -> None:
    """The settle time is kept even by an attempt that is started too early."""
    bench.outside = Outside([(Unsure("Slack did not answer."), True)])
    await bench.attempt()
    await bench.attempt()
    assert bench.outside.asked == ["act"]


async def test_the_settle_time_begins_when_the_answer_was_lost(bench: Bench) -> None:
    """A call may have been sent late in an attempt; the intent's time says nothing about when."""

    async def slow(effect: Effect) -> Result:
        bench.clock.advance(TIMING.settle)
        raise Unsure("Slack did not answer.")

    ledger = Ledger(
        bench.database,
        bench.clock,
        TIMING,
        {EffectKind.POST: Performer(slow, bench.outside.find, bench.outside.landed)},
    )
    await ledger.perform(bench.effect_id, 0)
    assert await bench.wait() >= TIMING.settle


@pytest.mark.parametrize("downtime", [0.0, 3600.0])
@pytest.mark.parametrize("landed", [True, False])
async def test_a_killed_attempt_that_runs_again_does_not_act_twice(bench: Bench, downtime: float, landed: bool) -> None:
    """The same attempt after a crash: wait, look, and act only if it is not there."""
    bench.outside = Outside([(None, landed)])
    bench.outside.gate.clear()
    died = asyncio.create_task(bench.attempt())
    await bench.outside.reached.wait()
    died.cancel()
    await asyncio.gather(died, return_exceptions=True)
    bench.outside.gate.set()
    if landed:
        bench.outside.kept.append((await bench.row()).marker)
    bench.clock.advance(downtime)
    await bench.attempt(0)
    assert bench.outside.asked == ["act"]
    assert await bench.wait() == TIMING.settle
    assert (await bench.finish()).state == DONE
    assert len(bench.outside.kept) == 1
    assert bench.outside.asked == (["act", "look"] if landed else ["act", "look", "act"])


async def test_what_certainly_did_nothing_is_tried_again_without_a_look(bench: Bench) -> None:
    """A refused connection or a 429 takes the intent back."""
    bench.outside = Outside([(Temporary("Slack asks us to go slower.", after=42), False)])
    effect = await bench.attempt()
    assert (effect.intent_at, effect.attempt, effect.problem) == (None, 1, "Slack asks us to go slower.")
    assert await bench.wait() == 42
    assert (await bench.finish()).problem == ""
    assert bench.outside.asked == ["act", "act"]


async def test_a_look_that_fails_forgets_nothing(bench: Bench) -> None:
    """The service is unreachable when we look: what may have landed before is still not done again without a look."""
    bench.outside = Outside(
        [(Unsure("GitHub did not answer."), True)],
        [Temporary("GitHub cannot be reached."), Temporary("GitHub asks us to go slower.", after=60), None],
    )
    assert (await bench.finish()).state == DONE
    assert (bench.outside.asked, len(bench.outside.kept)) == (["act", "look", "look", "look"], 1)


async def test_waits_grow_while_it_fails(bench: Bench) -> None:
    """Backoff counts the attempts."""
    bench.outside = Outside([(Temporary("Slack cannot be reached."), False)] * 4)
    waits = []
    for _ in range(4):
        await bench.attempt()
        waits.append(await bench.wait())
        bench.clock.advance(waits[-1])
    assert waits == [2, 4, 8, 16]


async def test_what_will_never_succeed_is_given_up_and_says_so(bench: Bench) -> None:
    """The sentence stays in the row, for the card."""
    bench.outside = Outside([(Permanent("Slack refused chat.postMessage: is_archived."), False)])
    effect = await bench.attempt()
    assert (effect.state, effect.problem) == (FAILED, "Slack refused chat.postMessage: is_archived.")
    await bench.attempt()
    assert (bench.outside.asked, bench.outside.landings) == (["act"], 0)


async def test_a_bug_is_tried_again_late_and_after_a_look(bench: Bench) -> None:
    """Whether it happened is not known; nobody loses the effect, and nobody doubles it."""
    bench.outside = Outside([(ZeroDivisionError(), True)])
    effect = await bench.attempt()
    assert effect.state == WAITING
    assert await bench.wait() >= 60
    assert "unexpected" in effect.problem
    assert (await bench.finish()).state == DONE
    assert bench.outside.asked == ["act", "look"]


async def test_a_bug_in_recording_is_tried_again_too(bench: Bench) -> None:
    """It landed, and writing that down broke: the row does not stay behind with nobody to take it up."""
    times = 0

    async def landed(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise ZeroDivisionError

    outside = bench.outside
    ledger = Ledger(
        bench.database, bench.clock, TIMING, {EffectKind.POST: Performer(outside.act, outside.find, landed)}
    )
    await ledger.perform(bench.effect_id, 0)
    assert await bench.wait() >= 60
    bench.clock.advance(await bench.wait())
    await ledger.perform(bench.effect_id, 1)
    assert (await bench.row()).state == DONE
    assert (len(outside.kept), times) == (1, 2)


async def test_a_database_away_while_recording_keeps_the_intent(bench: Bench) -> None:
    """It landed and could not be written down: the intent stands, and it is found."""
    times = 0

    async def landed(connection: AsyncConnection, effect: Effect, result: Result, now: datetime) -> None:
        nonlocal times
        times += 1
        if times == 1:
            raise Temporary("The database does not answer right now.")

    outside = bench.outside
    ledger = Ledger(
        bench.database, bench.clock, TIMING, {EffectKind.POST: Performer(outside.act, outside.find, landed)}
    )
    await ledger.perform(bench.effect_id, 0)
    assert (await bench.row()).intent_at is not None
    bench.clock.advance(await bench.wait())
    await ledger.perform(bench.effect_id, 1)
    assert (await bench.row()).state == DONE
    assert (outside.asked, times) == (["act", "look"], 2)


async def test_two_runs_of_one_attempt_act_once(bench: Bench) -> None:
    """Two replicas that both believe it is theirs: one calls, and it lands once."""
    bench.outside.gate.clear()
    runs = [asyncio.create_task(bench.attempt(0)) for _ in range(4)]
    await asyncio.wait(runs, return_when=asyncio.FIRST_COMPLETED)
    bench.outside.gate.set()
    await asyncio.gather(*runs)
    assert (await bench.finish()).state == DONE
    assert bench.outside.asked.count("act") == 1
    assert (len(bench.outside.kept), bench.outside.landings) == (1, 1)


async def test_two_looks_of_one_attempt_act_once(bench: Bench) -> None:
    """Both would find nothing; only one of them looks, and then acts."""
    bench.outside = Outside([(Unsure("Slack did not answer."), False)])
    await bench.attempt()
    bench.clock.advance(await bench.wait())
    bench.outside.gate.clear()
    runs = [asyncio.create_task(bench.attempt(1)) for _ in range(4)]
    while not {run for run in runs if run.done()} and bench.outside.asked.count("look") < 2:
        await asyncio.wait(runs, timeout=0.05)
    bench.outside.gate.set()
    await asyncio.gather(*runs)
    assert (await bench.finish()).state == DONE
    assert (bench.outside.asked.count("act"), len(bench.outside.kept)) == (2, 1)


async def test_landing_twice_is_once(bench: Bench) -> None:
    """A slow attempt answers after another one found what it did: nothing is recorded twice."""
    bench.outside.gate.clear()
    slow = asyncio.create_task(bench.attempt(0))
    await bench.outside.reached.wait()
    gate = bench.outside.hold_only_what_is_here()
    bench.outside.kept.append((await bench.row()).marker)
    await bench.attempt(0)
    assert (await bench.finish()).state == DONE
    gate.set()
    assert (await slow).state == DONE
    assert bench.outside.landings == 1


async def test_a_late_refusal_does_not_undo_what_landed(bench: Bench) -> None:
    """A slow attempt is refused after another one found what it did: it stays done."""
    bench.outside = Outside([(Permanent("Slack refused it."), False)])
    bench.outside.gate.clear()
    slow = asyncio.create_task(bench.attempt(0))
    await bench.outside.reached.wait()
    gate = bench.outside.hold_only_what_is_here()
    bench.outside.kept.append((await bench.row()).marker)
    await bench.attempt(0)
    await bench.finish()
    gate.set()
    assert (await slow).state == DONE


async def test_what_does_no_harm_twice_is_not_looked_for(bench: Bench) -> None:
    """Without a look-up the settle time is kept, and then it is simply done again."""
    asked: list[str] = []

    async def act(effect: Effect) -> Result:
        asked.append("act")
        if len(asked) == 1:
            raise Unsure("Slack did not answer.")
        return {}

    ledger = Ledger(bench.database, bench.clock, TIMING, {EffectKind.POST: Performer(act, None, bench.outside.landed)})
    await ledger.perform(bench.effect_id, 0)
    bench.clock.advance(await bench.wait())
    await ledger.perform(bench.effect_id, 1)
    assert (asked, (await bench.row()).state) == (["act", "act"], DONE)


async def test_an_effect_that_is_not_there_is_nothing(bench: Bench) -> None:
    """A submission that outlived its row does no harm."""
    ledger = Ledger(bench.database, bench.clock, TIMING, {})
    await ledger.perform("nobody", 0)
