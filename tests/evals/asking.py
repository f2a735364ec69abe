"""Asks real models, for at most so many dollars, and prints what came of it."""

import tempfile
from decimal import Decimal
from pathlib import Path

from agents.runtime.anthropic_llm import AnthropicLLM
from bot.budget.caps import Caps, day_of, dollars
from bot.clock import SystemClock
from bot.errors import HoldfastError
from bot.settings.agents import AgentKeys
from bot.storage import budget
from bot.storage.db import Database, open_database
from tests.evals.case import Case
from tests.evals.cases import CANARY, CASES
from tests.evals.harness import look
from tests.evals.score import score

PASSED, FAILED = 0, 1


async def run(key: str, url: str, limit: Decimal, only: str) -> int:
    """The canary, then every case or the `only` one. The limit is a cap in the database, held before each call."""
    clock, keys = SystemClock(), AgentKeys(caps=Caps(run=limit, issue=limit, person=limit, day=limit))
    chosen = [case for case in CASES if only in ("", case.name)]
    with tempfile.TemporaryDirectory() as folder:
        database, llm = open_database(f"sqlite:///{Path(folder) / 'evals.db'}"), AnthropicLLM(key, url, clock)
        await database.migrate()
        try:
            if not await _one(database, llm, CANARY, keys, clock):
                print("The canary failed: the harness, the key or the model is broken, and NOTHING WAS MEASURED.")
                return FAILED
            results = [await _one(database, llm, case, keys, clock) for case in chosen]
            async with database.read() as connection:
                spent = await budget.of_day(connection, day_of(clock.now()))
            most = dollars(int(limit * 1_000_000))
            print(f"{sum(results)} of {len(chosen)} passed, for {dollars(spent.spent)} of {most}.")
            return PASSED if chosen and all(results) else FAILED
        finally:
            await llm.close()
            await database.close()


async def _one(database: Database, llm: AnthropicLLM, case: Case, keys: AgentKeys, clock: SystemClock) -> bool:
    try:
        found, evidence = await look(database, llm, case, keys, clock)
    except HoldfastError as error:
        print(f"{case.name:12} NO ANSWER  {error.sentence}")
        return False
    scored = score(case.expected, found, evidence)
    print(f"{case.name:12} {'passed' if scored.passed else 'FAILED':10} {scored.share:4.0%}  {found.verdict}")
    for point in scored.points:
        if not point.passed:
            print(f"{'':12} no: {point.asked} ({point.why})")
    return scored.passed
