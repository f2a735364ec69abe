"""What all agents of one run share: its money, its evidence, its model, and the word that ends it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from agents.runtime.breaker import Breakers
from agents.runtime.llm import LLM
from bot.budget.caps import Run
from bot.clock import Clock
from bot.evidence.model import Evidence, Piece
from bot.ports import Halted, Note
from bot.redact import Redactor
from bot.settings.agents import AgentKeys
from bot.storage.db import Database


class Book(Protocol):
    """The evidence of the run; it grows with what tools show, and every piece has an id."""

    @property
    def evidence(self) -> Evidence:
        """All of it, as of now."""
        ...

    async def add(self, piece: Piece) -> str:
        """Keep a piece, and return its id; what is known already has the id it had."""
        ...


@dataclass(frozen=True)
class Session:
    """One run of agents. `nonce` marks what is untrusted in it, and is nowhere but in the envelopes."""

    run: Run
    incident_id: str
    keys: AgentKeys
    database: Database
    clock: Clock
    llm: LLM
    breakers: Breakers
    redactor: Redactor
    book: Book
    note: Note
    halted: Halted
    nonce: str
    #: How a retry waits, in seconds; a test hands in one that does not.
    sleep: Callable[[float], Awaitable[None]]
