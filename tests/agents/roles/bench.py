"""An item whose change is prepared: a repository with stacks, a real database, and a model that does as it is told."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from agents.roster import Roster
from agents.runtime.llm import LLM, Ask, Reply
from agents.runtime.scripted import Line, ScriptedLLM
from bot.adapters.git import Git
from bot.adapters.git_history import GitHistory
from bot.adapters.repository import Repository
from bot.deps import AgentDeps
from bot.investigation.model import Step
from bot.ports import ItemCase, Prepared
from bot.redact import Redactor
from bot.settings import File
from bot.storage.db import Database
from bot.storage.documents import DocumentStore
from bot.storage.incidents import IncidentStore
from tests.bot.change.examples import an_item
from tests.clock import ManualClock
from tests.remote import BRANCH, Remote

MAIN = "stacks/nextcloud/main.tf"
#: A password that no rule tells by its look.
SECRET = "correct horse battery"
FILES = {
    MAIN: f'module "ingress" {{\n  source = "../../modules/ingress"\n}}\nmemory = "64Mi"\nnote = "{SECRET}"\n',
    "stacks/nextcloud/values.yaml": "replicas: 1\n",
    "stacks/nextcloud/secrets.yaml": "password: x\n",
    "stacks/immich/main.tf": 'memory = "1Gi"\n',
    "stacks/vault/main.tf": "vault = 1\n",
    "modules/ingress/main.tf": "host = var.host\n",
    "docs/runbooks/disk.md": "# Disk\n",
    "docs/post-mortems/2026-01-11-x.md": "# Private\n",
    ".woodpecker/ci.yml": "steps: []\n",
}
DONE = (
    '{"summary": "The limit is raised.", "rollback": "The old limit is set again.", "confidence": 0.9,'
    ' "stack": "stacks/nextcloud"}'
)
#: How a model works: as a function of what it is asked, or line by line.
Script = Sequence[Line] | Callable[[Ask], Reply | Awaitable[Reply]]


def a_remote(folder: Path) -> Remote:
    """The repository, with a link to a protected stack in it."""
    remote = Remote(folder / "remote.git", FILES)
    remote.git("read-tree", BRANCH)
    blob = remote.git("hash-object", "-w", "--stdin", given=b"../vault")
    for path in ("stacks/nextcloud/linked", "stacks/nextcloud/linked.tf"):
        remote.git("update-index", "--index-info", given=f"120000 {blob}\t{path}\n".encode())
    made = remote.git("commit-tree", remote.git("write-tree"), "-p", remote.head(), "-m", "links")
    remote.git("update-ref", f"refs/heads/{BRANCH}", made)
    return remote


async def a_history(remote: Remote, folder: Path) -> GitHistory:
    """As agents read it."""
    git = Git(folder / "data", remote.url, BRANCH)
    history = Repository(git, BRANCH, "docs/post-mortems").history(for_agents=True)
    await history.newest()
    return history


def a_case(base: str, **values: Any) -> ItemCase:  # Any: whichever fields a test cares for
    """An item about nextcloud."""
    case = ItemCase(
        run="run-1",
        issue="INC-1",
        item=an_item(action="Raise the memory limit of nextcloud", type="Config", details="To 2Gi."),
        base=base,
        stack="stacks/nextcloud",
        stacks=("stacks/immich", "stacks/nextcloud"),
        by="U0ANA",
    )
    return case.model_copy(update=values)


@dataclass
class Desk:
    """One item that is to be prepared."""

    database: Database
    history: GitHistory
    llm: LLM
    case: ItemCase
    file: File = field(default_factory=File)
    steps: list[Step] = field(default_factory=list)
    halted: str = ""

    async def prepare(self, database: Database | None = None) -> Prepared:
        """Have the change prepared; with another `database`, by a process that is mortal."""
        return await self.roster(database or self.database).prepare(self.case, self._note, self._halted)

    def roster(self, database: Database) -> Roster:
        """The agents, as the bot has them."""
        incidents = IncidentStore(database, privileged=frozenset())
        deps = AgentDeps(database, ManualClock(), self.file, incidents, DocumentStore(database))
        return Roster(replace(deps, history=self.history, redactor=Redactor([SECRET])), self.llm)

    @property
    def asked(self) -> Sequence[Ask]:
        """What reached the model."""
        assert isinstance(self.llm, ScriptedLLM)
        return self.llm.asked

    async def _note(self, step: Step) -> None:
        self.steps.append(step)

    async def _halted(self) -> str:
        return self.halted


async def a_desk(database: Database, folder: Path, script: Script | LLM, **values: Any) -> Desk:  # Any: as above
    """A repository, and an item about one stack of it."""
    remote = a_remote(folder)
    llm: LLM = ScriptedLLM(script) if isinstance(script, Sequence) or callable(script) else script
    return Desk(database, await a_history(remote, folder), llm, a_case(remote.head(), **values))


def edits(prepared: Prepared) -> Mapping[str, str | None]:
    """The texts of a change, by path."""
    return {edit.path: edit.after for edit in prepared.edits}
