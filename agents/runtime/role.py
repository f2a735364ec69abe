"""What a role is: who an agent is, what it may touch, what it answers, and its limits."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from agents.runtime.tool import AnyTool, Capability
from bot.investigation.model import Stage
from bot.settings.agents import ModelKeys


class Answer(BaseModel):
    """Base of what a role answers; its JSON schema is the form of the last turn. Unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class Role(Generic[A]):
    """`name` is unique in a run (`triage`, `cluster`); `system` is our own text, never anybody else's.

    `seconds` is for everything together, `turns` counts calls with tools; after them comes one without, for the answer.
    `may` is the most that any of its tools may do; one that could do more is refused when the role is made, and again
    when it is called. `earmarked`: its last turn takes the money that was kept for the run's report.
    """

    name: str
    stage: Stage
    model: ModelKeys
    system: str
    answer: type[A]
    tools: tuple[AnyTool, ...] = ()
    turns: int = 12
    seconds: float = 240.0
    max_tokens: int = 8000
    may: Capability = Capability.READ
    earmarked: bool = False

    def __post_init__(self) -> None:
        beyond = [tool.name for tool in self.tools if not self.may.covers(tool.capability)]
        if beyond or len({tool.name for tool in self.tools}) < len(self.tools):
            raise ValueError(f"{self.name} has tools that it may not use, or two of one name: {beyond}")


AnyRole = Role[Any]  # Any: whatever it answers
