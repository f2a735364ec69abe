"""A change that was allowed is applied, exactly as it was allowed; and looked at afterwards, whether it shows."""

from datetime import timedelta
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.terraform import StalePlan, Terraform
from bot.change.gates.classes import class_gate
from bot.change.gates.plan import is_empty
from bot.change.lifecycle import move_approval, move_change, move_item
from bot.change.model import Approval, ApprovalState, ChangeState, ItemState, Result
from bot.errors import HoldfastError, NeedsPerson, Permanent, Temporary, Unsure
from bot.incident.policy import Rank
from bot.storage import approvals, changes, investigations
from bot.workflows.changes.hand import Hand
from bot.workflows.changes.judge import MOVED, expires, moved_since, sealed
from bot.workflows.changes.prepare import NO_COMMAND
from bot.workflows.changes.probe import probed

#: So long a service may take until it shows what was applied to it.
SETTLES = timedelta(minutes=3)
DIED = "Holdfast stopped while this was being applied, so nobody knows how far it came."
BUSY = "Another change of {stack} is under way or not settled; this one waits for it."
RUNNING = "Terraform still applies this; Holdfast stopped meanwhile, and waits until it has ended."
STOPPED = "Everything is stopped, so nothing new is applied."


async def apply(hand: Hand) -> None:
    """Everything is checked once more; then exactly the plan that was allowed, once. Raises what keeps it waiting."""
    change, terraform = hand.made, command(hand)
    asked = await _asked(hand)
    if why := await _no_longer(hand, asked):
        await hand.give_up(why, ChangeState.STALE)
        return
    assert change.bound is not None, "what may be applied is bound"
    async with hand.deps.database.read() as connection:
        await _free(hand, connection)
    if await _moved(hand) or await terraform.ready(
        change.id, change.bound, hand.workshop.stacks, change.commit, change.stack
    ):
        await _stale(hand, asked)
        return
    used = move_approval(asked, ApprovalState.USED) if asked else None
    await hand.say(f"Applying {change.stack} …")
    await hand.keep(change=move_change(change, ChangeState.APPLYING), used=used, only_if=partial(_free, hand))
    try:
        await terraform.apply(change.id, change.bound, change.stack, hand.say)
    except StalePlan:
        await hand.keep(change=move_change(hand.made, ChangeState.FAILED, problem=MOVED))
    except Unsure as error:
        await unknown(hand, error.sentence)
    except Permanent as error:
        failed = move_change(hand.made, ChangeState.FAILED, problem=error.sentence)
        await hand.keep(move_item(hand.item, ItemState.FAILED, reason=error.sentence, told=False), failed)
    except Temporary as error:
        await unknown(hand, error.sentence)
    else:
        await hand.keep(change=move_change(hand.made, ChangeState.APPLIED, applied_at=hand.deps.clock.now()))


async def survive(hand: Hand) -> None:
    """We died while it ran: it is never run again by itself. What outlived us is waited for."""
    if await command(hand).is_running(hand.made.id):
        raise Temporary(RUNNING, after=5.0)
    await unknown(hand, DIED)


def command(hand: Hand) -> Terraform:
    """What plans and applies. Raises Permanent where none is set up, or none any more."""
    if hand.workshop.terraform is None:
        raise Permanent(NO_COMMAND)
    return hand.workshop.terraform


async def unknown(hand: Hand, why: str) -> None:
    """Nobody knows how far it came: a fresh plan says what is there, and a person decides."""
    if hand.made.state is ChangeState.APPLIED:  # it was applied; what broke was the look at it
        await hand.keep(change=move_change(hand.made, ChangeState.UNVERIFIED, problem=why))
        return
    if hand.made.state is not ChangeState.APPLYING:
        raise NeedsPerson(why)
    sentence = f"{why} {await _what_is_there(hand)} Please look, then plan it again or take it over."
    held = move_item(hand.item, ItemState.HELD, reason=sentence, told=False)
    # Both at once: an item that goes on beside a change of which nobody knows would be prepared, and applied, again.
    await hand.keep(held, move_change(hand.made, ChangeState.UNKNOWN, problem=why))


