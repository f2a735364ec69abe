"""Short ways to write Block Kit, and one of everything the page knows how to show."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def md(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def entry(block: str, label: str, element: Json, **more: Any) -> Json:  # Any: keys of an input block
    """An input block; its element's action id is `a`."""
    return {"type": "input", "block_id": block, "label": plain(label), "element": {"action_id": "a"} | element, **more}


def button(text: str, action: str, **more: Any) -> Json:  # Any: keys of a button
    return {"type": "button", "text": plain(text), "action_id": action, "value": "INC-1", **more}


CARD: list[Json] = [
    {"type": "header", "block_id": "h", "text": plain(":red_circle: INC-1 Nextcloud answers 502")},
    {"type": "section", "block_id": "f", "fields": [md("*Severity*\nSEV2"), md("*Lead*\n<@U0BOB>")]},
    {"type": "divider", "block_id": "d"},
    {"type": "context", "block_id": "c", "elements": [md(":warning: The issue will follow.")]},
    {
        "type": "actions",
        "block_id": "a",
        "elements": [
            button("Take the lead", "card.lead", style="primary"),
            button(
                "Resolve",
                "card.resolve",
                confirm={
                    "title": plain("Sure?"),
                    "text": md("*All* hear"),
                    "confirm": plain("Yes"),
                    "deny": plain("No"),
                },
            ),
        ],
    },
]

FORM: Json = {
    "type": "modal",
    "callback_id": "declare",
    "title": plain("Report an incident"),
    "submit": plain("Report"),
    "close": plain("Cancel"),
    "blocks": [
        entry(
            "service",
            "Service",
            {
                "type": "static_select",
                "options": [option("Nextcloud", "nextcloud"), option("Vault", "vault")],
                "initial_option": option("Vault", "vault"),
            },
        ),
        entry("what", "What do you see?", {"type": "plain_text_input", "multiline": True}, hint=plain("In your words")),
        entry("since", "Since when?", {"type": "datetimepicker", "initial_date_time": 1795228200}, optional=True),
        entry("scope", "Who?", {"type": "radio_buttons", "options": [option("Me", "me"), option("All", "all")]}),
        entry("risk", "Risks", {"type": "checkboxes", "options": [option("Data", "data")]}, optional=True),
        entry("lead", "Lead", {"type": "users_select"}, optional=True),
        entry("shot", "Screenshot", {"type": "file_input", "filetypes": ["png"]}, optional=True),
    ],
}
