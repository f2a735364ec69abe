"""Whether a call of a tool may be made: decided by code, from the role, the tool's types and what was called before."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from agents.runtime.given import clean
from agents.runtime.guard import attack
from agents.runtime.llm import Block
from agents.runtime.role import AnyRole
from agents.runtime.tool import AnyTool, Input
from agents.runtime.transcript import Transcript

#: Calls that are answered in one turn.
MOST_CALLS = 8
#: The longest arguments, in characters.
LONGEST_ARGUMENTS = 20_000


class No(Exception):
    """This call is not made. `rule` is set where it is a guardrail that says so, and it counts against the run."""

    def __init__(self, sentence: str, rule: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.rule = rule


@dataclass(frozen=True)
class Call:
    """One that may be made."""

    tool: AnyTool
    input: Input


def checked(role: AnyRole, talk: Transcript, use: Block, before: Sequence[Block]) -> Call:
    """What is to be called. `before` are the other calls of the same turn that stand before it. Raises No."""
    if len(before) >= MOST_CALLS:
        raise No(f"At most {MOST_CALLS} calls are answered in one turn. Ask again for what you still need.")
    tool = next((tool for tool in role.tools if tool.name == use["name"]), None)
    if tool is None:
        names = ", ".join(tool.name for tool in role.tools) or "none"
        raise No(f"There is no such tool. There are: {names}.", "unknown_tool")
    if not role.may.covers(tool.capability):
        raise No("You may not use this tool.", "capability")
    if rule := attack(tool, use["input"]):
        raise No("These arguments are not allowed here.", rule)
    if len(json.dumps(use["input"])) > LONGEST_ARGUMENTS:
        raise No(f"The arguments are longer than {LONGEST_ARGUMENTS:,} characters. Ask for less.")
    try:
        input = tool.input.model_validate(use["input"])
    except ValidationError as error:
        raise No(f"The arguments are wrong. {mistakes(error)}") from error
    if talk.has_asked(lambda each: _is(each, tool, input)) or any(_is(each, tool, input) for each in before):
        raise No("You have called this with these arguments before. Read that answer, or ask something else.")
    return Call(tool, input)


def _is(use: Block, tool: AnyTool, input: Input) -> bool:
    """Whether a call asks for just this; what is left out, or written otherwise, makes no difference."""
    try:
        return bool(use["name"] == tool.name and tool.input.model_validate(use["input"]) == input)
    except ValidationError:
        return False


def mistakes(error: ValidationError) -> str:
    """What is wrong, and where; never what stood there."""
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    said = [f"{clean('.'.join(map(str, each['loc'])), 80) or 'all of it'}: {each['msg']}" for each in problems[:5]]
    return clean("; ".join(said), 800)
