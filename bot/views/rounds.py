"""The one message of a round over action items: what is done, what waits for a click, what is for people, the cost."""

from collections.abc import Sequence

from bot.change.model import ChangeState, ItemState, Round, Standing
from bot.views import approval
from bot.views.blocks import FALLBACK, Block, Rendered, actions, button, context, cut, one_line, safe, section
from bot.views.ids import Click

#: Lines of each part.
_LINES = 8


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
    waiting = [each for each in told if each.approval is not None and each.approval.is_pending]
    people = [each for each in told if each not in done and each not in waiting]
    about = f" in {safe(one_line(one.document, 120), 160, '…')}" if one.document else ""
    head = f"Action items{about}: {len(done)} done, {len(waiting)} waiting for a click, {len(people)} for people"
    blocks: list[Block] = [section(f"*{head}*")]
    blocks += _part("Done", [f"✅ *{each.item.key}* {_short(each)}{_landed(each)}" for each in done])
    for each in waiting[:_LINES]:
        blocks.append(section(approval.line(each), button("Look", Click.TODO_LOOK, each.item.id)))
    if len(waiting) > _LINES:
        blocks.append(context(f"and {len(waiting) - _LINES} more: `/approve-todo`"))
    for each in people[:_LINES]:
        why = safe(one_line(each.item.reason or each.item.state.value, 250), 350, "…")
        blocks.append(
            section(f"✋ *{each.item.key}* {_short(each)}\n{why}", button("Look", Click.TODO_LOOK, each.item.id))
        )
    if len(people) > _LINES:
        blocks.append(context(f"and {len(people) - _LINES} more: `/postmortem todos`"))
    working = [each for each in found if each.progress]
    blocks += [context(f"⏳ *{each.item.key}* {safe(one_line(each.progress, 150), 250, '…')}") for each in working[:3]]
    blocks += [context(f"Cost: ${cost / 1_000_000:.2f}")] if cost else []
    return Rendered(text=cut(head, FALLBACK), blocks=blocks)


def inbox(found: Sequence[Standing], page: int = 0) -> Rendered:
    """Everything that waits for a click, the oldest first, what each would do in a line."""
    if not found:
        return Rendered(text="Nothing waits for a click.", blocks=[section("Nothing waits for a click.")])
    page = max(0, min(page, (len(found) - 1) // _LINES))
    shown = found[page * _LINES : (page + 1) * _LINES]
    count = "1 thing waits" if len(found) == 1 else f"{len(found)} things wait"
    head = f"*{count} for a click*"
    rows = [section(approval.line(each), button("Look", Click.TODO_LOOK, each.item.id)) for each in shown]
    turns = [button("Older first", Click.INBOX_PAGE, str(page - 1))] if page > 0 else []
    turns += [button("More", Click.INBOX_PAGE, str(page + 1))] if (page + 1) * _LINES < len(found) else []
    return Rendered(text=f"{count} for a click", blocks=[section(head), *rows, *([actions(*turns)] if turns else [])])


def _counts(each: Standing) -> bool:
    """Whether there is something to say of it: it waits, was done, or was tried."""
    pending = each.approval is not None and each.approval.is_pending
    return pending or each.change is not None or each.item.state in (ItemState.REJECTED, ItemState.TAKEN)


def _is_done(each: Standing) -> bool:
    landed = each.change is not None and bool(each.change.landed) and each.change.state is ChangeState.VERIFIED
    return each.item.state is ItemState.DONE or (landed and each.item.state is ItemState.IMPLEMENTING)


def _landed(each: Standing) -> str:
    change = each.change
    if change is None or not change.landed:
        return ""
    return f" · {safe(change.url, 300)}" if change.url else f" · `{change.landed[:7]}`"


def _short(each: Standing) -> str:
    return safe(one_line(each.item.action, 150), 220, "…")


def _part(name: str, lines: Sequence[str]) -> list[Block]:
    if not lines:
        return []
    more = [f"and {len(lines) - _LINES} more"] if len(lines) > _LINES else []
    return [section("\n".join([*lines[:_LINES], *more]))]
