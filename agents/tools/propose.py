"""What an agent may propose: a fix, an action item, a status update; nothing comes of it until a person takes it up."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from agents.runtime.session import Book
from agents.runtime.tool import AnyTool, Capability, Input, Result, Status, Tool
from agents.tools.fields import Line, RepositoryPath, Text
from bot.errors import Refused
from bot.postmortem.model import Kind, Priority

#: What a proposal is, as it is written down.
FIX, ACTION_ITEM, STATUS_UPDATE = "fix", "action_item", "status_update"
SOURCE = "Proposals"
#: As much may be drafted of a change. Characters.
CHANGE = 12_000
Pieces = Annotated[
    tuple[str, ...], Field(min_length=1, max_length=12, description="Ids of the evidence that it rests on: E-7.")
]


class ProposeFix(Input):
    """A change that would end the incident, for a person to decide on."""

    what: Line = Field(min_length=5, description="What to do, in one sentence.")
    why: Line = Field(min_length=5, description="Why that helps, in one sentence.")
    risk: Line = Field(default="", description="What it may break, and how to take it back.")
    file: RepositoryPath = ""
    change: Text = Field(default="", max_length=CHANGE, description="The change itself, as a diff. May be empty.")
    pieces: Pieces


class ProposeActionItem(Input):
    """Work for later, so that it does not happen again."""

    type: Kind = Field(description="Alert, Config and Monitor are small; the others always wait for a person.")
    priority: Priority = Field(description="P0 before anything else, P1 this week, P2 this month, P3 some day.")
    action: Line = Field(min_length=5, description="What to do, in one sentence that begins with a verb.")
    file: RepositoryPath = ""
    change: Text = Field(default="", max_length=CHANGE, description="The change itself, as a diff. May be empty.")
    pieces: Pieces


class ProposeStatusUpdate(Input):
    """What the lead may tell everybody, once they have read it."""

    text: Text = Field(min_length=10, max_length=1500, description="What is known now, plain and without blame.")
    next_steps: Text = Field(default="", max_length=500, description="What comes next.")
    pieces: Pieces


def propose_tools(book: Book) -> tuple[AnyTool, ...]:
    """The three of them. Each answers the proposal itself, which the loop writes down once; `query` is its kind."""

    async def fix(asked: ProposeFix) -> Result:
        return _proposal(book, FIX, asked, asked.pieces)

    async def action_item(asked: ProposeActionItem) -> Result:
        return _proposal(book, ACTION_ITEM, asked, asked.pieces)

    async def status_update(asked: ProposeStatusUpdate) -> Result:
        return _proposal(book, STATUS_UPDATE, asked, asked.pieces)

    return (
        Tool(
            name="propose_fix",
            description="Writes down a fix for a person to decide on. It runs nothing and changes nothing.",
            input=ProposeFix,
            run=fix,
            says=lambda asked: f"a fix: {asked.what[:100]}",
            source=SOURCE,
            capability=Capability.PROPOSE,
            seconds=5,
        ),
        Tool(
            name="propose_action_item",
            description="Writes down work for later, so that it does not happen again. A person decides on it.",
            input=ProposeActionItem,
            run=action_item,
            says=lambda asked: f"an action item: {asked.action[:100]}",
            source=SOURCE,
            capability=Capability.PROPOSE,
            seconds=5,
        ),
        Tool(
            name="propose_status_update",
            description="Writes down what the lead may tell everybody. It is sent to nobody.",
            input=ProposeStatusUpdate,
            run=status_update,
            says=lambda asked: "a status update",
            source=SOURCE,
            capability=Capability.PROPOSE,
            seconds=5,
        ),
    )


def _proposal(book: Book, kind: str, asked: Input, pieces: Sequence[str]) -> Result:
    """What is written down. Raises Refused where it rests on nothing of this run."""
    unknown = [id[:20] for id in pieces if id not in book.evidence.ids]
    if unknown:
        raise Refused(f"There is no evidence {', '.join(unknown)} in this run. Cite what is there, or look it up.")
    body = asked.model_dump(mode="json") | {"pieces": list(dict.fromkeys(pieces))}
    return Result(status=Status.OK, content=body, query=kind)
