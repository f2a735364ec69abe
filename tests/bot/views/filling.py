"""Filling in a form as a person would, and sending it back as Slack does."""

from typing import Any

from bot.views.forms.parts import View


def filled(view: View, **said: Any) -> View:  # Any: whatever Slack holds for that kind of input
    """The view as Slack sends it back: `said` by block id; what is not said keeps what the form began with."""
    values = {}
    for block in view["blocks"]:
        if block["type"] == "input":
            element = block["element"]
            values[block["block_id"]] = {element["action_id"]: state(element, said.pop(block["block_id"], None))}
    assert not said, "no such fields"
    return {**view, "id": "V1", "hash": "h1", "state": {"values": values}}


def state(element: dict[str, Any], given: Any) -> dict[str, Any]:  # Any: as above
    """One element of `state.values`."""
    kind = element["type"]
    match kind:
        case "plain_text_input":
            return {"type": kind, "value": given if given is not None else element.get("initial_value")}
        case "static_select":
            options = element.get("options") or [o for g in element["option_groups"] for o in g["options"]]
            chosen = next((o for o in options if o["value"] == given), element.get("initial_option"))
            return {"type": kind, "selected_option": chosen}
        case "checkboxes":
            return {"type": kind, "selected_options": [o for o in element["options"] if o["value"] in (given or ())]}
        case "users_select":
            return {"type": kind, "selected_user": given}
        case "multi_users_select":
            return {"type": kind, "selected_users": given if given is not None else element.get("initial_users", [])}
        case "datetimepicker":
            return {"type": kind, "selected_date_time": given or element.get("initial_date_time")}
        case "datepicker":
            return {"type": kind, "selected_date": given}
        case "file_input":
            return {"type": kind, "files": given or []}
    raise AssertionError(kind)
