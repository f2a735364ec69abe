"""The model where there is none: it says why."""

from agents.runtime.llm import Ask, Fault, Reply, Unanswered


class NullLLM:
    """Answers nothing. `why` is a sentence: that there is no key, or that agents are switched off."""

    def __init__(self, why: str) -> None:
        self._why = why

    def absent(self) -> str:
        return self._why

    async def ask(self, ask: Ask) -> Reply:
        raise Unanswered(Fault.BARRED, self._why, charged=False)
