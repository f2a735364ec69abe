"""Specialists: each looks at one part of the machinery, side by side with the others, and only reads."""

from typing import Annotated

from pydantic import Field

from agents.roles.bounds import CauseSaid, FindingSaid, RuledOutSaid, Sentence, few
from agents.roles.prompts import prompt, read
from agents.runtime.role import Answer, Role
from agents.runtime.tool import AnyTool
from bot.investigation.claims import Looked
from bot.investigation.domains import Specialist
from bot.investigation.model import Stage
from bot.settings.agents import AgentKeys


class Look(Answer):
    """What a specialist answers; nothing found and nothing known are answers too."""

    summary: Sentence
    findings: Annotated[tuple[FindingSaid, ...], few(5)]
    causes: Annotated[tuple[CauseSaid, ...], few(3)] = Field(description="Empty where you cannot tell.")
    ruled_out: Annotated[tuple[RuledOutSaid, ...], few(5)] = ()
    not_known: Annotated[tuple[Sentence, ...], few(4)] = Field(
        default=(), description="What you could not find out, or did not look at."
    )

    def looked(self, agent: str) -> Looked:
        """The same, as claims."""
        return Looked(
            agent=agent,
            findings=tuple(each.claim for each in self.findings),
            hypotheses=tuple(each.claim for each in self.causes),
            ruled_out=tuple(each.claim for each in self.ruled_out),
            unknown=self.not_known,
        )


def role(keys: AgentKeys, who: Specialist, tools: tuple[AnyTool, ...]) -> Role[Look]:
    """One of them. All have the same tools, and each its own part to look at."""
    return Role(
        name=who.value,
        stage=Stage.SPECIALISTS,
        model=keys.models.specialist,
        system=prompt("specialist", part=read(f"specialists/{who.value}")),
        answer=Look,
        tools=tools,
        turns=10,
        seconds=keys.stages.specialists,
        max_tokens=6000,
    )
