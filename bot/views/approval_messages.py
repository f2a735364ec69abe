"""What single people are told about action items: what only they can go on with, and what still waits for a click."""

from collections.abc import Sequence

from bot.change.model import Approval, TrackedItem
from bot.views.blocks import FALLBACK, Rendered, actions, button, cut, one_line, safe, section, when
from bot.views.ids import Click

#: Lines of a list in a message.
_LINES = 10


def handed_over(items: Sequence[TrackedItem]) -> Rendered | None:
    """To the owner: what needs a person, each with its reason."""
    if not items:
        return None
    head = "An action item needs a person." if len(items) == 1 else f"{len(items)} action items need a person."
    lines = [f"• *{item.key}* {_said(item)}" for item in items[:_LINES]]
    left = [f"and {len(items) - _LINES} more: `/approve-todo`"] if len(items) > _LINES else []
    text = "\n".join([head, *lines, *left])
    looks = [button(f"Look at {item.key}", Click.TODO_LOOK, item.id) for item in items[:5]]
    return Rendered(text=cut(f"{head} {_said(items[0])}", FALLBACK), blocks=[section(text), actions(*looks)])


def still_waits(asked: Approval, item: TrackedItem) -> Rendered:
    """To whoever wanted to be asked again."""
    until = f" It can be approved until {when(asked.expires_at)}." if asked.expires_at else ""
    text = f"*{asked.key}* still waits for a click: {_short(item.action)}.{until}"
    look = actions(button("Look", Click.TODO_LOOK, item.id, style="primary"))
    return Rendered(text=cut(text, FALLBACK), blocks=[section(text), look])


def _said(item: TrackedItem) -> str:
    return f"{_short(item.action)}: {safe(one_line(item.reason, 300), 400, '…')}"


def _short(text: str) -> str:
    return safe(one_line(text, 120), 200, "…").rstrip(".")
