"""What inputs hold: `state.values` as Slack keeps them, and simple values turned into it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.errors import Refused
from bot.workspace.slack import validate
from bot.workspace.slack.model import Block

Json = dict[str, Any]
State = dict[str, dict[str, Json]]
#: What a test or the page gives for an input: text, an option's value, a list of them, a time, or None for nothing.
Simple = str | int | float | bool | datetime | list[str] | None

#: The field of `state.values` and of `actions[]` in which each element keeps what was chosen.
FIELDS = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "rich_text_input": "rich_text_value",
    "file_input": "files",
}
SEVERAL = {name for name, field in FIELDS.items() if field.endswith("s")}
STATELESS = {"button", "overflow"}
CONNECTION_TROUBLE = "We had some trouble connecting. Try again?"


def initial(blocks: list[Block], before: State | None = None) -> State:
    """What the inputs of these blocks hold at first; what was already filled in stays where the ids are the same."""
    state: State = {}
    for block in blocks:
        for _, element in validate.elements(block):
            if element["type"] in STATELESS:
                continue
            held = _initial(element)
            kept = (before or {}).get(block["block_id"], {}).get(element["action_id"])
            if kept is not None and kept["type"] == element["type"]:
                held = kept
            state.setdefault(block["block_id"], {})[element["action_id"]] = held
    return state


def _initial(element: Json) -> Json:
    field = FIELDS[element["type"]]
    name = "initial_value" if field in {"value", "rich_text_value"} else field.replace("selected", "initial")
    held = {"type": element["type"], field: element.get(name, [] if element["type"] in SEVERAL else None)}
    if element["type"] == "timepicker" and "timezone" in element:
        held["timezone"] = element["timezone"]
    return held


def held(element: Json, value: Simple) -> Json:
    """A simple value as this element would hold it. Raises Refused for what nobody could have entered."""
    kind = element["type"]
    if kind not in FIELDS:
        raise Refused(f"A {kind} holds no value.")
    if value is None or value in ("", []):
        return _initial({"type": kind} | {key: element[key] for key in ("timezone",) if key in element})
    return {"type": kind, FIELDS[kind]: _converter(kind)(element, value)}


def _converter(kind: str) -> Callable[[Json, Any], Any]:  # Any: each element has its own kinds of values
    match FIELDS[kind]:
        case "selected_option":
            return _option
        case "selected_options":
            return lambda element, values: [_option(element, value) for value in _listed(values)]
        case "selected_date_time":
            return lambda _, value: int(value.timestamp() if isinstance(value, datetime) else value)
        case "rich_text_value":
            return lambda _, value: _rich(str(value))
        case "value":
            return lambda _, value: str(value)
    return (lambda _, values: _listed(values)) if kind in SEVERAL else (lambda _, value: str(value))


def _listed(values: Simple) -> list[str]:
    return [str(value) for value in values] if isinstance(values, list | tuple) else [str(values)]


def _option(element: Json, value: Simple) -> Json:
    if element["type"].endswith("external_select"):
        return {"text": {"type": "plain_text", "text": str(value), "emoji": True}, "value": str(value)}
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group["options"]):
        if option["value"] == value:
            return dict(option)
    raise Refused(f"{value} is none of the options of {element['action_id']}.")


def _rich(text: str) -> Json:
    leaf = {"type": "text", "text": text}
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [leaf]}]}


def complaints(blocks: list[Block], state: State) -> dict[str, str]:
    """What Slack's own client says before it sends a form: a sentence by block id."""
    found: dict[str, str] = {}
    for block in blocks:
        if block["type"] == "input":
            element = block["element"]
            value = state[block["block_id"]][element["action_id"]].get(FIELDS[element["type"]])
            if sentence := _complaint(element, value, optional=bool(block.get("optional"))):
                found[block["block_id"]] = sentence
    return found


def _complaint(element: Json, value: Any, *, optional: bool) -> str:  # Any: what the element holds
    if not value:
        return "" if optional else "Please complete this required field."
    if element["type"] == "plain_text_input":
        least, most = element.get("min_length", 0), element.get("max_length", 3000)
        if len(value) < least:
            return f"Please enter at least {least} characters."
        return f"Please enter no more than {most} characters." if len(value) > most else ""
    if element["type"] == "number_input":
        return _number_complaint(element, value)
    if element["type"] == "email_text_input" and "@" not in value:
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and "://" not in value:
        return "Please enter a valid URL."
    return ""


def _number_complaint(element: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a valid number."
    if not element["is_decimal_allowed"] and number != int(number):
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
