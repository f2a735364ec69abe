"""An action item on its way from the document to its identity: what was found, before it is judged and counted."""

from dataclasses import dataclass
from datetime import date

from bot.postmortem.model import Kind, Priority, Shape, Span, Status


@dataclass(frozen=True, slots=True)
class Draft:
    """What stands in the document. `doubt` is a reason to hold it that only its place can tell; `beside` is what
    stands in the other cells of its row, to be judged with it.
    """

    action: str
    line: int
    shape: Shape
    status: Status
    details: str = ""
    status_text: str = ""
    type: str = ""
    kinds: tuple[Kind, ...] = ()
    priority: Priority | None = None
    owner: str = ""
    due: date | None = None
    issue: str = ""
    status_cell: Span | None = None
    doubt: str = ""
    beside: str = ""
