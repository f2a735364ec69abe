"""What the file of a drafted runbook is called."""

import re

from bot.change.messages import runbook_message
from bot.change.model import TrackedItem
from bot.postmortem.document.name import slug
from bot.postmortem.words import plain

__all__ = ["runbook_message", "runbook_name"]

#: Words that say that a runbook is wanted, and not which.
_ASKS = re.compile(
    r"^(?:(?:add|write|create|draft|document|a|an|the|new|how to|runbooks?|procedures?|for|on|about|to|of)\b\W*)+", re.I
)


def runbook_name(item: TrackedItem, *, neutral: bool = False) -> str:
    """Its file's name, such as `full-disk-t-31.md`: some of the item's words, and its number, which no other has.

    `neutral`: it comes from a private incident, so it is only a runbook.
    """
    said = plain(item.action)
    words = "runbook" if neutral else _ASKS.sub("", said) or said
    return f"{slug(words)}-{item.key.casefold()}.md"
