"""The one message of a round over action items: what is done, what waits for a click, what is for people, the cost."""

from collections.abc import Sequence

from bot.change.model import ChangeState, ItemState, Round, Standing
from bot.views import approval
from bot.views.blocks import FALLBACK, Block, Rendered, actions, button, context, cut, linked, section
from bot.views.foreign import as_written, said
from bot.views.ids import Click

#: Entries of each part of a round, and of a page of the inbox.
LINES, PAGE = 6, 8
#: Said of an item also where there is no change: nobody could prepare one, or a person has decided.
_TOLD = (ItemState.HELD, ItemState.REJECTED, ItemState.TAKEN)
NOTHING = "Nothing waits for a click."


def round_message(one: Round, found: Sequence[Standing], cost: int = 0) -> Rendered | None:
    """What came of it; None where nothing was done and nothing waits. `cost` is in micro-dollars.

    Where it is about one item alone, all of that item.
    """
    told = [each for each in found if _counts(each)]
    if not told:
        return None
    if len(found) == 1:
        return approval.card(found[0])
    done = [each for each in told if _is_done(each)]
    waiting = [each for each in told if _waits(each)]
    people = [each for each in told if each not in done and each not in waiting]
    about = f" in {said(one.document, 120)}" if one.document else ""
    counts = ((len(done), "done"), (len(waiting), "waiting for a click"), (len(people), "for people"))
    head = f"Action items{about}: {', '.join(f'{count} {what}' for count, what in counts if count)}"
    blocks = [section(f"*{head}*"), *_done(done)]
    blocks += _listed([_look(approval.line(each), each) for each in waiting], "`/approve-todo`")
    blocks += _listed([_look(_for_people(each), each) for each in people], "`/postmortem todos`")
    working = [each for each in found if each.progress]
    blocks += [context(f"⏳ *{each.item.key}* {said(each.progress, 150)}") for each in working[:3]]
    blocks += [context(f"Cost: ${cost / 1_000_000:.2f}")] if cost else []
    return as_written(Rendered(text=cut(head, FALLBACK), blocks=blocks))


def inbox(found: Sequence[Standing], page: int = 0) -> Rendered:
    """Everything that waits for a click, the oldest first, what each would do in a line; `page` from 0."""
    if not found:
        return Rendered(text=NOTHING, blocks=[section(NOTHING)])
    last = (len(found) - 1) // PAGE
    page = max(0, min(page, last))
    head = "1 action item waits for a click" if len(found) == 1 else f"{len(found)} action items wait for a click"
    order = f", the oldest first, page {page + 1} of {last + 1}" if last else ""
    rows = [_look(approval.line(each), each) for each in found[page * PAGE : (page + 1) * PAGE]]
    turns = [button("Older", Click.INBOX_OLDER, str(page - 1))] if page > 0 else []
    turns += [button("Newer", Click.INBOX_NEWER, str(page + 1))] if page < last else []
    blocks = [section(f"*{head}*{order}"), *rows, *([actions(*turns)] if turns else [])]
    return as_written(Rendered(text=head, blocks=blocks))


def _look(text: str, each: Standing) -> Block:
    return section(text, button("Look", Click.TODO_LOOK, each.item.id))


def _listed(rows: Sequence[Block], where: str) -> list[Block]:
    more = [context(f"and {len(rows) - LINES} more: {where}")] if len(rows) > LINES else []
    return [*rows[:LINES], *more]


def _done(found: Sequence[Standing]) -> list[Block]:
    lines = [f"✅ *{each.item.key}* {approval.action(each.item)}{_landed(each)}" for each in found[:LINES]]
    lines += [f"and {len(found) - LINES} more"] if len(found) > LINES else []
    return [section("\n".join(lines))] if lines else []


def _for_people(each: Standing) -> str:
    why = approval.reason(each.item, 150) or approval.state(each)
    return f"✋ *{each.item.key}* {approval.action(each.item)}\n{why}"


def _waits(each: Standing) -> bool:
    return each.approval is not None and each.approval.is_pending


def _counts(each: Standing) -> bool:
    """Whether there is something to say of it: it waits, was done, or was tried."""
    return _waits(each) or each.change is not None or each.item.state in _TOLD


def _is_done(each: Standing) -> bool:
    landed = each.change is not None and bool(each.change.landed) and each.change.state is ChangeState.VERIFIED
    return each.item.state is ItemState.DONE or (landed and each.item.state is ItemState.IMPLEMENTING)


def _landed(each: Standing) -> str:
    """Where it is to be seen."""
    change = each.change
    if change is None or not change.landed:
        return ""
    return f" · {linked(change.url, change.landed[:7])}" if change.url else f" · `{said(change.landed[:7], 7)}`"
