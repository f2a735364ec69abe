"""Who is answered with what: replies in order, or a function, for the requests that match; and storms over all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bot.workspace.claude.model import Answer, Answers, Asked, Broken, Failure, Hang, Reply


@dataclass(frozen=True)
class Match:
    """Which requests: those whose system text, last message and whole conversation hold these words, that may call
    this tool, and (`tools` False) none at all. An empty one matches all.
    """

    system: str = ""
    last: str = ""
    said: str = ""
    tool: str = ""
    tools: bool | None = None

    def __call__(self, asked: Asked) -> bool:
        """Whether it is meant."""
        words = self.system in asked.system and self.last in asked.last and self.said in asked.conversation
        tool = not self.tool or self.tool in asked.tools
        return words and tool and self.tools in {None, bool(asked.tools)}


@dataclass
class Script:
    """Answers for one match: one after the other, each once; functions answer any number of times."""

    match: Match
    answers: list[Answer] = field(default_factory=list)
    function: Answers | None = None

    def peek(self, asked: Asked) -> Answer | None:
        """What comes next for this request; None where it is over, or was never meant."""
        if not self.match(asked):
            return None
        if self.function is not None:
            return self.function(asked)
        return self.answers[0] if self.answers else None

    def used(self) -> None:
        """What was next has been answered with."""
        if self.function is None:
            self.answers.pop(0)


@dataclass
class Storm:
    """What happens in place of answers, or to them: so many times, or until it is over."""

    what: Failure | Hang | Broken
    match: Match
    times: int | None


class Scripts:
    """All that was told to be answered, and by whom the rest is."""

    def __init__(self, otherwise: Callable[[Asked], Answer]) -> None:
        self.otherwise = otherwise
        self._scripts: list[Script] = []
        self._storms: list[Storm] = []

    def add(self, answers: Sequence[Answer | Answers], match: Match) -> None:
        """Answer matching requests with these; a function stands alone."""
        functions = [answer for answer in answers if callable(answer)]
        plain = [answer for answer in answers if not callable(answer)]
        if functions and (plain or len(functions) > 1):
            raise ValueError("a script is one function, or answers in their order")
        self._scripts.append(Script(match, plain, functions[0] if functions else None))

    def storm(self, what: Failure | Hang | Broken, times: int | None, match: Match) -> None:
        """Let this happen from now on."""
        self._storms.append(Storm(what, match, times))

    def calm(self) -> None:
        """No storm any more."""
        self._storms = []

    def next(self, asked: Asked) -> Answer:
        """What this request is answered with. A storm uses up no scripted answer."""
        storm = next((s for s in self._storms if s.match(asked) and s.times != 0), None)
        if storm is not None and storm.times is not None:
            storm.times -= 1
        if storm is not None and not (isinstance(storm.what, Broken) and storm.what.reply is None):
            return storm.what
        script, answer = next(
            ((s, answer) for s in self._scripts if (answer := s.peek(asked)) is not None),
            (None, None),
        )
        if storm is not None and isinstance(storm.what, Broken):
            whole = answer if answer is not None else self.otherwise(asked)
            return storm.what if isinstance(whole, Broken | Failure | Hang) else _broken(storm.what, whole)
        if script is not None and answer is not None:
            script.used()
            return answer
        return self.otherwise(asked)


def _broken(storm: Broken, whole: Reply) -> Broken:
    return Broken(storm.how, storm.where, whole)
