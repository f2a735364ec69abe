"""Whether Slack would take these blocks or this view, and in which words it would refuse."""

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

from bot.workspace.slack import blocks, limits
from bot.workspace.slack.model import Block
from bot.workspace.slack.schema import Schema, problems, said


@cache
def _message_schema() -> Schema:
    return blocks.blocks(limits.BLOCKS_PER_MESSAGE)


@cache
def _view_schema() -> Schema:
    return blocks.view()


def message(given: list[Block], at: str = "/blocks") -> list[str]:
    """What is wrong with the blocks of a message, in Slack's words; empty when nothing is."""
    return problems(_message_schema(), given, at) or list(_after(given, at))


def view(given: Any, at: str = "/view") -> list[str]:  # Any: whatever a caller may have sent
    """What is wrong with a modal or a Home, in Slack's words; empty when nothing is."""
    if found := problems(_view_schema(), given, at):
        return found
    asks = (index for index, block in enumerate(given["blocks"]) if block["type"] == "input")
    if given["type"] == "modal" and "submit" not in given and (first := next(asks, None)) is not None:
        return [said("must define `submit` to use `input` block", f"{at}/blocks/{first}/input")]
    return list(_after(given["blocks"], f"{at}/blocks"))


def elements(block: Block) -> list[tuple[str, dict[str, Any]]]:
    """The interactive elements of a block, each with the pointer to it inside the block."""
    match block["type"]:
        case "actions":
            return [(f"/elements/{index}", element) for index, element in enumerate(block["elements"])]
        case "section" if "accessory" in block and block["accessory"]["type"] != "image":
            return [("/accessory", block["accessory"])]
        case "input":
            return [("/element", block["element"])]
    return []


def _after(given: list[Block], at: str) -> Iterator[str]:
    """What Slack checks once the schema holds."""
    seen = Counter(block["block_id"] for block in given if "block_id" in block)
    yield from (said(f"duplicate block_id: {id}", at) for id, times in seen.items() if times > 1)
    for index, block in enumerate(given):
        place = f"{at}/{index}"
        if block["type"] == "section" and not {"text", "fields"} & set(block):
            yield said("must define either `text` or `fields`", place)
        if block.get("dispatch_action") and block["element"]["type"] == "file_input":
            yield said("invalid additional property: dispatch_action", place)
        found = elements(block)
        ids = Counter(element["action_id"] for _, element in found if "action_id" in element)
        yield from (said(f"duplicate action_id: {id}", place) for id, times in ids.items() if times > 1)
        for pointer, element in found:
            yield from _initial(element, place + pointer)
    focused = [element for block in given for _, element in elements(block) if element.get("focus_on_load")]
    if len(focused) > 1:
        yield said("only one element may have `focus_on_load`", at)


def _initial(element: dict[str, Any], at: str) -> Iterator[str]:
    """What is chosen from the start must be one of the options, word for word."""
    if "options" not in element and "option_groups" not in element:
        return
    groups = element.get("option_groups") or [element]
    known = [option for group in groups for option in group["options"]]
    chosen = [("initial_option", element["initial_option"])] if "initial_option" in element else []
    chosen += [(f"initial_options/{i}", option) for i, option in enumerate(element.get("initial_options", ()))]
    yield from (said("must be one of the options", f"{at}/{name}") for name, option in chosen if option not in known)


def text_length(given: list[Block]) -> int:
    """The characters of all texts in these blocks."""
    todo: list[Any] = list(given)
    total = 0
    while todo:
        match todo.pop():
            case dict() as thing:
                total += sum(len(value) for key, value in thing.items() if key == "text" and isinstance(value, str))
                todo.extend(thing.values())
            case list() as things:
                todo.extend(things)
    return total
