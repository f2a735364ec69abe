"""What is outside of us but Slack, opened once: clients, the sources of evidence that look through them, and agents."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from agents.roster import Roster
from agents.runtime.anthropic_llm import AnthropicLLM
from agents.runtime.null import NullLLM
from bot.adapters.git_history import GitHistory
from bot.adapters.github import GitHub
from bot.adapters.kubernetes import Kubernetes, open_kubernetes
from bot.adapters.probes import Prober
from bot.adapters.prometheus import Prometheus, open_prometheus
from bot.adapters.repository import Repository, open_repository
from bot.adapters.terraform import open_terraform
from bot.clock import Clock
from bot.deps import AgentDeps, WorkflowDeps, Workshop
from bot.errors import HoldfastError
from bot.evidence.model import Kind
from bot.redact import Redactor
from bot.settings import Settings
from bot.settings.hosts import hosts
from bot.sources.absent import AbsentSource
from bot.sources.alerts import AlertSource
from bot.sources.git import GitSource
from bot.sources.github import GitHubSource
from bot.sources.kubernetes import KubernetesSource
from bot.sources.memory import MemorySource
from bot.sources.probes import ProbeSource
from bot.sources.prometheus import PrometheusSource
from bot.sources.source import Source
from bot.storage.change_store import ChangeStore
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore

NO_KEY = "There is no key for models (ANTHROPIC_API_KEY)."
_NO_GITHUB = AbsentSource("GitHub", "issues about it", (Kind.PERSON,), "No GitHub repository is set up.")
_NO_REPOSITORY = AbsentSource("git", "recent commits", (Kind.COMMIT,), "No repository is set up in holdfast.yml.")
_OF_CLUSTER = (Kind.WORKLOAD, Kind.NODE, Kind.EVENT, Kind.RESTART, Kind.ROLLOUT, Kind.CONFIG, Kind.LOG)
_NO_CLUSTER = AbsentSource("Kubernetes", "workloads, nodes, events", _OF_CLUSTER, "No cluster is set up (KUBECONFIG).")


@dataclass
class Outside:
    """The clients; None where something is not set up."""

    settings: Settings
    clock: Clock
    github: GitHub | None
    repository: Repository | None
    kubernetes: Kubernetes | None
    prometheus: Prometheus | None
    prober: Prober
    llm: AnthropicLLM | None

    @classmethod
    async def open(cls, settings: Settings, clock: Clock) -> "Outside":
        """Make them. Nothing is connected but GitHub, if it answers now; incidents do not wait for it."""
        github = _github(settings)
        if github is not None:
            with suppress(HoldfastError):
                await github.identity()
        key = settings.anthropic_api_key.get_secret_value()
        return cls(
            settings,
            clock,
            github,
            await open_repository(settings),
            open_kubernetes(settings),
            open_prometheus(settings),
            Prober(clock),
            AnthropicLLM(key, settings.anthropic_base_url, clock) if key else None,
        )

    @property
    def history(self) -> GitHistory | None:
        """What became of the infra repository, to be read only."""
        return self.repository.history() if self.repository is not None else None

    def sources(self, database: Database) -> Sequence[Source]:
        """Everything that looks when something is broken, but what remembers."""
        branch = "" if self.repository is not None else self.settings.file.repository.branch
        listens = bool(self.settings.webhook_token.get_secret_value())
        return (
            KubernetesSource(self.kubernetes, self.clock) if self.kubernetes is not None else _NO_CLUSTER,
            PrometheusSource(self.prometheus),
            AlertSource(database, listens=listens),
            ProbeSource(self.prober, seconds=0.8 * self.settings.file.agents.evidence.seconds),
            GitHubSource(self.github, branch) if self.github is not None else _NO_GITHUB,
            GitSource(self.history) if self.history is not None else _NO_REPOSITORY,
        )

    def memory(self, database: Database) -> Source:
        """What remembers earlier incidents, post-mortems and known issues."""
        url = self.repository.url if self.repository is not None else (lambda name: "")
        return MemorySource(database, url, self.history)

    def workshop(self, redactor: Redactor) -> Workshop | None:
        """Where changes are made; None without a repository."""
        if self.repository is None:
            return None
        terraform = open_terraform(self.settings, redactor)
        return Workshop(self.repository, self.repository.stacks(), terraform, self.prober, self.prometheus)

    def seen_from(self, deps: WorkflowDeps) -> WorkflowDeps:
        """With everything outside of us that a workflow may touch."""
        return replace(
            deps,
            sources=self.sources(deps.database),
            agents=self.agents(deps.database, deps.incidents, deps.documents, deps.redactor),
            hosts=hosts(self.settings),
            memory=self.memory(deps.database),
            workshop=self.workshop(deps.redactor),
            only=self.settings.only,
        )

    def changes(self, database: Database, incidents: IncidentStore, redactor: Redactor) -> ChangeStore:
        """What is to be done and what waits for a click, for reading."""
        policy, circle = self.settings.file.policy, self.settings.file.slack.circle
        return ChangeStore(database, incidents, redactor, lambda item: policy.allowed(item.change_class, circle))

    def agents(
        self, database: Database, incidents: IncidentStore, documents: DocumentStore, redactor: Redactor
    ) -> Roster:
        """Those who look and propose; without a key they say so."""
        history = self.repository.history(for_agents=True) if self.repository is not None else None
        read = (self.kubernetes, self.prometheus, history, redactor)
        deps = AgentDeps(database, self.clock, self.settings.file, incidents, documents, *read)
        return Roster(deps, self.llm or NullLLM(NO_KEY))

    async def close(self) -> None:
        """Let go of all of them."""
        for client in (self.github, self.kubernetes, self.prometheus, self.prober, self.llm):
            if client is not None:
                await client.close()


def _github(settings: Settings) -> GitHub | None:
    token = settings.github_token.get_secret_value()
    if not token or not settings.github_repository:
        return None
    return GitHub(token, settings.github_repository, settings.github_api_url, settings.timing.http_timeout)
