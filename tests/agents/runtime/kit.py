"""A run for the tests of the loop: a real database, a clock that is moved, a model that says what it was told to."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from agents.runtime.breaker import Breakers
from agents.runtime.envelope import new_nonce
from agents.runtime.llm import LLM, Ask, Reply
from agents.runtime.role import Answer, Role
from agents.runtime.scripted import Line, ScriptedLLM
from agents.runtime.session import Session
from agents.runtime.tool import Input, Result, Status, Tool
from bot.budget.caps import Caps, Granted, Run, Totals
from bot.evidence.model import Evidence, Piece, Window, extended
from bot.investigation.model import Stage, Step
from bot.redact import Redactor
from bot.settings.agents import AgentKeys, ModelKeys
from bot.storage import budget, transcripts
from bot.storage.db import Database
from bot.storage.transcripts import Turn
from tests.clock import START, ManualClock

MODEL, FALLBACK = "claude-sonnet-5-5", "claude-sonnet-5"
CAPS = Caps(attempt=Decimal(2), run=Decimal(5), issue=Decimal(10), day=Decimal(30), person=Decimal(15))
GOOD = '{"verdict": "The disk of k3s-2 is full.", "sure": 0.8}'


class Verdict(Answer):
    """What the agent of these tests answers."""

    verdict: str
    sure: float = Field(ge=0, le=1)


class Pods(Input):
    """What its tool is asked."""

    namespace: str = Field(pattern=r"^[a-z0-9-]{1,63}$", description="Where to look.")
    limit: int = Field(default=10, ge=1, le=100, description="How many.")


@dataclass
class Shelf:
    """The evidence of the run, in memory."""

    evidence: Evidence = field(
        default_factory=lambda: Evidence(window=Window(started=START, detected=START, until=START))
    )

    async def add(self, piece: Piece) -> str:
        self.evidence = extended(self.evidence, [piece])
        known = self.evidence.known(piece)
        assert known
        return known.id


@dataclass
class Cluster:
    """What stands behind the tool: it answers, and remembers what it was asked."""

    answers: Callable[[Pods], Awaitable[Result]] | None = None
    asked: list[Pods] = field(default_factory=list)

    async def run(self, input: Pods) -> Result:
        self.asked.append(input)
        if self.answers is not None:
            return await self.answers(input)
        return Result(Status.OK, {"pods": ["nextcloud-0"]}, query=f"pods in {input.namespace}", subject="namespace/x")


@dataclass
class Bench:
    """A run that has begun, with everything that belongs to it."""

    database: Database
    llm: LLM
    session: Session
    clock: ManualClock
    shelf: Shelf
    cluster: Cluster
    steps: list[Step]
    waits: list[float]
    halted: str = ""

    @property
    def asked(self) -> list[Ask]:
        """What reached the model."""
        assert isinstance(self.llm, ScriptedLLM)
        return self.llm.asked

    async def rows(self, agent: str = "cluster") -> Sequence[Turn]:
        """The transcript of an agent."""
        async with self.database.read() as connection:
            return await transcripts.read(connection, self.session.run.id, agent)

    async def money(self) -> Totals:
        """What the run has cost and holds."""
        async with self.database.read() as connection:
            return await budget.of_run(connection, self.session.run.id)

    def again(self, llm: LLM) -> "Bench":
        """The same run, as another process would take it up, with another script."""
        return replace(self, llm=llm, session=replace(self.session, llm=llm, breakers=Breakers()))


def pods(cluster: Cluster, **changes: Any) -> Tool[Pods]:  # Any: whatever a tool has
    """The tool of these tests."""
    tool = Tool(
        name="pods",
        description="Lists the pods of a namespace.",
        input=Pods,
        run=cluster.run,
        says=lambda input: f"pods in {input.namespace}",
        source="Kubernetes",
    )
    return replace(tool, **changes)


def role(cluster: Cluster, **changes: Any) -> Role[Verdict]:  # Any: whatever a role has
    """The agent of these tests."""
    made = Role(
        name="cluster",
        stage=Stage.SPECIALISTS,
        model=ModelKeys(model=MODEL, fallback=FALLBACK),
        system="You look at clusters.",
        answer=Verdict,
        tools=(pods(cluster),),
        turns=4,
        seconds=60,
        max_tokens=4000,
    )
    return replace(made, **changes)


async def bench(
    database: Database,
    script: Sequence[Line] | Callable[[Ask], Reply | Awaitable[Reply]] | LLM = (),
    *,
    caps: Caps = CAPS,
    run: str = "run-1",
    earmark: int = 0,
    known: Sequence[str] = (),
    issue: str = "INC-1",
    at: datetime = START,
) -> Bench:
    """Begin a run."""
    clock, steps, waits, shelf = ManualClock(at), list[Step](), list[float](), Shelf()
    llm: LLM = ScriptedLLM(script) if isinstance(script, Sequence) or callable(script) else script
    made: list[Bench] = []

    async def note(step: Step) -> None:
        steps.append(step)

    async def halted() -> str:
        return made[0].halted

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    session = Session(
        run=Run(id=run, issue=issue, person="U0ANA", started_at=at),
        incident_id="INC-1",
        keys=AgentKeys(caps=caps),
        database=database,
        clock=clock,
        llm=llm,
        breakers=Breakers(),
        redactor=Redactor(known),
        book=shelf,
        note=note,
        halted=halted,
        nonce=new_nonce(),
        sleep=sleep,
    )
    made.append(Bench(database, llm, session, clock, shelf, Cluster(), steps, waits))
    async with database.write() as connection:
        assert isinstance(await budget.begin(connection, caps, session.run, earmark), Granted)
    return made[0]
