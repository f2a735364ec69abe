"""The gates, in their order: the diff, the Terraform in it, the stack, the plan, and whether a click is needed."""

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

from bot.adapters.stacks import inputs
from bot.change.deciding import lasts_until
from bot.change.gates.classes import RULES, class_gate
from bot.change.gates.diff import Surroundings, diff_gate
from bot.change.gates.hcl import hcl_gate
from bot.change.gates.plan import plan_gate
from bot.change.gates.stack import Module, stack_gate
from bot.change.lifecycle import move_change, through
from bot.change.model import (
    Approval,
    Ask,
    Bound,
    Change,
    ChangeKind,
    ChangeState,
    Edit,
    Finding,
    Gate,
    Result,
    Verdict,
)
from bot.change.projection import project
from bot.errors import NeedsPerson, Permanent, Temporary
from bot.storage import changes
from bot.workflows.changes.hand import Hand
from bot.workflows.changes.prepare import NO_COMMAND

MOVED = "The repository or the state moved after the plan was made, so it has to be planned and asked about again."
NOTHING_LEFT = (
    "Nothing is left to change: an earlier attempt seems to have applied it. It would only be written into git."
)


async def gate(hand: Hand) -> None:
    """What the files alone can tell, before any program reads them."""
    change, stacks, keys = hand.made, hand.workshop.stacks, hand.deps.file.repository
    touched = await stacks.touched(change.base, change.commit)
    links = await stacks.links(change.base)
    documents = (keys.runbooks,) if change.kind is ChangeKind.DOCUMENT else ()
    around = Surroundings(stack=change.stack, links=links, documents=documents)
    found = [diff_gate(touched, change.edits, around, hand.deps.file.policy.limits)]
    if change.kind is ChangeKind.TERRAFORM:
        found.append(await asyncio.to_thread(hcl_gate, await _whole(hand), change.stack))
        found.append(_stack(hand, [each.path for each in touched], links))
    await _judged(hand, tuple(found), ChangeState.GATED)


async def _whole(hand: Hand) -> tuple[Edit, ...]:
    """Every file of Terraform in the stack, edited or not: a changed value may feed what the change leaves alone."""
    change, stacks = hand.made, hand.workshop.stacks
    edited = {edit.path for edit in change.edits}
    paths = (each.path for each in await stacks.entries(change.base) if each.path.startswith(f"{change.stack}/"))
    others = [path for path in paths if path.endswith(".tf") and path not in edited]
    texts = [(path, await stacks.text(change.base, path)) for path in others]
    return (*change.edits, *(Edit(path=path, before=text, after=text) for path, text in texts))


async def plan(hand: Hand) -> None:
    """What Terraform would do. A document is planned by nobody: the click has let it be proposed."""
    if hand.made.kind is not ChangeKind.TERRAFORM:
        await hand.keep(change=through(hand.made))
        return
    terraform, stacks = hand.workshop.terraform, hand.workshop.stacks
    if terraform is None:
        raise Permanent(NO_COMMAND)
    await _settled(hand)
    change = hand.made
    if await moved_since(hand, change, await hand.workshop.repository.head()):
        await hand.keep(change=move_change(change, ChangeState.STALE, problem=MOVED))
        return
    result = await terraform.plan(change.id, stacks, change.commit, change.stack, hand.say)
    paths, links = [edit.path for edit in change.edits], await stacks.links(change.base)
    policy = hand.deps.file.policy
    verdict = await asyncio.to_thread(plan_gate, result.document, result.exit_code, policy)
    planned = await _nothing_left(hand, verdict)
    read = _stack(hand, paths, links, result.modules)
    verdicts = (*(each for each in change.verdicts if each.gate is not Gate.STACK), read, planned)
    bound = Bound(
        commit=change.commit,
        tree=await stacks.tree(change.commit, change.stack),
        plan=result.sha256,
        verdict=sealed(verdicts),
        inputs=result.inputs,
    )
    known = {
        "projection": await asyncio.to_thread(project, result.document, policy),
        "bound": bound,
        "planned_at": hand.deps.clock.now(),
        "reads": await terraform.reads(change.id),
    }
    await _judged(hand, verdicts, ChangeState.PLANNED, **known)


