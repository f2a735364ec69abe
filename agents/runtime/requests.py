"""A request to a model, from a role and what was said so far, and the terms on which it is made."""

from collections.abc import Mapping

from agents.runtime.llm import Ask, Block
from agents.runtime.role import AnyRole
from agents.runtime.tool import AnyTool
from agents.runtime.transcript import Transcript, length
from bot.budget.prices import Price, Terms, price_of


def request(role: AnyRole, talk: Transcript, model: str, *, last: bool) -> Ask:
    """The next one. On the last turn no tool may be used, and the answer has a form."""
    return Ask(
        model=model,
        effort=role.model.effort,
        system=role.system,
        messages=talk.messages(model),
        max_tokens=role.max_tokens,
        tools=[described(tool) for tool in role.tools],
        closed=last,
        form=role.answer.model_json_schema() if last else None,
    )


def described(tool: AnyTool) -> Block:
    """A tool as a model is told of it."""
    return {"name": tool.name, "description": tool.description, "input_schema": tool.input.model_json_schema()}


def terms_of(prices: Mapping[str, Price], talk: Transcript, ask: Ask) -> Terms:
    """What is to be held for it. Raises Unpriced."""
    form = length(ask.form) if ask.form else 0
    whole = len(ask.system.encode()) + length(ask.tools) + length(ask.messages) + form
    return Terms(
        model=ask.model,
        price=price_of(prices, ask.model),
        prompt_tokens=talk.prompt_bound(ask.model, whole, form),
        max_tokens=ask.max_tokens,
    )
