"""What each of the eight old blocks may hold, as schemas; any other block is refused by its name."""

from typing import Any

from bot.workspace.slack import limits
from bot.workspace.slack.schema import Schema

BOOLEAN: Schema = {"is": "a boolean"}


def string(most: int | None = None, least: int | None = None, **more: Any) -> Schema:  # Any: schema keywords
    bounds = {name: bound for name, bound in (("most", most), ("least", least)) if bound is not None}
    return {"is": "a string", **bounds, **more}


def integer(**bounds: int) -> Schema:
    return {"is": "an integer", **bounds}


def array(of: Schema, most: int | None = None, least: int = 1) -> Schema:
    return {"is": "an array", "of": of, "least": least, **({} if most is None else {"most": most})}


def record(required: str = "", **fields: Schema) -> Schema:
    """An object with these fields and no others."""
    return {"is": "an object", "required": required.split(), "fields": fields}


def union(**types: Schema) -> Schema:
    """One schema for each value of `type`."""
    for name, schema in types.items():
        schema["fields"] = {"type": string(values=[name])} | schema["fields"]
    return {"types": types}


def text(most: int, *, mrkdwn: bool = False) -> Schema:
    """A text object. Slack checks its form first and its length over again, hence both in one refusal."""
    kinds = {"plain_text": record("text", text=string(least=1), emoji=BOOLEAN)}
    if mrkdwn:
        kinds["mrkdwn"] = record("text", text=string(least=1), verbatim=BOOLEAN)
    length = {"is": "an object", "fields": {"text": string(most, 1)}, "closed": False}
    return {"all": [union(**kinds), length]}


def option(*, mrkdwn: bool = False) -> Schema:
    return record(
        "text value",
        text=text(limits.OPTION_TEXT, mrkdwn=mrkdwn),
        value=string(limits.OPTION_VALUE, 1),
        description=text(limits.OPTION_TEXT, mrkdwn=mrkdwn),
        url=string(limits.URL),
    )


CONFIRM = record(
    "title text confirm deny",
    title=text(limits.CONFIRM_TITLE),
    text=text(limits.CONFIRM_TEXT, mrkdwn=True),
    confirm=text(limits.CONFIRM_BUTTON),
    deny=text(limits.CONFIRM_BUTTON),
    style=string(values=["primary", "danger"]),
)
ACTION_ID = string(limits.ID, 1)
COMMON: dict[str, Schema] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": BOOLEAN}
ASKED = COMMON | {"placeholder": text(limits.PLACEHOLDER)}


def choice(most: int = limits.OPTIONS, *, several: bool = False, mrkdwn: bool = False, **more: Schema) -> Schema:
    initial = {"initial_options": array(option(mrkdwn=mrkdwn), most)} if several else {"initial_option": option()}
    return record("options", options=array(option(mrkdwn=mrkdwn), most), **(COMMON | initial | more))


def menu(*, several: bool = False) -> Schema:
    """A select whose options stand in it, or in groups."""
    group = record("label options", label=text(limits.OPTION_TEXT), options=array(option(), limits.OPTIONS))
    schema = choice(several=several, placeholder=text(limits.PLACEHOLDER), option_groups=array(group, limits.OPTIONS))
    if several:
        schema["fields"]["max_selected_items"] = integer(least=1)
    return schema | {"required": [], "one_of": ["options", "option_groups"]}


def picker(initial: str, of: Schema, **more: Schema) -> Schema:
    return record("", **(ASKED | {initial: of} | more))


def conversations(initial: str, of: Schema, **more: Schema) -> Schema:
    kinds = array(string(values=["im", "mpim", "private", "public"]))
    hidden = record("", include=kinds, exclude_bot_users=BOOLEAN, exclude_external_shared_channels=BOOLEAN)
    extra = {"default_to_current_conversation": BOOLEAN, "response_url_enabled": BOOLEAN, "filter": hidden}
    return picker(initial, of, **(extra | more))


