"""How many may ask a provider at once, over all runs of this process; the others wait their turn within their time."""

import asyncio
from dataclasses import replace

from agents.runtime.llm import LLM, Ask, Fault, Reply, Unanswered


class Gate:
    """Lets so many through to a model at once. Whoever waited longer than its request may take was not answered."""

    def __init__(self, llm: LLM, at_once: int) -> None:
        self._llm = llm
        self._turns = asyncio.Semaphore(at_once)

    def absent(self) -> str:
        return self._llm.absent()

    async def ask(self, ask: Ask) -> Reply:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(ask.seconds):
                await self._turns.acquire()
        except TimeoutError as error:
            raise Unanswered(Fault.BUSY, "Too much is being asked at once.", charged=False) from error
        try:
            return await self._llm.ask(replace(ask, seconds=max(0.1, ask.seconds - (loop.time() - began))))
        finally:
            self._turns.release()
