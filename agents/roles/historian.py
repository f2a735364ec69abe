"""The historian: whether it happened before, whether it is known, and what past incidents have in common with it."""

from typing import Annotated

from agents.roles.bounds import FindingSaid, Sentence, few
from agents.roles.prompts import prompt
from agents.runtime.role import Answer, Role
from agents.runtime.tool import AnyTool
from bot.investigation.claims import Remembered
from bot.investigation.model import Stage
from bot.settings.agents import AgentKeys

NAME = "historian"


class History(Answer):
    """What the historian answers. Each list is empty where there is nothing of the kind."""

    first_recorded: bool
    recurrence: Annotated[tuple[FindingSaid, ...], few(3)] = ()
    known_issue: Annotated[tuple[FindingSaid, ...], few(2)] = ()
    pattern: Annotated[tuple[FindingSaid, ...], few(2)] = ()
    dependencies: Annotated[tuple[FindingSaid, ...], few(2)] = ()
    not_known: Annotated[tuple[Sentence, ...], few(3)] = ()

    @property
    def remembered(self) -> tuple[Remembered, ...]:
        """Every sentence as a claim of its own. That it is the first one is no claim of a model's: rules say that."""
        said = (*self.known_issue, *self.recurrence, *self.pattern, *self.dependencies)
        return tuple(Remembered(sentence=each.sentence, pieces=each.evidence) for each in said)


def role(keys: AgentKeys, tools: tuple[AnyTool, ...]) -> Role[History]:
    """Reads incidents, documents and the repository's history."""
    return Role(
        name=NAME,
        stage=Stage.HISTORY,
        model=keys.models.historian,
        system=prompt(NAME),
        answer=History,
        tools=tools,
        turns=6,
        seconds=keys.stages.history,
        max_tokens=4000,
    )
