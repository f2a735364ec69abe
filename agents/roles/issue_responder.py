"""The issue responder: what a wish would take, and whether it can be proposed or has to go to a person."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from agents.roles.bounds import FindingSaid, Ids, Sentence, few, line
from agents.roles.prompts import prompt
from agents.roles.report_writer import ItemSaid, item_of
from agents.runtime.role import Answer, Role
from agents.runtime.tool import AnyTool, Capability
from bot.change.feature import MAY_PREPARE, MEANS, Wish
from bot.investigation.claims import Written
from bot.investigation.model import Stage
from bot.settings.agents import AgentKeys

NAME = "issue_responder"
#: The kinds of wish as the prompt lists them, those first that may be prepared.
KINDS = "\n".join(
    f"- `{kind}`: {means}{'.' if kind in MAY_PREPARE else ': escalate.'}" for kind, means in MEANS.items()
)


class Decision(StrEnum):
    """What should become of a wish."""

    PROPOSE = "propose"
    ESCALATE = "escalate"
    ASK = "ask"  # it does not say enough


class Assessment(Answer):
    """What the issue responder answers."""

    decision: Decision
    kind: Wish = Field(
        default=Wish.OTHER, description="What it would touch; `other` where none fits or you are not sure."
    )
    assessment: Annotated[str, line(500)] = Field(description="What is wanted and what it takes, in two sentences.")
    evidence: Ids = Field(description="What you read it from: E-7, or lines of what was asked, such as L-1.")
    findings: Annotated[tuple[FindingSaid, ...], few(3)] = ()
    needed: Annotated[tuple[Sentence, ...], few(4)] = Field(default=(), description="What has to be done, in order.")
    risks: Annotated[tuple[Sentence, ...], few(4)] = ()
    effort: Annotated[str, line(100)] = ""
    questions: Annotated[tuple[Sentence, ...], few(3)] = Field(default=(), description="What the asker should answer.")
    items: Annotated[tuple[ItemSaid, ...], few(3)] = ()

    @property
    def written(self) -> Written:
        """The same, as claims. What is not proposed is not known: a person decides."""
        steps = (
            *(f"To do: {each}" for each in self.needed),
            *(f"Risk: {each}" for each in self.risks),
            *(f"To be answered: {each}" for each in self.questions),
            *([f"Effort: {self.effort}"] if self.effort else []),
        )
        return Written(
            verdict=self.assessment,
            pieces=self.evidence,
            known=self.decision is Decision.PROPOSE,
            confidence=0.5,
            findings=tuple(each.claim for each in self.findings),
            items=tuple(item_of(each) for each in self.items),
            next_steps=steps,
            wish=self._wish,
        )

    @property
    def _wish(self) -> Wish:
        """A kind that may be prepared counts only where it is also proposed."""
        return self.kind if self.decision is Decision.PROPOSE or self.kind not in MAY_PREPARE else Wish.OTHER


def role(keys: AgentKeys, tools: tuple[AnyTool, ...]) -> Role[Assessment]:
    """Reads, and may write proposals down; nothing comes of one without a person."""
    return Role(
        name=NAME,
        stage=Stage.REPORT,
        model=keys.models.issue_responder,
        system=prompt(NAME, kinds=KINDS),
        answer=Assessment,
        tools=tools,
        turns=10,
        seconds=keys.stages.report,
        max_tokens=8000,
        may=Capability.PROPOSE,
        earmarked=True,
    )
