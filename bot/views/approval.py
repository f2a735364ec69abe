"""One action item with what is asked about it: what, how far it reaches, how it is taken back; then all the rest."""

import re

from bot.change.model import (
    Approval,
    ApprovalState,
    Ask,
    ChangeClass,
    ChangeState,
    ItemState,
    Standing,
    TrackedItem,
)
from bot.change.steps import undone
from bot.views import changed
from bot.views.blocks import FALLBACK, Block, Rendered, actions, button, context, cut, linked, plain, section, when, who
from bot.views.foreign import as_written, said
from bot.views.forms.parts import Memory, View, message
from bot.views.ids import Click

#: Characters of plan and diff on the card itself, and people that are named there.
EXCERPT, PEOPLE = 1500, 6
_ASKS = {
    Ask.PREPARE: ("Prepare it", "A change is prepared and planned. Nothing is applied without another click."),
    Ask.INVESTIGATE: ("Look into it", "Agents look, and change nothing; what they find is added to the post-mortem."),
    Ask.DRAFT: ("Draft it", "An agent drafts the document, as a pull request for people to merge."),
    Ask.APPLY: ("Approve", "Exactly this plan is applied."),
}
_WORDS = {
    ApprovalState.APPROVED: "✅ Approved",
    ApprovalState.USED: "✅ Approved",
    ApprovalState.REJECTED: "🚫 Rejected",
    ApprovalState.EXPIRED: "⌛ Nobody decided in time",
    ApprovalState.SUPERSEDED: "↩️ Not asked any more",
}
_CHANGE = {
    ChangeState.CLEARED: "🔧 It is about to be applied.",
    ChangeState.APPLYING: "🔧 It is being applied.",
    ChangeState.APPLIED: "🔧 It is applied; whether it shows is looked at.",
    ChangeState.FAILED: "⛔ Applying it did not work; a part of it may be there. A fresh plan shows what is left.",
    ChangeState.UNKNOWN: "❓ Holdfast stopped while it was applied. It is not applied again by itself; "
    "a fresh plan shows what is there.",
    ChangeState.UNVERIFIED: "⚠️ It is applied, and does not show.",
    ChangeState.STALE: "↩️ The world moved, so this plan is not applied.",
    ChangeState.REFUSED: "⛔ This change goes no further.",
}
_STATES = {
    ItemState.OPEN: "open",
    ItemState.HELD: "for a person",
    ItemState.QUEUED: "waits for its turn",
    ItemState.APPROVED: "waits for its turn",
    ItemState.IMPLEMENTING: "being worked on",
    ItemState.DONE: "done",
    ItemState.FAILED: "failed, for a person",
    ItemState.REJECTED: "rejected",
    ItemState.GONE: "gone from its document",
}
#: What people did, as an item's reason says it: they stay people, and what they wrote is foreign.
_DID = re.compile(r"<@([UW][A-Z0-9]{2,20})> (does it\.|gave it back\.|said: not now\.|said no: .*)", re.DOTALL)


def card(standing: Standing) -> Rendered:
    """The whole of it, for a message; at most what one message holds, the rest behind *Read all of it*."""
    asked = standing.approval
    waits = f"{asked.key} waits for a click. " if asked and asked.is_pending else ""
    text = f"{waits}{standing.item.key}: {said(standing.item.action, 150)}"
    blocks = [*_head(standing), *_body(standing), *_foot(standing)]
    return as_written(Rendered(text=cut(text, FALLBACK), blocks=blocks))


def modal(standing: Standing, page: int, memory: Memory) -> View:
    """The same in a modal, with plan and diff page by page, from 0; a page that is not there is the nearest one."""
    all_pages = changed.pages(standing.change) if standing.change else [[context("There is no change of it yet.")]]
    page = max(0, min(page, len(all_pages) - 1))
    here = memory.model_copy(update={"item": standing.item.id, "page": page})
    turns = [button("Back", Click.TODO_BACK, f"{standing.item.id}:{page - 1}")] if page > 0 else []
    more = page + 1 < len(all_pages)
    turns += [button("Next page", Click.TODO_NEXT, f"{standing.item.id}:{page + 1}")] if more else []
    place = [context(f"Page {page + 1} of {len(all_pages)}")] if len(all_pages) > 1 else []
    blocks = [*_head(standing), *_why(standing), *_foot(standing, whole=True)]
    blocks += [*all_pages[page], *place, *([actions(*turns)] if turns else [])]
    return message(standing.item.key, *as_written(Rendered(text="", blocks=blocks)).blocks, memory=here)