async def _settled(hand: Hand) -> None:
    """Nothing is planned while what is there is neither what the branch says nor what it will say. Raises Temporary
    while another change of the stack is applied or is not in git yet, and NeedsPerson where nobody knows how far it is.
    """
    stack = hand.made.stack
    async with hand.deps.database.read() as connection:
        other = await changes.applying(connection, stack, hand.item.id)
    if other is None:
        return
    if other.state is ChangeState.UNKNOWN:
        raise NeedsPerson(f"Nobody knows yet how far another change of {stack} came, so nothing is planned there.")
    raise Temporary(f"Another change of {stack} is not settled; this one is planned after it.", after=5.0)


async def moved_since(hand: Hand, change: Change, head: str) -> bool:
    """Whether anything that the change's plan has read is another at this commit."""
    stacks, reads = hand.workshop.stacks, change.reads
    if head == change.base:
        return False
    before = await inputs(stacks, change.base, change.stack, reads)
    return before != await inputs(stacks, head, change.stack, reads)


async def hold(hand: Hand) -> None:
    """Whether it may go by itself; else somebody is asked about exactly this."""
    file, item, change = hand.deps.file, hand.item, hand.made
    verdict = class_gate(item, file.remediation, change.verdicts, file.policy)
    if verdict.result is Result.PASS and await _lost(hand):
        asks = Finding(rule="class.lost", result=Result.PERSON, sentence=RULES["class.lost"])
        verdict = verdict.model_copy(update={"findings": (*verdict.findings, asks)})
    change = change.model_copy(update={"verdicts": (*change.verdicts, verdict)})
    if verdict.result is Result.REFUSE:
        await hand.keep(change=change)
        raise Permanent(verdict.sentence)
    if verdict.result is Result.PASS:
        await hand.keep(change=move_change(change, ChangeState.CLEARED))
        return
    critical, now = await hand.is_critical(), hand.deps.clock.now()
    asked = Approval(
        id=str(uuid5(NAMESPACE_URL, f"{change.id}.apply")),
        number=0,
        ask=Ask.APPLY,
        item_id=item.id,
        change_id=change.id,
        requester=item.requested_by,
        people=file.policy.who(item.change_class, critical=critical).people,
        bound=change.bound,
        asked_at=now,
        expires_at=lasts_until(file.policy, critical, now),
    )
    await hand.keep(change=move_change(change, ChangeState.AWAITING), ask=asked)


def sealed(verdicts: Sequence[Verdict]) -> str:
    """A hash over what all gates but the last have said."""
    said = [each.model_dump(mode="json") for each in verdicts if each.gate is not Gate.CLASS]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def expires(asked: Approval, now: datetime) -> bool:
    """Whether it has run out."""
    return asked.expires_at is not None and asked.expires_at <= now


async def _judged(hand: Hand, verdicts: tuple[Verdict, ...], state: ChangeState, **known: object) -> None:
    """Written down; what a gate refuses goes no further. Raises Permanent with its sentence."""
    change = hand.made.model_copy(update={"verdicts": verdicts, **known})
    if change.result is Result.REFUSE:
        await hand.keep(change=change)
        raise Permanent(change.findings[0].sentence)
    await hand.keep(change=move_change(change, state))


def _stack(hand: Hand, paths: Sequence[str], links: frozenset[str], modules: Sequence[Module] = ()) -> Verdict:
    keys = hand.deps.file.repository
    protected = hand.deps.file.protected_stacks
    return stack_gate(paths, hand.made.stack, protected, keys.modules, keys.stacks, links, modules)


async def _lost(hand: Hand) -> bool:
    """Whether nobody knows how far an earlier change of the item came."""
    async with hand.deps.database.read() as connection:
        before = await changes.of_item(connection, hand.item.id)
    return any(each.state is ChangeState.UNKNOWN for each in before)


async def _nothing_left(hand: Hand, verdict: Verdict) -> Verdict:
    """A plan without changes is refused, unless the same was under way before and nobody knows what became of it."""
    if {each.rule for each in verdict.findings if each.result is Result.REFUSE} != {"plan.nothing"}:
        return verdict
    async with hand.deps.database.read() as connection:
        before = await changes.of_item(connection, hand.item.id)
    lost = [each for each in before if each.state in (ChangeState.UNKNOWN, ChangeState.FAILED)]
    if not any(each.edits == hand.made.edits for each in lost):
        return verdict
    left = Finding(rule="plan.nothing", result=Result.PERSON, sentence=NOTHING_LEFT)
    others = tuple(each for each in verdict.findings if each.rule != "plan.nothing")
    return verdict.model_copy(update={"findings": (*others, left)})
