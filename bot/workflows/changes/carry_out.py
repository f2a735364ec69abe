"""The steps of an action item, one after the other, until it waits for somebody or is over."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

import structlog

from bot.change.lifecycle import move_item
from bot.change.model import ChangeState, ItemState
from bot.change.steps import Step, is_busy, is_ours, next_step
from bot.deps import WorkflowDeps
from bot.durable.engine import Json
from bot.errors import Permanent, Refused, Temporary
from bot.storage import changes, items
from bot.storage.items import Lost
from bot.workflows.changes import apply, finish, judge, prepare, record
from bot.workflows.changes.hand import LEASE, Hand, later
from bot.workflows.changes.rounds import settle

log = structlog.get_logger(__name__)

BROKE = "Something unexpected went wrong with it; the reason is in the log."

#: What each step does; a step that has to wait raises Temporary, one that cannot go on Permanent or Refused.
STEPS: Mapping[Step, Callable[[Hand], Awaitable[None]]] = {
    Step.BEGIN: prepare.begin,
    Step.PREPARE: prepare.prepare,
    Step.COMMIT: prepare.commit,
    Step.GATE: judge.gate,
    Step.PLAN: judge.plan,
    Step.CLASS: judge.hold,
    Step.APPLY: apply.apply,
    Step.SURVIVE: apply.survive,
    Step.VERIFY: apply.verify,
    Step.RECORD: record.record,
}


async def carry_out(deps: WorkflowDeps, work: str, payload: Json) -> Json:
    """Work on one, from where it stands. Ends without a word where somebody else does."""
    async with deps.database.write() as connection:
        until = deps.clock.now() + LEASE
        taken = await items.take(connection, payload["item"], payload["attempt"], work, until)
        change = await changes.newest(connection, payload["item"]) if taken else None
    if taken is None:
        return {}
    hand = Hand(deps, *taken, change)
    try:
        async with hand.holding():
            await _run(hand, payload["attempt"])
    except* Lost:
        log.info("action item left", item=hand.item.key)
    except* Temporary as group:  # the database is away: the lease runs out, and it is taken up again
        log.warning("action item left", item=hand.item.key, problem=str(group.exceptions[0]))
    return {}


async def _run(hand: Hand, attempt: int) -> None:
    """The steps; what is not over is taken up again."""
    again: datetime | None = None
    try:
        while (step := next_step(hand.item, hand.change)) in STEPS and is_ours(step, hand.deps.only):
            await STEPS[step](hand)
    except Temporary as error:
        again = max(later(hand.deps.clock.now(), attempt), hand.deps.clock.now() + timedelta(seconds=error.after))
        await hand.say(f"{error.sentence} It is tried again.")
    except (Permanent, Refused) as error:
        log.warning("action item held", item=hand.item.key, problem=error.sentence)
        await _gave_up(hand, error.sentence)
    except Lost:
        raise
    except Exception:  # The runner: what breaks is told to people, and nobody waits for it for ever
        log.exception("action item broke", item=hand.item.key)
        await _gave_up(hand, BROKE)
    await let_go(hand, again)


async def _gave_up(hand: Hand, sentence: str) -> None:
    """Where it had not been applied yet it waits for a person; where it had, it has failed, and says how it stands."""
    change = hand.change
    if change is not None and change.state in (ChangeState.APPLYING, ChangeState.APPLIED):
        await apply.unknown(hand, sentence)
    elif change is not None and change.state in (ChangeState.VERIFIED, ChangeState.UNVERIFIED):
        await hand.keep(move_item(hand.item, ItemState.FAILED, reason=sentence, told=False))
    else:
        await hand.give_up(sentence)


async def let_go(hand: Hand, again: datetime | None) -> None:
    """Leave it to whoever is next; once nothing of its round is under way, the round is told of."""
    async with hand.deps.database.write() as connection:
        item = await items.get(connection, hand.item.id, lock=True) or hand.item
        change = await changes.newest(connection, item.id)
        if again is None and next_step(item, change) in STEPS:
            again = hand.deps.clock.now()  # somebody clicked in this very moment, or another process goes on
        await hand.let_go(connection, again)
        if again is None and not is_busy(item, change):
            await settle(hand.deps, connection, item.round_id)
            await finish.others(hand.deps, connection, item, change)
    hand.deps.wake()
