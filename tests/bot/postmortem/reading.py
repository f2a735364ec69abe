"""How the tests read a document: with the default policy, and as few words as possible."""

from bot.postmortem.model import Item, Reading
from bot.postmortem.policy import Policy
from bot.postmortem.reader import read

NAME = "docs/post-mortems/2026-05-05-queue.md"
HEAD = "| Priority | Action | Type | Details | Status |\n|---|---|---|---|---|\n"


def reading(content: str) -> Reading:
    """The document, read."""
    return read(NAME, content, Policy())


def opened(content: str) -> list[str]:
    """The actions of all open items."""
    return [item.action for item in reading(content).items if item.is_open]


def only(content: str) -> Item:
    """The one item of a document."""
    (item,) = reading(content).items
    return item


def row(action: str, kind: str = "Alert", details: str = "", status: str = "TODO") -> Item:
    """The item of one typed row under a plan's heading."""
    return only(f"## Prevention plan\n\n{HEAD}| P1 | {action} | {kind} | {details} | {status} |\n")
