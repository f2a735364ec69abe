"""The todo resolver: prepares the change that an action item asks for, in one stack, for gates and people to judge."""

from typing import Annotated

from pydantic import Field

from agents.roles.bounds import Sure, line
from agents.roles.prompts import prompt
from agents.runtime.role import Answer, Role
from agents.runtime.tool import AnyTool, Capability
from bot.investigation.model import Stage
from bot.settings.agents import AgentKeys

NAME = "todo_resolver"


class Resolved(Answer):
    """What the todo resolver answers, once its edits are made. The edits themselves stand in rows, not in here."""

    summary: Annotated[str, line(300)] = Field(
        default="", description="What the change does, in one sentence; empty where there is none."
    )
    rollback: Annotated[str, line(300)] = Field(default="", description="How it is taken back, in one sentence.")
    confidence: Sure
    stack: Annotated[str, line(200)] = Field(default="", description="The folder of the stack: stacks/nextcloud.")
    problem: Annotated[str, line(300)] = Field(
        default="", description="Why there is no change, in one sentence; empty where there is one."
    )


def role(keys: AgentKeys, tools: tuple[AnyTool, ...]) -> Role[Resolved]:
    """Reads one stack, and writes edits down; nothing comes of one before gates and people have agreed."""
    return Role(
        name=NAME,
        stage=Stage.REPORT,
        model=keys.models.todo_resolver,
        system=prompt(NAME),
        answer=Resolved,
        tools=tools,
        turns=24,
        seconds=keys.stages.resolver,
        max_tokens=12_000,
        may=Capability.PROPOSE,
    )
