"""Changes one cell of a document and leaves every other byte as it was."""

from bot.errors import Refused
from bot.postmortem.model import Item, Shape, Status
from bot.postmortem.words import line

#: What a checkbox holds for each status that one can show.
_BOXES = {Status.OPEN: " ", Status.DONE: "x"}


def with_status(content: str, item: Item, words: str) -> str:
    """The document with `words` in the item's status cell. `item` was read from this very `content`.

    Raises Refused where the item has no such cell, the document has changed since, or the words do not fit into a cell.
    """
    cell = item.status_cell
    if cell is None or item.shape is Shape.CHECKBOX:
        raise Refused(f"Line {item.line} has no status cell. Please mark this item in the document yourself.")
    if not words.strip() or any(character in words for character in "|\r\n"):
        raise Refused("A status is one line without bars, such as Done.")
    if _as_read(content[cell.start : cell.end]).replace("\\|", "|") != item.status_text:
        raise Refused(f"Line {item.line} is not what it was when it was read. Please try again.")
    return content[: cell.start] + words.strip() + content[cell.end :]


def ticked(content: str, item: Item, status: Status) -> str:
    """The document with the item's checkbox ticked (DONE) or empty (OPEN).

    Raises Refused where the item is no checkbox, or the document has changed since it was read.
    """
    cell = item.status_cell
    if cell is None or item.shape is not Shape.CHECKBOX or status not in _BOXES:
        raise Refused(f"Line {item.line} has no checkbox for this. Please mark this item in the document yourself.")
    if content[cell.start - 1 : cell.end + 1] != f"[{item.status_text}]" or not _follows(content, cell.end + 1, item):
        raise Refused(f"Line {item.line} is not what it was when it was read. Please try again.")
    return content[: cell.start] + _BOXES[status] + content[cell.end :]


def _follows(content: str, at: int, item: Item) -> bool:
    """Whether the item's words still stand behind its box."""
    begins = line(item.action)[:20]
    return line(_as_read(content[at : at + 400])).startswith(begins)


def _as_read(text: str) -> str:
    """As Markdown reads it: a NUL is shown as the sign for what cannot be shown."""
    return text.replace("\x00", "\ufffd")
