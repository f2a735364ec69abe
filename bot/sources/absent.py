"""A source that is not set up: it says so, so that people see what nobody could look at."""

from collections.abc import Sequence

from bot.evidence.model import Kind
from bot.sources.source import About, Found, NotSetUp, Question


class AbsentSource:
    """Stands for a source of that name; `why` says what to set."""

    def __init__(self, name: str, asked: str, kinds: tuple[Kind, ...], why: str) -> None:
        self.name = name
        self._why = why
        self.questions: Sequence[Question] = (Question(asked, kinds, self._ask),)

    async def _ask(self, about: About) -> Found:
        raise NotSetUp(self._why)
