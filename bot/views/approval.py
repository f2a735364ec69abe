"""One action item with what is asked about it: what, how far it reaches, how it is taken back; then all the rest."""

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
from bot.views.blocks import (
    FALLBACK,
    Block,
    Rendered,
    actions,
    button,
    context,
    cut,
    one_line,
    plain,
    safe,
    section,
    when,
    who,
)
from bot.views.forms.parts import Memory, View, message
from bot.views.ids import Click

#: Characters of plan and diff on the card itself.
EXCERPT = 1500
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
    ChangeState.APPLYING: "🔧 It is being applied.",
    ChangeState.APPLIED: "🔧 It is applied; whether it shows is looked at.",
    ChangeState.FAILED: "⛔ Applying it did not work.",
    ChangeState.UNKNOWN: "❓ Nobody knows how far applying it came.",
    ChangeState.UNVERIFIED: "⚠️ It is applied, and does not show.",
    ChangeState.STALE: "↩️ The world moved, so this plan is not applied.",
    ChangeState.REFUSED: "⛔ This change goes no further.",
    ChangeState.CLEARED: "🔧 It is about to be applied.",
}


def card(standing: Standing) -> Rendered:
    """The whole of it, for a message; at most what one message holds, the rest behind *Read all of it*."""
    item = standing.item
    blocks = [*_head(standing), *_body(standing), *_foot(standing)]
    text = f"{_waits(standing)}{item.key}: {one_line(item.action, 150)}"
    return Rendered(text=cut(text, FALLBACK), blocks=blocks)


def modal(standing: Standing, page: int, memory: Memory) -> View:
    """The same in a modal, with plan and diff page by page."""
    here = memory.model_copy(update={"item": standing.item.id, "page": page})
    all_pages = changed.pages(standing.change) if standing.change else [[context("There is no change of it yet.")]]
    page = max(0, min(page, len(all_pages) - 1))
    turns = []
    if page > 0:
        turns.append(button("Back", Click.TODO_PAGE, f"{standing.item.id}:{page - 1}"))
    if page + 1 < len(all_pages):
        turns.append(button("Next page", Click.TODO_PAGE, f"{standing.item.id}:{page + 1}"))
    place = [context(f"Page {page + 1} of {len(all_pages)}")] if len(all_pages) > 1 else []
    turning = [actions(*turns)] if turns else []
    blocks = [*_head(standing), *_foot(standing), *all_pages[page], *place, *turning]
    return message(standing.item.key, *blocks, memory=here)


def line(standing: Standing) -> str:
    """What it would do, in one line of a list."""
    item, asked, change = standing.item, standing.approval, standing.change
    key = f"*{asked.key}* " if asked and asked.is_pending else f"*{item.key}* "
    does = _ASKS[asked.ask][0].casefold() if asked and asked.is_pending else item.state.value
    reach = f" · {changed.radius(change)}" if change and asked and asked.ask is Ask.APPLY else ""
    return f"{key}{_action(item)}\n{_kind(item)} · {does}{reach}"


def _waits(standing: Standing) -> str:
    asked = standing.approval
    return f"{asked.key} waits for a click. " if asked and asked.is_pending else ""


def _head(standing: Standing) -> list[Block]:
    """Three lines: what, how far it reaches, how it is taken back."""
    item, change = standing.item, standing.change
    what = f"*{_label(standing)}* {_action(item)}"
    lines = [what]
    if change is not None and _shows(standing):
        lines.append(f"*Reaches* {changed.radius(change)}")
        lines.append(f"*Back* {safe(one_line(change.rollback or 'The change is taken back.', 250), 300, '…')}")
    else:
        asked = standing.approval
        lines.append(_ASKS[asked.ask][1] if asked and asked.is_pending else safe(_reason(item), 400, "…"))
    return [section("\n".join(filter(None, lines)))]


def _shows(standing: Standing) -> bool:
    """Whether its change is what it is about now, rather than the question whether to make one."""
    asked = standing.approval
    return standing.change is not None and not (asked and asked.is_pending and asked.ask is not Ask.APPLY)


def _label(standing: Standing) -> str:
    asked = standing.approval
    return f"{asked.key} · {standing.item.key}" if asked and asked.is_pending else standing.item.key


def _body(standing: Standing) -> list[Block]:
    """Why, by whom, what made it wait, and as much of plan and diff as there is room for."""
    item, change = standing.item, standing.change
    blocks = [context(f"{_kind(item)}{_from(item)}")]
    if change is None or not _shows(standing):
        why = safe(one_line(_reason(item), 400), 500, "…")
        return [*blocks, *([context(f"It waits because: {why}")] if why else [])]
    if change.summary:
        blocks.append(section(safe(one_line(change.summary, 500), 700, "…")))
    if found := changed.reasons(change.findings):
        blocks.append(context("\n".join(found)))
    return blocks + changed.excerpt(change, EXCERPT)


def _foot(standing: Standing) -> list[Block]:
    """How it stands, and what can be done about it."""
    asked = standing.approval
    if standing.progress:
        return [context(f"⏳ {safe(one_line(standing.progress, 200), 300, '…')}")]
    if asked is not None and asked.is_pending:
        return [context(*_terms(standing, asked)), *_choices(standing, asked)]
    said = [*_decided(asked), *_stands(standing)]
    buttons = _further(standing)
    return [*([context("\n".join(said))] if said else []), *([actions(*buttons)] if buttons else [])]


