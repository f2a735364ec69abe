"""Triage: answers the questions of the severity table, names the domains, and says where others should look."""

from typing import Annotated

from pydantic import Field

from agents.roles.bounds import FindingSaid, Ids, Sentence, few, line
from agents.roles.prompts import prompt
from agents.runtime.role import Answer, Role
from agents.runtime.tool import AnyTool
from bot.incident.severity import Answers, Assessment, Scheme, Share, Symptom, assess
from bot.investigation.claims import Looked, Written
from bot.investigation.domains import Domain, Specialist
from bot.investigation.model import Stage
from bot.settings.agents import AgentKeys

NAME = "triage"
_DOMAINS: dict[Domain, str] = {
    Domain.DATABASE: "databases and caches",
    Domain.STORAGE: "volumes, disks, file systems",
    Domain.NETWORKING: "DNS, ingress, load balancers, tunnels, the network between pods",
    Domain.AUTH: "sign-in, certificates, secrets that expired, attacks",
    Domain.COMPUTE: "nodes, memory, processors, scheduling",
    Domain.DEPLOY: "releases, commits, changed configuration",
}


class Hint(Answer):
    """Where one specialist should look first, and why."""

    specialist: Specialist
    hint: Sentence


class Triage(Answer):
    """What triage answers. Severity is not among it: code reads it off the table from these answers."""

    symptom: Symptom
    core: bool = Field(description="Whether others cannot work without it.")
    several: bool = Field(description="Whether more than one service is affected.")
    data_at_risk: bool
    security: bool
    workaround: bool = Field(description="Whether people have a way around it now.")
    share: Share
    evidence: Ids = Field(description="The evidence that the answers above rest on.")
    domains: Annotated[tuple[Domain, ...], few(4)] = Field(description="Concerned, the likeliest first.")
    began: Annotated[str, line(80)] = Field(
        description="When it began, in UTC, as far as the evidence shows, or empty."
    )
    summary: Sentence
    findings: Annotated[tuple[FindingSaid, ...], few(5)] = ()
    hints: Annotated[tuple[Hint, ...], few(8)] = ()

    @property
    def answers(self) -> Answers:
        """What the severity table is asked with."""
        return Answers(
            symptom=self.symptom,
            core=self.core,
            several=self.several,
            data_at_risk=self.data_at_risk,
            security=self.security,
            workaround=self.workaround,
            share=self.share,
        )

    def severity(self, scheme: Scheme, known: frozenset[str]) -> Assessment | None:
        """What the table makes of it; None where the answers rest on no evidence that there is."""
        return assess(scheme, self.answers) if set(self.evidence) & known else None

    @property
    def looked(self) -> Looked:
        """Its findings, as claims."""
        return Looked(agent=NAME, findings=tuple(each.claim for each in self.findings))

    @property
    def written(self) -> Written:
        """All that there is to say where only triage was asked for; it never knows the cause."""
        return Written(verdict=self.summary, pieces=self.evidence, known=False, confidence=0.3)


def role(keys: AgentKeys, scheme: Scheme, tools: tuple[AnyTool, ...]) -> Role[Triage]:
    """Small and quick: a few calls, then the answer."""
    return Role(
        name=NAME,
        stage=Stage.TRIAGE,
        model=keys.models.triage,
        system=prompt(NAME, domains=_listed(_DOMAINS), questions=_questions(scheme)),
        answer=Triage,
        tools=tools,
        turns=4,
        seconds=keys.stages.triage,
        max_tokens=4000,
    )


def _listed(named: dict[Domain, str]) -> str:
    return "\n".join(f"- `{name.value}`: {what}" for name, what in named.items())


def _questions(scheme: Scheme) -> str:
    """What the levels mean, so that the questions are understood; the level itself is nobody's to choose."""
    return "\n".join(
        f"- {level.title}: {level.criteria} Such as: {'; '.join(level.examples)}." for level in scheme.levels
    )
