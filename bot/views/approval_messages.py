"""What single people are told about action items: what only they can go on with, and what still waits for a click."""

from collections.abc import Sequence

from bot.change.model import Approval, TrackedItem
from bot.views.approval import action, reason
from bot.views.blocks import FALLBACK, Rendered, actions, button, context, cut, section, when
from bot.views.foreign import as_written
from bot.views.ids import Click

#: Items of a list in a message.
_MOST = 10


def handed_over(items: Sequence[TrackedItem]) -> Rendered | None:
    """To the owner: what needs a person, each with its reason."""
    if not items:
        return None
    head = "An action item needs a person" if len(items) == 1 else f"{len(items)} action items need a person"
    rows = [section(_line(item), button("Look", Click.TODO_LOOK, item.id)) for item in items[:_MOST]]
    left = [context(f"and {len(items) - _MOST} more: `/postmortem todos`")] if len(items) > _MOST else []
    text = f"{head}: {action(items[0])}"
    return as_written(Rendered(text=cut(text, FALLBACK), blocks=[section(f"*{head}*"), *rows, *left]))


def still_waits(asked: Approval, item: TrackedItem) -> Rendered:
    """To whoever wanted to be asked again."""
    until = f" It can be approved until {when(asked.expires_at)}." if asked.expires_at else ""
    text = f"*{asked.key}* still waits for a click: {action(item).rstrip('.')}.{until}"
    look = actions(button("Look", Click.TODO_LOOK, item.id, style="primary"))
    return as_written(Rendered(text=cut(text, FALLBACK), blocks=[section(text), look]))


def _line(item: TrackedItem) -> str:
    return f"*{item.key}* {action(item)}\n{reason(item) or 'A person has to decide.'}"
