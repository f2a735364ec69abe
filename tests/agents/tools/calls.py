"""How tests call a tool: with JSON, as a model does."""

from collections.abc import Sequence
from typing import Any

from agents.runtime.tool import AnyTool, Result


async def call(tools: Sequence[AnyTool], name: str, /, **arguments: Any) -> Result:  # Any: JSON of the tool's own shape
    """Its answer. Raises ValidationError for arguments that its form does not take."""
    tool = next(each for each in tools if each.name == name)
    asked = tool.input.model_validate(arguments)
    assert tool.says(asked)
    result = await tool.run(asked)
    assert isinstance(result, Result)
    return result
