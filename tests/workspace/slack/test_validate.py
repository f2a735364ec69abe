"""Payloads are refused as Slack refuses them: the same words, the same pointers."""

from typing import Any

import pytest

from bot.workspace.slack import validate
from tests.workspace.slack.kit import LINE, Json, asked, button, modal, option, plain, section

ALL = "failed to match all allowed schemas"


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": [*elements]}


def menu(*options: Json, **more: Any) -> Json:
    return {"type": "static_select", "action_id": "m", "options": [*options]} | more


@pytest.mark.parametrize(
    ("blocks", "problems"),
    [
        ([section(), actions(*(button(f"b{n}") for n in range(26)))],
         ["no more than 25 items allowed [json-pointer:/blocks/1/elements]"]),
        ([{"type": "divider"}] * 51, ["no more than 50 items allowed [json-pointer:/blocks]"]),
        ([actions(menu(option("v", "x" * 76)))],
         [f"{ALL} [json-pointer:/blocks/0/elements/0/options/0/text]",
          "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"]),
        ([actions(menu(option("v", "")))],
         [f"{ALL} [json-pointer:/blocks/0/elements/0/options/0/text]",
          *["must be more than 0 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]"] * 2]),
        ([actions(button("b", style=None))], ["must provide a string [json-pointer:/blocks/0/elements/0/style]"]),
        ([actions(button("b", style="loud"))],
         ["must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"]),
        ([section() | {"colour": "red"}], ["invalid additional property: colour [json-pointer:/blocks/0]"]),
        ([{"type": "video"}], ["unsupported type: video [json-pointer:/blocks/0/type]"]),
        ([{"text": plain("x")}], ["missing required field: type [json-pointer:/blocks/0]"]),
        ([{"type": "section", "text": {"type": "html", "text": "x"}}],
         [f"{ALL} [json-pointer:/blocks/0/text]", "unsupported type: html [json-pointer:/blocks/0/text/type]"]),
        ([{"type": "section"}], ["must define either `text` or `fields` [json-pointer:/blocks/0]"]),
        ([{"type": "header", "text": plain("x" * 151)}],
         [f"{ALL} [json-pointer:/blocks/0/text]",
          "must be less than 151 characters [json-pointer:/blocks/0/text/text]"]),
        ([{"type": "context", "elements": [plain("x")] * 11}],
         ["no more than 10 items allowed [json-pointer:/blocks/0/elements]"]),
        ([actions()], ["must provide at least 1 items [json-pointer:/blocks/0/elements]"]),
        ([{"type": "image", "image_url": "https://x"}], ["missing required field: alt_text [json-pointer:/blocks/0]"]),
        ([{"type": "image", "alt_text": "x"}],
         ["failed to match exactly one allowed schema [json-pointer:/blocks/0]"]),
        (["x"], ["must provide an object [json-pointer:/blocks/0]"]),
        ([section() | {"block_id": "b"}, {"type": "divider", "block_id": "b"}],
         ["duplicate block_id: b [json-pointer:/blocks]"]),
        ([actions(button("b"), button("b"))], ["duplicate action_id: b [json-pointer:/blocks/0]"]),
        ([actions(menu(option("v"), initial_option=option("w")))],
         ["must be one of the options [json-pointer:/blocks/0/elements/0/initial_option]"]),
        ([{"type": "rich_text",
           "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": ""}]}]}],
         ["must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]"]),
    ],
)  # fmt: skip
def test_refused_message(blocks: list[Json], problems: list[str]) -> None:
    """A spoilt message is refused in Slack's words."""
    assert validate.message(blocks) == problems


@pytest.mark.parametrize(
    ("view", "problems"),
    [
        (modal(title=plain("x" * 25)),
         [f"{ALL} [json-pointer:/view]", "must be less than 25 characters [json-pointer:/view/title/text]"]),
        (modal(private_metadata="x" * 3001),
         [f"{ALL} [json-pointer:/view]", "must be less than 3001 characters [json-pointer:/view/private_metadata]"]),
        (modal(private_metadata=None),
         [f"{ALL} [json-pointer:/view]", "must provide a string [json-pointer:/view/private_metadata]"]),
        (modal(submit_disabled=True),
         [f"{ALL} [json-pointer:/view]", "invalid additional property: submit_disabled [json-pointer:/view]"]),
        ({"type": "modal", "blocks": []},
         [f"{ALL} [json-pointer:/view]", "missing required field: title [json-pointer:/view]"]),
        (modal(*[{"type": "divider"}] * 101),
         [f"{ALL} [json-pointer:/view]", "no more than 100 items allowed [json-pointer:/view/blocks]"]),
        ({key: value for key, value in modal(asked("b", LINE)).items() if key != "submit"},
         ["must define `submit` to use `input` block [json-pointer:/view/blocks/0/input]"]),
        (modal(asked("b", {"type": "number_input"})),
         [f"{ALL} [json-pointer:/view]",
          "missing required field: is_decimal_allowed [json-pointer:/view/blocks/0/element]"]),
        (modal(asked("b", LINE | {"focus_on_load": True}), asked("c", LINE | {"focus_on_load": True})),
         ["only one element may have `focus_on_load` [json-pointer:/view/blocks]"]),
        ({"type": "home", "title": plain("x"), "blocks": []},
         [f"{ALL} [json-pointer:/view]", "invalid additional property: title [json-pointer:/view]"]),
    ],
)  # fmt: skip
def test_refused_view(view: Json, problems: list[str]) -> None:
    """A spoilt modal or Home is refused in Slack's words."""
    assert validate.view(view) == problems


def test_every_element_is_taken() -> None:
    """Each element stands where Slack allows it."""
    elements: list[Json] = [
        LINE | {"multiline": True, "min_length": 1, "max_length": 3000},
        {"type": "checkboxes", "options": [option("a")], "initial_options": [option("a")]},
        {"type": "radio_buttons", "options": [option("a")], "initial_option": option("a")},
        menu(option("a"), placeholder=plain("Pick")),
        {"type": "static_select", "option_groups": [{"label": plain("G"), "options": [option("a")]}]},
        {"type": "external_select", "min_query_length": 0},
        {"type": "users_select", "initial_user": "U0ANA"},
        {"type": "conversations_select", "default_to_current_conversation": True},
        {"type": "datepicker", "initial_date": "2026-11-21"},
        {"type": "timepicker", "initial_time": "13:37"},
        {"type": "datetimepicker", "initial_date_time": 1_790_000_000},
        {"type": "number_input", "is_decimal_allowed": False, "min_value": "0"},
        {"type": "url_text_input"},
        {"type": "email_text_input"},
        {"type": "rich_text_input"},
        {"type": "file_input", "max_files": 3},
    ]
    assert validate.view(modal(*(asked(f"b{n}", element) for n, element in enumerate(elements)))) == []