def _terms(standing: Standing, asked: Approval) -> list[str]:
    """Who may decide, until when, who asked, and the hash that people can compare."""
    able = " ".join(who(person) for person in standing.able[:6]) or "nobody: no approver is set up"
    people = f" ({asked.people} of them)" if asked.people > 1 else ""
    agreed = f" · agreed so far: {' '.join(who(each) for each in asked.agreed)}" if asked.agreed else ""
    until = f" · until {when(asked.expires_at)}" if asked.expires_at else ""
    by = f" · asked by {who(asked.requester)}" if asked.requester else ""
    short = f" · plan `{asked.bound.short}`" if asked.bound else ""
    return [f"May decide: {able}{people}{agreed}{until}{by}{short}"]


def _choices(standing: Standing, asked: Approval) -> list[Block]:
    item, change = standing.item, standing.change
    yes, explains = _ASKS[asked.ask]
    reach = f" {_plainly(changed.radius(change))}" if change and asked.ask is Ask.APPLY else ""
    first = button(yes, Click.APPROVE, asked.id, style="primary") | _sure(f"{yes}?", f"{explains}{reach}", yes)
    if item.change_class is ChangeClass.UNTYPED:
        first = button("Set its type", Click.SET_TYPE, item.id, style="primary")
    more = [button("Read all of it", Click.TODO_LOOK, item.id)] if change and _shows(standing) else []
    rest = [
        button("Reject", Click.REJECT, asked.id, style="danger"),
        button("I'll do it myself", Click.TAKE, item.id),
        button("Not now", Click.NOT_NOW, asked.id),
        button("Ask me at 9", Click.ASK_AT_NINE, asked.id),
    ]
    return [actions(first, *more), actions(*rest)]


def _sure(title: str, text: str, yes: str) -> Block:
    """Asked once more before it is done."""
    ask = {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
    }
    return {"confirm": ask}


def _plainly(text: str) -> str:
    return text.replace("*", "").replace("`", "")


def _decided(asked: Approval | None) -> list[str]:
    if asked is None or asked.is_pending:
        return []
    by = f" by {' and '.join(who(each) for each in asked.agreed) or who(asked.decided_by)}" if asked.decided_by else ""
    at = f" {when(asked.decided_at)}" if asked.decided_at else ""
    why = f": {safe(one_line(asked.reason, 300), 400, '…')}" if asked.reason else ""
    short = f" · plan `{asked.bound.short}`" if asked.bound else ""
    return [f"{_WORDS[asked.state]}{by}{at}{why}{short} · {asked.key}"]


def _stands(standing: Standing) -> list[str]:
    item, change = standing.item, standing.change
    if item.state is ItemState.DONE:
        landed = f" in `{change.landed[:7]}`" if change and change.landed else ""
        return [f"✅ Done{landed}."]
    said = []
    if change is not None and change.state is ChangeState.VERIFIED and not change.landed:
        said.append("⚠️ It is applied, and not in git yet.")
    elif change is not None and change.url:
        said.append(f"📝 It waits in a pull request: {safe(change.url, 300)}")
    elif change is not None and change.landed:
        said.append(f"✅ It is in git: `{change.landed[:7]}`. The document follows.")
    elif change is not None and change.state in _CHANGE:
        said.append(_CHANGE[change.state])
    reason = one_line(_reason(item), 500)
    return [*said, *([safe(reason, 600, "…")] if reason else [])]


def _further(standing: Standing) -> list[Block]:
    item, change = standing.item, standing.change
    buttons: list[Block] = []
    if item.state in (ItemState.HELD, ItemState.FAILED, ItemState.REJECTED):
        label = "Plan again" if change and change.bound else "Take it up"
        buttons += [button(label, Click.PREPARE, item.id), button("I'll do it myself", Click.TAKE, item.id)]
    if item.state is ItemState.TAKEN:
        buttons += [button("It is done", Click.TAKE_DONE, item.id), button("Give it back", Click.TAKE_BACK, item.id)]
    if change is not None and undone(change) and item.state is not ItemState.IMPLEMENTING:
        buttons.append(button("Take it back", Click.ROLL_BACK, change.id) | _sure(*_UNDO))
    if change is not None:
        buttons.append(button("Read all of it", Click.TODO_LOOK, item.id))
    return buttons


_UNDO = ("Take it back?", "A change that takes it back is prepared and planned; you are asked before it runs.", "Yes")


def _kind(item: TrackedItem) -> str:
    kind = item.set_kind.value if item.set_kind else " + ".join(item.kinds) or item.type or item.source.value
    said = "no type" if item.change_class is ChangeClass.UNTYPED and not item.type else kind
    priority = f"{item.priority} · " if item.priority else ""
    return f"{priority}{safe(one_line(said, 60), 80)}"


def _from(item: TrackedItem) -> str:
    if item.document:
        return f" · line {item.line} of {safe(one_line(item.document, 120), 160, '…')}"
    return f" · issue #{item.issue}" if item.issue else ""


def _action(item: TrackedItem) -> str:
    return safe(one_line(item.action, 250), 350, "…")


def _reason(item: TrackedItem) -> str:
    return item.reason