def line(standing: Standing) -> str:
    """What it would do, in two lines of a list."""
    item, asked, change = standing.item, standing.approval, standing.change
    if asked is None or not asked.is_pending:
        return f"*{item.key}* {action(item)}\n{_kind(item)} · {state(standing)}"
    reach = f" · {changed.radius(change, names=False)}" if change and asked.ask is Ask.APPLY else ""
    return f"*{asked.key}* {action(item)}\n{_kind(item)} · {_ASKS[asked.ask][0].casefold()}{reach}"


def state(standing: Standing) -> str:
    """How an item stands, in a few words."""
    asked = standing.approval
    if asked is not None and asked.is_pending:
        return f"waits for a click, {asked.key}"
    taken = f"{who(standing.item.taken_by)} does it" if standing.item.taken_by else "somebody does it"
    return taken if standing.item.state is ItemState.TAKEN else _STATES[standing.item.state]


def action(item: TrackedItem, limit: int = 120) -> str:
    """What it is about, for a list."""
    return said(item.action, limit) or "–"


def reason(item: TrackedItem, limit: int = 300) -> str:
    """Why it is held, or what came of it last; whoever did that is named."""
    if found := _DID.fullmatch(item.reason):
        return f"<@{found[1]}> {said(found[2], limit)}"
    return said(item.reason, limit)


def _head(standing: Standing) -> list[Block]:
    """Three lines: what, how far it reaches, how it is taken back."""
    item, change, asked = standing.item, standing.change, standing.approval
    pending = asked is not None and asked.is_pending
    label = f"{asked.key} · {item.key}" if asked and pending else item.key
    lines = [f"*{label}* {action(item, 250)}"]
    if change is not None and _shows(standing):
        lines.append(f"*Reaches* {changed.radius(change)}")
        lines.append(f"*Way back* {said(change.rollback or 'a change that takes it back.', 250)}")
    elif asked and pending:
        lines.append(_ASKS[asked.ask][1])
    return [section("\n".join(lines))]


def _shows(standing: Standing) -> bool:
    """Whether its change is what it is about now, rather than the question whether to make one."""
    asked = standing.approval
    return standing.change is not None and not (asked and asked.is_pending and asked.ask is not Ask.APPLY)


def _why(standing: Standing) -> list[Block]:
    """What kind of item it is, what its change is for, and what made it wait."""
    item, change, asked = standing.item, standing.change, standing.approval
    blocks = [context(f"{_kind(item)}{_from(item)}")]
    if change is not None and _shows(standing):
        blocks += [section(said(change.summary, 500))] if change.summary else []
        found = changed.reasons(change.findings)
        return [*blocks, *([context("\n".join(found))] if found else [])]
    waits = item.reason and asked is not None and asked.is_pending
    return [*blocks, *([context(f"It waits because: {reason(item)}")] if waits else [])]


def _body(standing: Standing) -> list[Block]:
    shown = changed.excerpt(standing.change, EXCERPT) if standing.change and _shows(standing) else []
    return [*_why(standing), *shown]


def _foot(standing: Standing, *, whole: bool = False) -> list[Block]:
    """How it stands, and what can be done about it; `whole` where plan and diff stand there anyway."""
    asked = standing.approval
    look = [button("Read all of it", Click.TODO_LOOK, standing.item.id)] if standing.change and not whole else []
    if standing.progress:
        return [context(f"⏳ {said(standing.progress, 200)}")]
    if asked is not None and asked.is_pending:
        return [context(_terms(standing, asked)), *_choices(standing, asked, look if _shows(standing) else [])]
    told = [*_decided(asked), *_stands(standing)]
    buttons = [*_further(standing), *look]
    return [*([context("\n".join(told))] if told else []), *([actions(*buttons)] if buttons else [])]


def _terms(standing: Standing, asked: Approval) -> str:
    """Who may decide, until when, who asked, and the hash that people can compare."""
    able = _people(standing.able) or "nobody: no approver is set up"
    parts = [f"May decide: {able}{f' ({asked.people} of them)' if asked.people > 1 else ''}"]
    parts += [f"agreed so far: {_people(asked.agreed)}"] if asked.agreed else []
    parts += [f"until {when(asked.expires_at)}"] if asked.expires_at else []
    parts += [f"asked by {who(asked.requester)}"] if asked.requester else []
    parts += [f"plan `{said(asked.bound.short, 8)}`"] if asked.bound else []
    parts += [f"cost ${standing.cost / 1_000_000:.2f}"] if standing.cost else []
    return " · ".join(parts)


