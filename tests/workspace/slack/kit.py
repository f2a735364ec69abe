"""Small payloads that Slack takes, for tests to spoil."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def button(action_id: str, value: str = "v", **more: Any) -> Json:
    return {"type": "button", "action_id": action_id, "text": plain("Press"), "value": value} | more


def option(value: str, text: str = "One") -> Json:
    return {"text": plain(text), "value": value}


def section(text: str = "hello") -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def asked(block_id: str, element: Json, **more: Any) -> Json:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain("Label"),
        "element": {"action_id": "a"} | element,
    } | more


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "form",
        "title": plain("Form"),
        "submit": plain("Go"),
        "blocks": [*blocks],
    } | more


LINE: Json = {"type": "plain_text_input"}
