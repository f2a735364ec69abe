"""A run whose model is the stand-in on the wire, and the questions that tests ask of it afterwards."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import RowMapping, select

from agents.runtime.anthropic_llm import AnthropicLLM
from agents.runtime.llm import LLM
from bot.storage.db import Database
from bot.storage.tables import reservations
from bot.storage.transcripts import broken
from bot.workspace.claude import LOCAL_KEY, Claude, Reply, ToolCall
from tests.agents.runtime.kit import CAPS, GOOD, Bench, bench
from tests.clock import ManualClock

LOOK = Reply(
    thinking="The pods come first.",
    text="I look at the pods of nextcloud, since they restart and nobody knows why.",
    tool_calls=(ToolCall("pods", {"namespace": "nextcloud"}),),
)
DONE = Reply(text=GOOD)
#: What the prices of the model say (`bot/budget/shipped.py`), in dollars per million tokens.
IN, OUT, WRITE, READ = Decimal(2), Decimal(10), Decimal("2.5"), Decimal("0.1")


@dataclass
class Wired:
    """The stand-in, and where it is. `silence` is how many seconds it may say nothing."""

    claude: Claude
    url: str
    silence: float = 60.0

    @asynccontextmanager
    async def llm(self) -> AsyncIterator[LLM]:
        """The model as the bot has it, with a connection of its own."""
        llm = AnthropicLLM(LOCAL_KEY, self.url, ManualClock(), silence=self.silence)
        try:
            yield llm
        finally:
            await llm.close()

    @asynccontextmanager
    async def bench(self, database: Database, **more: Any) -> AsyncIterator[Bench]:
        """A run that has begun, asking the stand-in."""
        async with self.llm() as llm:
            yield await bench(database, llm, **{"caps": CAPS, **more})


async def calls(database: Database) -> Sequence[RowMapping]:
    """Every call that money was held for, in their order."""
    query = select(reservations).order_by(reservations.c.reserved_at, reservations.c.id)
    async with database.read() as connection:
        return (await connection.execute(query)).mappings().all()


async def settled(run: Bench) -> list[str]:
    """How each call was booked: `exact`, `estimated`, `nothing`; `open` is money that nobody gives back."""
    rows = await calls(run.database)
    return [_how(row) for row in rows]


def _how(row: RowMapping) -> str:
    if row["state"] != "settled":
        return str(row["state"])
    if row["estimated"]:
        return "estimated"
    return "exact" if row["cost"] else "nothing"


async def chained(run: Bench, agent: str = "cluster") -> bool:
    """Whether no row of the transcript was changed or is missing."""
    return broken(await run.rows(agent)) is None
