"""A change that is applied goes onto the branch: one commit an item, fast-forward only, and read back."""

from collections.abc import Mapping

from bot.adapters.git_mirror import Moved
from bot.change.lifecycle import move_item
from bot.change.messages import item_message, report_message, rollback_message, runbook_message
from bot.change.model import Change, ChangeKind, ChangeState, ItemState, Source
from bot.errors import Permanent, Temporary
from bot.incident.wanted import EffectKind, Wanted
from bot.postmortem.reported import with_report
from bot.storage import effects
from bot.workflows.changes import document
from bot.workflows.changes.hand import Hand
from bot.workflows.changes.handover import tell_now
from bot.workflows.changes.prepare import is_private

NOT_YET = "It is applied, and not in git yet: {why}"
ELSEWHERE = "somebody else changed {stack} meanwhile. Its files have to be brought together by hand."


class Elsewhere(Permanent):
    """The stack on the branch is not what the change was made on any more."""


async def record(hand: Hand) -> None:
    """Onto the branch, once. What cannot go there now is said, and tried again; the stack stays locked until then."""
    change = hand.made
    try:
        landed, url = await _WRITE[change.kind](hand)
    except (Permanent, Moved) as error:
        why = NOT_YET.format(why=error.sentence)
        if hand.item.reason != why:
            item = hand.item.model_copy(update={"reason": why})
            async with hand.deps.database.write() as connection:
                await hand.keep_in(connection, item)
                await tell_now(hand.deps, connection, item)
        raise Temporary(why, after=60.0) from error
    await _over(hand, change.model_copy(update={"landed": landed, "url": url}))


async def _terraform(hand: Hand) -> tuple[str, str]:
    change, stacks = hand.made, hand.workshop.stacks
    verified = change.state is ChangeState.VERIFIED
    neutral = await is_private(hand)
    message = item_message(hand.item, verified=verified, neutral=neutral)
    if change.undoes:
        message = rollback_message(hand.item, neutral=neutral)

    async def write(head: str) -> Mapping[str, str | None]:
        now = await stacks.tree(head, change.stack)
        if now not in (await stacks.tree(change.base, change.stack), await stacks.tree(change.commit, change.stack)):
            raise Elsewhere(ELSEWHERE.format(stack=change.stack))
        return {edit.path: edit.after for edit in change.edits}

    repository = hand.workshop.repository
    return await repository.land(write, message, marker(change), hand.deps.clock.now()), ""


async def _report(hand: Hand) -> tuple[str, str]:
    """What was found out, into the document itself."""
    repository, item = hand.workshop.repository, hand.item
    path = f"{repository.folder}/{item.document}"

    async def write(head: str) -> Mapping[str, str | None]:
        content = await repository.text(head, path)
        if content is None:
            raise Permanent(f"{item.document} is not there any more.")
        return {path: with_report(content, item.identity, item.action, hand.made.summary)}

    message = report_message(item, neutral=await is_private(hand))
    return await repository.land(write, message, marker(hand.made), hand.deps.clock.now()), ""


async def _proposal(hand: Hand) -> tuple[str, str]:
    """A pull request with the document in it, and the row that says so: both are true once it is merged."""
    deps, item, repository = hand.deps, hand.item, hand.workshop.repository
    if deps.github is None:
        raise Permanent("GitHub is not set up, so there can be no pull request.")
    branch = f"holdfast/{item.key.lower()}-{hand.made.id[:8]}"
    message = runbook_message(item, neutral=await is_private(hand))

    async def write(head: str) -> Mapping[str, str | None]:
        files: dict[str, str | None] = {edit.path: edit.after for edit in hand.made.edits}
        return files | await document.done_by_proposal(hand, head)

    commit = await repository.propose(branch, write, message, marker(hand.made), deps.clock.now())
    body = (
        f"{hand.made.summary}\n\nFor {item.key}. Its row is done once this is merged.\n\n<!-- {marker(hand.made)} -->\n"
    )
    title = message.splitlines()[0].removesuffix(" [ci skip]")
    made = await deps.github.find_pull(branch) or await deps.github.create_pull(title, body, branch, repository.branch)
    return commit, made.url


_WRITE = {ChangeKind.TERRAFORM: _terraform, ChangeKind.REPORT: _report, ChangeKind.DOCUMENT: _proposal}


def marker(change: Change) -> str:
    """By which its commit is found again."""
    return f"holdfast:{change.id}"


async def _over(hand: Hand, change: Change) -> None:
    """It landed, and what comes of the item now: at once, so that nobody who dies leaves one without the other.

    One of a document is done with the final commit, which says so there.
    """
    item, say = hand.item, False
    if change.state is ChangeState.UNVERIFIED:
        why = f"It is applied, and does not show: {change.problem}"
        item = move_item(item, ItemState.FAILED, reason=why, told=False)
    elif change.undoes:
        item = move_item(item, ItemState.HELD, reason="It was done, and taken back.")
    elif item.source is not Source.DOCUMENT:
        item = move_item(item, ItemState.DONE, reason="")
        say = item.source is Source.FEATURE and item.issue is not None
    async with hand.deps.database.write() as connection:
        await hand.keep_in(connection, item, change)
        if say:
            request = {"item": item.id, "number": str(item.issue), "say": "done"}
            wanted = Wanted(kind=EffectKind.ITEM_ISSUE, line="issue", request=request)
            await effects.add_answer(connection, f"item_done:{change.id}", wanted, hand.deps.clock.now())
