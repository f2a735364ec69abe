"""What each kind of caller may touch. You can touch only what you were handed."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.adapters.git_history import GitHistory
from bot.adapters.github import GitHub
from bot.adapters.kubernetes import Kubernetes
from bot.adapters.probes import Prober
from bot.adapters.prometheus import Prometheus
from bot.adapters.repository import Repository
from bot.adapters.slack.client import Slack
from bot.adapters.stacks import Stacks
from bot.adapters.terraform import Terraform
from bot.adapters.web import Web
from bot.clock import Clock
from bot.durable.engine import Json
from bot.ports import Agents, Changes, Documents, Incidents, NoAgents, NoChanges, Outcome, People
from bot.redact import Redactor
from bot.settings import File, Timing
from bot.sources.source import Source
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore


class Start(Protocol):
    """Stores a submission durably, then waits a moment for its outcome."""

    async def __call__(self, workflow: str, id: str, payload: Json) -> Outcome:
        """The same id again answers the same. Never raises: a refusal is an outcome, and so is slow storage."""
        ...


class Tasks:
    """Background work of this process, held so that it is neither collected nor forgotten at shutdown."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()

    def track(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        """Run `work` beside us. It must catch its own failures; one that escapes is reported by the loop."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def quiet(self) -> None:
        """Wait until nothing is running."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def drain(self, grace: float) -> None:
        """Wait up to `grace` seconds for what is running, then cancel the rest."""
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=grace)
            for task in late:
                task.cancel()


@dataclass(frozen=True)
class HandlerDeps:
    """What a handler may touch: start work, read, and what is in memory."""

    start: Start
    incidents: Incidents
    documents: Documents
    people: People
    file: File
    clock: Clock
    tasks: Tasks = field(default_factory=Tasks)
    redactor: Redactor = field(default_factory=Redactor)
    changes: Changes = field(default_factory=NoChanges)
    #: Where a document of that name is read; empty where nobody can be sent there.
    document_url: Callable[[str], str] = lambda name: ""


@dataclass(frozen=True)
class Workshop:
    """Where changes are made, planned, applied and looked at; without a plan command there is no `terraform`."""

    repository: Repository
    stacks: Stacks
    terraform: Terraform | None
    prober: Prober
    prometheus: Prometheus | None = None


@dataclass(frozen=True)
class WorkflowDeps:
    """What a workflow may touch: everything. `alerts_channel` is an id; without GitHub there are no
    issues, without a repository post-mortems stay in Slack."""

    database: Database
    incidents: IncidentStore
    documents: DocumentStore
    slack: Slack
    github: GitHub | None
    repository: Repository | None
    web: Web
    people: People
    alerts_channel: str
    file: File
    timing: Timing
    clock: Clock
    redactor: Redactor = field(default_factory=Redactor)
    sources: Sequence[Source] = ()
    #: What remembers earlier incidents and documents; it is asked once the others have answered.
    memory: Source | None = None
    agents: Agents = field(default_factory=NoAgents)
    #: Where links in what agents say may lead; `.example.com` is every host below.
    hosts: frozenset[str] = frozenset()
    #: None where there is no repository: then nothing is ever changed.
    workshop: Workshop | None = None
    changes: Changes = field(default_factory=NoChanges)
    #: Whether this process applies and does nothing else, or all but that (`bot.settings.Only`).
    only: str = ""
    #: Says that there may be new work.
    wake: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class AgentDeps:
    """What agents may touch: what they read. Nothing in it changes the world; what is None is not set up."""

    database: Database
    clock: Clock
    file: File
    incidents: IncidentStore
    documents: DocumentStore
    kubernetes: Kubernetes | None = None
    prometheus: Prometheus | None = None
    history: GitHistory | None = None
    redactor: Redactor = field(default_factory=Redactor)
