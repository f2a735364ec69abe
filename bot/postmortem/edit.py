"""Changes one cell or one section of a document and leaves every other byte as it was."""

from bot.errors import Refused
from bot.postmortem.blocks import Table, blocks, text
from bot.postmortem.document.model import Part, Planned
from bot.postmortem.document.owned import BLOCKS, found, like
from bot.postmortem.document.parse import PLAN_NAME, sections
from bot.postmortem.document.render import PLAN, placeholder, plan_row, table_row
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
    if not words.strip() or any(character in words for character in "|\\<\r\n"):
        raise Refused("A status is one line of plain words, such as Done.")
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


def with_part(content: str, part: Part, text: str) -> str:
    """The document with `text` as this section; without words it asks for them again.

    Raises Refused where the document has no such section, or the text would run into what stands below it: a code
    block that is not closed, or a heading as large as the document's own.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    said = plain if plain.strip() else placeholder(part)
    place = next((section for section in sections(content) if section.name == part.casefold()), None)
    if place is None:
        raise Refused(f"The document has no section “{part}”. Please add its heading first.")
    gap = like(content, "\n") if place.span.start == place.span.end else ""
    written = f"{content[: place.span.start]}{gap}{like(content, said)}{gap}{content[place.span.end :]}"
    if said.count("<!--") != said.count("-->") or _around(written, part) != _around(content, part):
        raise Refused(
            f"This text would change what stands around “{part}”. Please close its code blocks and comments, and leave"
            " out headings as large as those of the document."
        )
    return written


def with_row(content: str, row: Planned) -> str:
    """The document with one more row at the end of its prevention plan.

    Raises Refused where it has no table of the template's columns there any more.
    """
    whole = text(content)
    plan = next((section for section in sections(content) if section.name == PLAN_NAME), None)
    tables = [
        block
        for block in blocks(whole)
        if plan and isinstance(block, Table) and plan.first <= block.line <= plan.last and len(block.head) == len(PLAN)
    ]
    if not tables:
        raise Refused("The document has no table of action items of ours any more. Please add the row there yourself.")
    last = tables[0].rows[-1].line if tables[0].rows else tables[0].line + 1
    start, written = whole.line(last)
    end = start + len(written.rstrip("\r\n"))
    return content[:end] + like(content, f"\n{table_row(plan_row(row))}") + content[end:]


def _around(content: str, part: Part) -> list[str | None]:
    """What the document holds beside a section: the other sections, and the blocks that are the bot's."""
    other = [(each.name, each.span) for each in sections(content)]
    texts = [name if name == part.casefold() else f"{name} {content[span.start : span.end]}" for name, span in other]
    blocks = [found(content, name) for name in BLOCKS]
    return [*texts, *(content[span.start : span.end] if span else None for span in blocks)]
