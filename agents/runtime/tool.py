"""What a tool is: a typed question that an agent may ask, or a proposal that it may write down."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from bot.errors import Refused
from bot.evidence.model import Kind


class Capability(StrEnum):
    """What a tool may do; there is no third."""

    READ = "read"
    PROPOSE = "propose"

    def covers(self, other: "Capability") -> bool:
        """Whether who may do this may do that."""
        return self is other or self is Capability.PROPOSE


class Status(StrEnum):
    """How a tool answers."""

    OK = "ok"
    NOTHING = "nothing"  # it was looked at, and there is nothing; an answer too
    ERROR = "error"  # the sentence says what to do differently


class Input(BaseModel):
    """Base of what a model hands to a tool: unknown fields refused. Each field's description is for the model."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Result:
    """What a tool answers. `content` is JSON or text, projected: no secret, no noise. `query` is what was asked.

    A result with status OK becomes a piece of evidence of this `kind`, which the agent may then cite; `link`,
    `service`, `namespace` and `subject` are the piece's. `known`: what it shows has ids already, and becomes none.
    `body` is what is written down of a proposal, to the letter, where that is more than what is shown.
    """

    status: Status
    content: Any = ""  # Any: JSON of the tool's own shape, or text
    query: str = ""
    kind: Kind = Kind.DOCUMENT
    link: str = ""
    service: str = ""
    namespace: str = ""
    subject: str = ""
    known: bool = False
    body: dict[str, Any] | None = None  # Any: JSON of the tool's own shape


class Attack(Refused):
    """These arguments are no question that anybody honest would ask; it counts against the run. `rule` says why."""

    def __init__(self, sentence: str, rule: str) -> None:
        super().__init__(sentence)
        self.rule = rule


I = TypeVar("I", bound=Input)  # noqa: E741 - the input


@dataclass(frozen=True)
class Tool(Generic[I]):
    """One tool. `says` is the line that people see for a call, such as `pods in nextcloud`; no markup, no values of
    secrets. `source` names where the answer comes from: `Kubernetes`.

    `run` raises Temporary, Permanent or Refused with a sentence that teaches the model what to ask instead, or Attack;
    any other exception is logged, and the model is told no more than that it failed. `seconds` and `most` (characters)
    are limits that the loop enforces. What a tool that proposes answers, a JSON object, is the proposal, and its
    `query` the kind: the loop writes it down. Where it has a `body`, it is that, unmasked: the tool lets no secret in.
    """

    name: str
    description: str
    input: type[I]
    run: Callable[[I], Awaitable[Result]]
    says: Callable[[I], str]
    source: str
    capability: Capability = Capability.READ
    seconds: float = 20.0
    most: int = 40_000


AnyTool = Tool[Any]  # Any: whatever it is asked