async def _what_is_there(hand: Hand) -> str:
    change = hand.made
    try:
        left = await command(hand).again(change.id, hand.workshop.stacks, change.commit, change.stack, hand.say)
    except HoldfastError as error:
        return f"A fresh plan could not be made: {error.sentence}"
    if is_empty(left.document, left.exit_code):
        return "A fresh plan says that nothing is left to change."
    return "A fresh plan says that not all of it is there."


async def verify(hand: Hand) -> None:
    """Planned again nothing is left to change, and what it is about is seen to work."""
    change, terraform = hand.made, command(hand)
    await hand.say("Looking whether it shows …")
    problem = ""
    try:
        left = await terraform.again(change.id, hand.workshop.stacks, change.commit, change.stack, hand.say)
        if not is_empty(left.document, left.exit_code):
            problem = "Planned again, something is still left to change."
    except Permanent as error:
        problem = f"It could not be planned again: {error.sentence}"
    if not problem and (problem := await probed(hand)) and _is_fresh(hand):
        raise Temporary(problem, after=15.0)
    if problem:
        await hand.keep(change=move_change(change, ChangeState.UNVERIFIED, problem=problem))
    else:
        await hand.keep(change=move_change(change, ChangeState.VERIFIED))
    await terraform.forget(change.id)


def _is_fresh(hand: Hand) -> bool:
    """Whether what was applied may still be on its way: a rollout takes a moment."""
    applied = hand.made.applied_at
    return applied is not None and hand.deps.clock.now() < applied + SETTLES


async def _asked(hand: Hand) -> Approval | None:
    """The approval that allowed it; None where the policy did."""
    async with hand.deps.database.read() as connection:
        of_item = await approvals.of_item(connection, hand.item.id)
    mine = [each for each in of_item if each.change_id == hand.made.id and each.state is ApprovalState.APPROVED]
    return mine[-1] if mine else None


async def _no_longer(hand: Hand, asked: Approval | None) -> str:
    """Why it may not be applied any more, whoever allowed it; empty where it may. Nothing is taken for granted."""
    file, change, item = hand.deps.file, hand.made, hand.item
    if file.remediation == "off":
        return "Changes are switched off in holdfast.yml (remediation: off)."
    if change.bound is None or sealed(change.verdicts) != change.bound.verdict or change.result is Result.REFUSE:
        return "What the gates said is not what was allowed."
    if asked is None:
        free = class_gate(item, file.remediation, [v for v in change.verdicts if v.gate != "class"], file.policy)
        return "" if free.result is Result.PASS else "It needs a click now, and has none."
    if asked.bound != change.bound:
        return "What was allowed is not this."
    if expires(asked, hand.deps.clock.now()):
        return "It was allowed too long ago."
    may = file.policy.allowed(item.change_class, file.slack.circle, critical=await hand.is_critical())
    for person in asked.agreed:
        guest = hand.deps.people.get(person).guest or person not in may
        if guest or file.slack.circle.rights(person, guest).rank < Rank.MEMBER:
            return f"<@{person}> allowed it, and may not any more."
    return "" if asked.agreed else "Nobody allowed it."


async def _free(hand: Hand, connection: AsyncConnection) -> None:
    """Raises Temporary while everything is stopped, or another change of the stack is applied or is not settled.

    Asked in the transaction that begins the apply, it lets one begin after the other, on all replicas.
    """
    if await investigations.halted(connection):
        raise Temporary(STOPPED, after=5.0)
    if await changes.applying(connection, hand.made.stack, hand.item.id) is not None:
        raise Temporary(BUSY.format(stack=hand.made.stack), after=5.0)


async def _moved(hand: Hand) -> bool:
    """Whether anything that the plan has read is another on the branch by now."""
    head = await hand.workshop.repository.head()
    return await moved_since(hand, hand.made, head)


async def _stale(hand: Hand, asked: Approval | None) -> None:
    """It is planned anew, and asked about anew where it was asked about."""
    change = move_change(hand.made, ChangeState.STALE, problem=MOVED)
    if asked is not None:
        async with hand.deps.database.write() as connection:
            await approvals.decide(connection, asked, move_approval(asked, ApprovalState.SUPERSEDED, reason=MOVED))
    await hand.keep(change=change)