MANY = {"max_selected_items": integer(least=1)}
IMAGE: dict[str, Schema] = {
    "alt_text": string(limits.LABEL, 1),
    "image_url": string(limits.URL, 1),
    "slack_file": record("", id=string(), url=string()),
}
TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
DISPATCH = record("", trigger_actions_on=array(string(values=["on_enter_pressed", "on_character_entered"])))
LINES: dict[str, Schema] = {"dispatch_action_config": DISPATCH, "initial_value": string()}


def elements() -> dict[str, Schema]:
    """Every element, by type."""
    button = record(
        "text",
        text=text(limits.BUTTON),
        value=string(limits.VALUE),
        url=string(limits.URL),
        style=string(values=["primary", "danger"]),
        accessibility_label=string(limits.BUTTON),
        action_id=ACTION_ID,
        confirm=CONFIRM,
    )
    number = LINES | {"is_decimal_allowed": BOOLEAN, "min_value": string(), "max_value": string()}
    ids = array(string(), least=0)
    plain = LINES | {
        "multiline": BOOLEAN,
        "min_length": integer(least=0, most=limits.ANSWER),
        "max_length": integer(least=1, most=limits.ANSWER),
    }
    return {
        "button": button,
        "checkboxes": choice(limits.OPTIONS_CHECKED, several=True, mrkdwn=True),
        "radio_buttons": choice(limits.OPTIONS_CHECKED, mrkdwn=True),
        "overflow": record(
            "options", action_id=ACTION_ID, confirm=CONFIRM, options=array(option(), limits.OPTIONS_OVERFLOW)
        ),
        "static_select": menu(),
        "multi_static_select": menu(several=True),
        "external_select": picker("initial_option", option(), min_query_length=integer()),
        "multi_external_select": picker("initial_options", array(option()), min_query_length=integer(), **MANY),
        "users_select": picker("initial_user", string()),
        "multi_users_select": picker("initial_users", ids, **MANY),
        "conversations_select": conversations("initial_conversation", string()),
        "multi_conversations_select": conversations("initial_conversations", ids, **MANY),
        "channels_select": picker("initial_channel", string(), response_url_enabled=BOOLEAN),
        "multi_channels_select": picker("initial_channels", ids, **MANY),
        "datepicker": picker("initial_date", string(pattern=r"^\d{4}-\d{2}-\d{2}$")),
        "timepicker": picker("initial_time", string(pattern=TIME), timezone=string()),
        "datetimepicker": record(
            "", initial_date_time=integer(least=1_000_000_000, most=9_999_999_999), **COMMON
        ),
        "plain_text_input": record("", **(ASKED | plain)),
        "email_text_input": record("", **(ASKED | LINES)),
        "url_text_input": record("", **(ASKED | LINES)),
        "number_input": record("is_decimal_allowed", **(ASKED | number)),
        "rich_text_input": record("", dispatch_action_config=DISPATCH, initial_value=RICH_TEXT, **ASKED),
        "file_input": record(
            "", action_id=ACTION_ID, filetypes=array(string()), max_files=integer(least=1, most=10)
        ),
    }  # fmt: skip


PICKS = [
    "checkboxes", "datepicker", "timepicker", "radio_buttons", "static_select", "multi_static_select",
    "external_select", "multi_external_select", "users_select", "multi_users_select", "conversations_select",
    "multi_conversations_select", "channels_select", "multi_channels_select",
]  # fmt: skip
TYPED = [
    "datetimepicker", "email_text_input", "number_input", "plain_text_input", "rich_text_input", "url_text_input",
]  # fmt: skip


