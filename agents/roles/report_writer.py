"""The report writer: what it all comes to, with reasons, and what to do about it; and the sections of a post-mortem."""

from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field

from agents.roles.bounds import CauseSaid, FindingSaid, Ids, Prose, RuledOutSaid, Sentence, Short, Sure, few, line
from agents.roles.prompts import prompt
from agents.runtime.role import Answer, Role
from bot.investigation.claims import Contribution, Section, Why, Written
from bot.investigation.factors import MEANS, NAMES, Factor
from bot.investigation.model import ActionItem, Command, Stage
from bot.postmortem.document.model import ASKS, Part
from bot.postmortem.model import Kind, Priority
from bot.settings.agents import AgentKeys

NAME = "report_writer"
#: The longest answer, in tokens.
TOKENS = 12_000
#: The longest drafted change, in characters.
_CHANGE = 4000
#: Facts, timeline and links are the bot's own; the whys and factors are asked for by themselves.
_ASKED = tuple(part for part in Part if part not in (Part.WHYS, Part.FACTORS, Part.SUPPORT))


R = TypeVar("R", bound="Report")


class WhySaid(Answer):
    """A step of the five whys."""

    why: Short
    because: Sentence
    evidence: Ids


class FactorSaid(Answer):
    """A contributing factor."""

    factor: Factor
    sentence: Sentence
    evidence: Ids


class ItemSaid(Answer):
    """An action item."""

    priority: Priority
    type: Kind
    action: Short
    file: Annotated[str, line(200)] = Field(default="", description="A path in the infra repository, or empty.")
    change: Annotated[str, AfterValidator(lambda text: text[:_CHANGE])] = Field(
        default="", description="The drafted change: a diff, a rule, or what to write. Empty where you cannot draft it."
    )
    evidence: Ids


class CommandSaid(Answer):
    """A command that a person may run."""

    command: Annotated[str, AfterValidator(lambda text: text[:400])] = Field(description="Exactly, on one line.")
    why: Sentence = Field(description="What it does, and how it is taken back.")


class Report(Answer):
    """What the writer answers."""

    verdict: Annotated[str, line(500)] = Field(description="One or two sentences, the most important first.")
    evidence: Ids = Field(description="What the verdict rests on.")
    known: bool = Field(description="Whether the cause is known. False is a good answer where it is not.")
    confidence: Sure
    findings: Annotated[tuple[FindingSaid, ...], few(3)]
    causes: Annotated[tuple[CauseSaid, ...], few(3)] = ()
    ruled_out: Annotated[tuple[RuledOutSaid, ...], few(6)] = ()
    whys: Annotated[tuple[WhySaid, ...], few(5)] = ()
    factors: Annotated[tuple[FactorSaid, ...], few(6)] = ()
    items: Annotated[tuple[ItemSaid, ...], few(8)] = ()
    commands: Annotated[tuple[CommandSaid, ...], few(3)] = ()
    next_steps: Annotated[tuple[Sentence, ...], few(5)] = ()

    @property
    def written(self) -> Written:
        """The same, as claims."""
        return Written(
            verdict=self.verdict,
            pieces=self.evidence,
            known=self.known,
            confidence=self.confidence,
            findings=tuple(each.claim for each in self.findings),
            hypotheses=tuple(each.claim for each in self.causes),
            ruled_out=tuple(each.claim for each in self.ruled_out),
            whys=tuple(Why(why=each.why, because=each.because, pieces=each.evidence) for each in self.whys),
            factors=tuple(
                Contribution(factor=each.factor, sentence=each.sentence, pieces=each.evidence) for each in self.factors
            ),
            items=tuple(item_of(each) for each in self.items),
            commands=tuple(Command(command=each.command, why=each.why) for each in self.commands),
            next_steps=self.next_steps,
        )


class SectionSaid(Answer):
    """A section of the post-mortem."""

    part: Part
    text: Prose
    evidence: Ids = Field(description="Ids of evidence, or of lines of the timeline, such as L-3.")


class PostmortemReport(Report):
    """What the writer answers once an incident is over."""

    sections: Annotated[tuple[SectionSaid, ...], few(len(Part))]

    @property
    def written(self) -> Written:
        """The same, as claims."""
        sections = (Section(part=each.part, text=each.text, pieces=each.evidence) for each in self.sections)
        return super().written.model_copy(update={"sections": tuple(sections)})


def item_of(said: ItemSaid) -> ActionItem:
    """The same, as a claim."""
    return ActionItem(
        priority=said.priority,
        type=said.type,
        action=said.action,
        file=said.file,
        change=said.change,
        pieces=said.evidence,
    )


def role(keys: AgentKeys) -> Role[Report]:
    """Has no tools: it weighs what the others found, in the turn that money was kept for."""
    return _role(keys, prompt("report_writer", factors=_factors(), types=_types()), Report)


def postmortem_role(keys: AgentKeys) -> Role[PostmortemReport]:
    """The same, for the written record."""
    asked = "\n".join(f"- `{part.value}`: {ASKS[part]}" for part in _ASKED)
    system = prompt("postmortem_writer", factors=_factors(), types=_types(), sections=asked)
    return _role(keys, system, PostmortemReport)


def _role(keys: AgentKeys, system: str, answer: type[R]) -> Role[R]:
    return Role(
        name=NAME,
        stage=Stage.REPORT,
        model=keys.models.report_writer,
        system=system,
        answer=answer,
        seconds=keys.stages.report,
        max_tokens=TOKENS,
        earmarked=True,
    )


def _factors() -> str:
    return "\n".join(f"- `{factor.value}` ({NAMES[factor]}): {MEANS[factor]}" for factor in Factor)


def _types() -> str:
    return ", ".join(f"`{kind.value}`" for kind in Kind)