def _people(found: tuple[str, ...]) -> str:
    more = f" and {len(found) - PEOPLE} more" if len(found) > PEOPLE else ""
    return f"{', '.join(who(each) for each in found[:PEOPLE])}{more}"


def _choices(standing: Standing, asked: Approval, look: list[Block]) -> list[Block]:
    """What can be said to it; yes is asked once more."""
    item, change = standing.item, standing.change
    yes, explains = _ASKS[asked.ask]
    reach = f" {changed.plain_radius(change)}" if change and asked.ask is Ask.APPLY else ""
    first = button(yes, Click.APPROVE, asked.id, style="primary") | _sure(f"{yes}?", f"{explains}{reach}", yes)
    if item.change_class is ChangeClass.UNTYPED:
        first = button("Set its type", Click.SET_TYPE, item.id, style="primary")
    return [
        actions(first, *look),
        actions(
            button("Reject", Click.REJECT, asked.id, style="danger"),
            button("I'll do it myself", Click.TAKE, item.id),
            button("Not now", Click.NOT_NOW, asked.id),
            button("Ask me at 9", Click.ASK_AT_NINE, asked.id),
        ),
    ]


def _sure(title: str, text: str, yes: str) -> Block:
    """Asked once more before it is done."""
    ask = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
    }
    return {"confirm": ask}


def _decided(asked: Approval | None) -> list[str]:
    """Who, when, why, and the hash of exactly what."""
    if asked is None or asked.is_pending:
        return []
    by = _people(asked.agreed) or (who(asked.decided_by) if asked.decided_by else "")
    by = who(asked.decided_by) if asked.state is ApprovalState.REJECTED and asked.decided_by else by
    by = by if asked.decided_by else ""
    at = f" {when(asked.decided_at)}" if asked.decided_at else ""
    why = f": {said(asked.reason, 300)}" if asked.reason else ""
    short = f" · plan `{said(asked.bound.short, 8)}`" if asked.bound else ""
    return [f"{_WORDS[asked.state]}{f' by {by}' if by else ''}{at}{why}{short} · {asked.key}"]


def _stands(standing: Standing) -> list[str]:
    """How far the change is, and what came of the item."""
    item, change = standing.item, standing.change
    told = []
    if change is not None and change.state is ChangeState.VERIFIED and not change.landed:
        told.append("⚠️ It is applied, and not in git yet.")
    elif change is not None and change.state in _CHANGE:
        told.append(_CHANGE[change.state])
    if item.state is ItemState.DONE:
        return [*told, f"✅ Done{f' in `{said(change.landed[:7], 7)}`' if change and change.landed else ''}."]
    if change is not None and change.url:
        told.append(f"📝 It waits in {linked(change.url, 'a pull request')}.")
    elif change is not None and change.landed:
        told.append(f"✅ It is in git: `{said(change.landed[:7], 7)}`. The document follows.")
    said_by = standing.approval is not None and standing.approval.state is ApprovalState.REJECTED
    why = reason(item, 400)
    return [*told, *([why] if why and not said_by else [])]


def _further(standing: Standing) -> list[Block]:
    """What can be done about one that waits for no answer."""
    item, change = standing.item, standing.change
    buttons: list[Block] = []
    if item.state in (ItemState.HELD, ItemState.FAILED, ItemState.REJECTED):
        label = "Plan again" if change and change.bound else "Take it up"
        buttons.append(button(label, Click.PREPARE, item.id))
    if item.state in (ItemState.HELD, ItemState.FAILED, ItemState.QUEUED):
        buttons.append(button("I'll do it myself", Click.TAKE, item.id))
    if item.state is ItemState.TAKEN:
        buttons += [button("It is done", Click.TAKE_DONE, item.id), button("Give it back", Click.TAKE_BACK, item.id)]
    if change is not None and undone(change) and item.state is not ItemState.IMPLEMENTING:
        buttons.append(button("Take it back", Click.ROLL_BACK, change.id) | _sure(*_UNDO))
    return buttons


_UNDO = ("Take it back?", "A change that takes it back is prepared and planned; you are asked before it runs.", "Yes")


def _kind(item: TrackedItem) -> str:
    kind = item.set_kind.value if item.set_kind else " + ".join(item.kinds) or item.type or item.source.value
    told = "no type" if item.change_class is ChangeClass.UNTYPED and not item.type else kind
    return f"{f'Priority {item.priority} · ' if item.priority else ''}{said(told, 60)}"


def _from(item: TrackedItem) -> str:
    if item.document:
        return f" · line {item.line} of {said(item.document, 120)}"
    return f" · issue #{item.issue}" if item.issue else ""