def _rich_text() -> Schema:
    style = record("", bold=BOOLEAN, italic=BOOLEAN, strike=BOOLEAN, code=BOOLEAN, underline=BOOLEAN)
    leaf = union(
        text=record("text", text=string(least=1), style=style),
        link=record("url", url=string(least=1), text=string(), unsafe=BOOLEAN, style=style),
        emoji=record("name", name=string(), unicode=string(), skin_tone=integer(), style=style),
        user=record("user_id", user_id=string(), style=style),
        usergroup=record("usergroup_id", usergroup_id=string(), style=style),
        channel=record("channel_id", channel_id=string(), style=style),
        broadcast=record("range", range=string(values=["here", "channel", "everyone"]), style=style),
        date=record("timestamp format", timestamp=integer(), format=string(), fallback=string(), url=string()),
        color=record("value", value=string()),
    )
    leaves, edge = array(leaf, least=0), integer(least=0, most=1)
    ordered = {"style": string(values=["bullet", "ordered"]), "indent": integer(least=0, most=8), "offset": integer()}
    section = union(rich_text_section=record("elements", elements=leaves))
    part = union(
        rich_text_section=record("elements", elements=leaves),
        rich_text_list=record("style elements", elements=array(section), border=edge, **ordered),
        rich_text_quote=record("elements", elements=leaves, border=edge),
        rich_text_preformatted=record("elements", elements=leaves, border=edge, language=string()),
    )
    return record("elements", elements=array(part, least=0), block_id=string(limits.ID))


RICH_TEXT: Schema = union(rich_text=_rich_text())


def _of(*names: str, **more: Schema) -> Schema:
    """A union of these elements."""
    known = elements()
    return union(**{name: known[name] for name in names}, **more)


def block() -> Schema:
    """Any of the eight."""
    picture = record("alt_text", **IMAGE) | {"one_of": ["image_url", "slack_file"]}
    section = record(
        text=text(limits.TEXT, mrkdwn=True),
        fields=array(text(limits.FIELD, mrkdwn=True), limits.FIELDS),
        accessory=_of("button", "overflow", *PICKS, image=picture),
        expand=BOOLEAN,
    )
    words = {
        kind: record("text", text=string(limits.TEXT, 1), emoji=BOOLEAN, verbatim=BOOLEAN)
        for kind in ("plain_text", "mrkdwn")
    }
    image = record("alt_text", title=text(limits.LABEL), **IMAGE) | {"one_of": ["image_url", "slack_file"]}
    asked = _of(*PICKS, *TYPED, "file_input")
    kinds = {
        "section": section,
        "actions": record(
            "elements",
            elements=array(_of("button", "overflow", "datetimepicker", "rich_text_input", *PICKS), limits.ACTIONS),
        ),
        "context": record(
            "elements",
            elements=array(
                union(image=record("alt_text", **IMAGE) | {"one_of": ["image_url", "slack_file"]}, **words),
                limits.CONTEXT,
            ),
        ),
        "header": record("text", text=text(limits.HEADER), level=integer(least=1, most=4)),
        "divider": record(),
        "image": image,
        "input": record(
            "label element",
            label=text(limits.LABEL),
            element=asked,
            hint=text(limits.LABEL),
            optional=BOOLEAN,
            dispatch_action=BOOLEAN,
        ),
        "rich_text": _rich_text(),
    }
    for schema in kinds.values():
        schema["fields"]["block_id"] = string(limits.ID)
    return union(**kinds)


def blocks(most: int) -> Schema:
    return array(block(), most, least=0)


def view() -> Schema:
    """A modal or a Home."""
    shared = {
        "callback_id": string(limits.ID),
        "private_metadata": string(limits.PRIVATE_METADATA),
        "external_id": string(limits.ID),
        "clear_on_close": BOOLEAN,
        "notify_on_close": BOOLEAN,
    }
    # Recorded refusals of these three say nothing of the text object around them.
    button = union(plain_text=record("text", text=string(limits.VIEW_TITLE, 1), emoji=BOOLEAN))
    modal = record(
        "title blocks",
        title=button,
        blocks=blocks(limits.BLOCKS_PER_VIEW),
        submit=button,
        close=button,
        **shared,
    )
    return {"all": [union(modal=modal, home=record("blocks", blocks=blocks(limits.BLOCKS_PER_VIEW), **shared))]}
