"""Which tools there are in this installation, for this run: what is not set up is not offered."""

from collections.abc import Callable
from dataclasses import dataclass

from agents.runtime.session import Book
from agents.runtime.tool import AnyTool
from agents.tools.evidence import evidence_tools
from agents.tools.git import git_tools
from agents.tools.kubernetes import kubernetes_tools
from agents.tools.memory import memory_tools
from agents.tools.prometheus import prometheus_tools
from agents.tools.propose import propose_tools
from bot.deps import AgentDeps


@dataclass(frozen=True)
class Box:
    """The tools, by what they are about."""

    evidence: tuple[AnyTool, ...]
    cluster: tuple[AnyTool, ...] = ()
    metrics: tuple[AnyTool, ...] = ()
    repository: tuple[AnyTool, ...] = ()
    memory: tuple[AnyTool, ...] = ()
    proposals: tuple[AnyTool, ...] = ()

    @property
    def looking(self) -> tuple[AnyTool, ...]:
        """For those who look at what is."""
        return (*self.evidence, *self.cluster, *self.metrics, *self.repository)

    @property
    def remembering(self) -> tuple[AnyTool, ...]:
        """For those who look at what was."""
        return (*self.evidence, *self.memory, *self.repository)

    @property
    def proposing(self) -> tuple[AnyTool, ...]:
        """For those who write proposals down."""
        return (*self.remembering, *self.proposals)


#: Makes the tools of a run: what may be touched, its book, and the id of the incident that it is about.
Tools = Callable[[AgentDeps, Book, str], Box]


def box(deps: AgentDeps, book: Book, incident_id: str) -> Box:
    """The tools of one run about one incident."""
    return Box(
        evidence=evidence_tools(book),
        cluster=kubernetes_tools(deps.kubernetes) if deps.kubernetes else (),
        metrics=prometheus_tools(deps.prometheus, deps.clock),
        repository=git_tools(deps.history) if deps.history else (),
        memory=memory_tools(deps.database, deps.documents, incident_id),
        proposals=propose_tools(book),
    )
