"""What forms are made of: inputs, the frame with its small memory, and the reading of what came back."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from bot.errors import Refused
from bot.incident.model import Frozen
from bot.views.blocks import BLOCKS_PER_VIEW, Block, button, clean, cut, plain, section, typed
from bot.views.ids import Click, Field, Form, action

View = dict[str, Any]  # JSON of Slack's

TITLE, METADATA, INPUT, OPTION, DRAFT = 24, 3000, 3000, 75, 2000


class Memory(Frozen):
    """What a form remembers between opening and submitting: ids, and a draft that must not be lost.

    `ts` is the message it is about, in `channel`, and `stamp` Slack's time of the act that opened it; `page` is
    the page of what it shows, from 0; `part` the section that it edits, and `seen` a short word for what stood there;
    `investigation` is the one that is answered, `item` and `approval` those of an action item.
    Whether what it showed still holds is for the rules to say: they judge the incident as it stands when it is sent.
    """

    incident: str = ""
    channel: str = ""
    draft: str = ""
    page: int = 0
    verb: str = ""
    lead: str = ""
    ts: str = ""
    stamp: str = ""
    part: str = ""
    seen: str = ""
    investigation: str = ""
    item: str = ""
    approval: str = ""

    def written(self) -> str:
        """As private_metadata, within its limit: a draft that does not fit is shortened."""
        kept = self.model_copy(update={"draft": self.draft[:DRAFT]})
        while len(text := kept.model_dump_json(exclude_defaults=True)) > METADATA and kept.draft:
            kept = kept.model_copy(update={"draft": kept.draft[:-100]})
        return text

    @staticmethod
    def of(view: View) -> "Memory":
        """What the view remembers; nothing, where that is not ours to read."""
        try:
            return Memory.model_validate_json(view.get("private_metadata") or "{}")
        except ValidationError:
            return Memory()


class Choice(Frozen):
    """One option of a select: what is handed back, and what is shown."""

    id: str
    label: str


def form(kind: Form, title: str, submit: str, memory: Memory, blocks: Sequence[Block]) -> View:
    """A form with a submit button."""
    return {
        "type": "modal",
        "callback_id": kind,
        "title": plain(title, TITLE),
        "submit": plain(submit, TITLE),
        "close": plain("Cancel", TITLE),
        "private_metadata": memory.written(),
        "blocks": list(blocks[:BLOCKS_PER_VIEW]),
    }


def message(title: str, *blocks: Block, memory: Memory | None = None, kind: Form = Form.MESSAGE) -> View:
    """A view that asks nothing: an answer, a list with buttons, or *one moment*."""
    return {
        "type": "modal",
        "callback_id": kind,
        "title": plain(title, TITLE),
        "close": plain("Close", TITLE),
        "private_metadata": (memory or Memory()).written(),
        "blocks": list(blocks[:BLOCKS_PER_VIEW]),
    }


def one_moment(title: str, memory: Memory) -> View:
    """What stands there while the incident is read."""
    return message(title, section("One moment …"), memory=memory)


def lost_draft(text: str) -> Block:
    """A button that takes what somebody typed into a report of its own."""
    return {
        "type": "actions",
        "elements": [button("Report this as a new incident", Click.DECLARE_DRAFT, cut(clean(text), DRAFT, "…"))],
    }


def text_input(
    kind: Form,
    field: Field,
    label: str,
    *,
    initial: str = "",
    optional: bool = False,
    lines: bool = True,
    hint: str = "",
    example: str = "",
    of: str = "",
) -> Block:
    """Text of at most 3,000 characters; `example` stands in the empty field. `of` is what it is the text of, where a
    form is filled again with another: Slack keeps what stands in a field for as long as its ids stay.
    """
    element: Block = {
        "type": "plain_text_input",
        "action_id": ".".join(filter(None, (action(kind, field), of))),
        "multiline": lines,
        "max_length": INPUT,
    }
    start = cut(clean(initial[: INPUT + 200]), INPUT, "…")
    element |= {"initial_value": start if lines else " ".join(start.split())} if start else {}
    element |= {"placeholder": plain(example, 150)} if example else {}
    return _input(field, label, element, optional, hint)


def select(
    kind: Form,
    field: Field,
    label: str,
    choices: Sequence[Choice],
    *,
    initial: str = "",
    optional: bool = False,
    changes_form: bool = False,
    hint: str = "",
) -> Block:
    """One of `choices`; more than 100 of them are shown in groups. `changes_form` tells us at once."""
    options = [{"text": plain(choice.label, OPTION), "value": choice.id[:150]} for choice in choices]
    element: Block = {"type": "static_select", "action_id": action(kind, field), "placeholder": plain("Choose", 150)}
    if len(options) <= 100:
        element["options"] = options
    else:
        groups = [options[at : at + 100] for at in range(0, min(len(options), 10_000), 100)]
        element["option_groups"] = [{"label": _span(group), "options": group} for group in groups]
    chosen = [option for option in options if option["value"] == initial]
    element |= {"initial_option": chosen[0]} if chosen else {}
    return _input(field, label, element, optional, hint) | ({"dispatch_action": True} if changes_form else {})


def checks(
    kind: Form,
    field: Field,
    label: str,
    choices: Sequence[Choice],
    *,
    initial: Collection[str] = (),
    changes_form: bool = False,
) -> Block:
    """Any of at most ten `choices`. `changes_form` tells us at once."""
    options = [{"text": plain(choice.label, OPTION), "value": choice.id[:150]} for choice in choices[:10]]
    element: Block = {"type": "checkboxes", "action_id": action(kind, field), "options": options}
    ticked = [option for option in options if option["value"] in initial]
    element |= {"initial_options": ticked} if ticked else {}
    return _input(field, label, element, True, "") | ({"dispatch_action": True} if changes_form else {})


def moment(kind: Form, field: Field, label: str, initial: datetime | None, *, optional: bool, hint: str = "") -> Block:
    """A date and time, shown in the reader's own zone."""
    element: Block = {"type": "datetimepicker", "action_id": action(kind, field)}
    stamp = int(initial.timestamp()) if initial else 0
    element |= {"initial_date_time": stamp} if 1_000_000_000 <= stamp < 10_000_000_000 else {}
    return _input(field, label, element, optional, hint)


def person(kind: Form, field: Field, label: str, initial: str, *, optional: bool = False) -> Block:
    """Somebody in the workspace."""
    element: Block = {"type": "users_select", "action_id": action(kind, field)}
    return _input(field, label, element | ({"initial_user": initial} if initial else {}), optional, "")


def several(kind: Form, field: Field, label: str, initial: Sequence[str] = (), *, hint: str = "") -> Block:
    """Up to ten people in the workspace."""
    element: Block = {"type": "multi_users_select", "action_id": action(kind, field), "max_selected_items": 10}
    return _input(field, label, element | ({"initial_users": list(initial[:10])} if initial else {}), False, hint)


def day(kind: Form, field: Field, label: str) -> Block:
    """A date without a time; none is chosen from the start."""
    return _input(field, label, {"type": "datepicker", "action_id": action(kind, field)}, True, "")


def pictures(kind: Form, field: Field, label: str) -> Block:
    """Up to five pictures."""
    types = ["png", "jpg", "jpeg", "gif"]  # what an image block can show
    element: Block = {"type": "file_input", "action_id": action(kind, field), "filetypes": types, "max_files": 5}
    return _input(field, label, element, True, "")


def _input(field: Field, label: str, element: Block, optional: bool, hint: str) -> Block:
    block: Block = {"type": "input", "block_id": field, "label": plain(label, 2000), "element": element}
    return block | ({"optional": True} if optional else {}) | ({"hint": plain(hint, 2000)} if hint else {})


def _span(group: Sequence[Block]) -> Block:
    first, last = (group[at]["text"]["text"][:30] for at in (0, -1))
    return plain(f"{first} – {last}", OPTION)


class Answers:
    """What somebody filled in. A question that needed an answer and got none is kept until `check`."""

    def __init__(self, view: View) -> None:
        self._values = _object(_object(view.get("state")).get("values"))
        self.memory = Memory.of(view)
        self.wrong: dict[str, str] = {}

    def text(self, field: Field, missing: str = "") -> str:
        """The words, cleaned; empty where there are none, which is wrong if `missing` says so."""
        given = self._given(field).get("value")
        said = typed(given)[:INPUT] if isinstance(given, str) else ""
        if missing and not said:
            self.wrong[field] = missing
        return said

    def choice(self, field: Field, missing: str = "") -> str:
        """The id of the option or person chosen."""
        given = self._given(field)
        option = _object(given.get("selected_option"))
        chosen = str(option.get("value") or given.get("selected_user") or "")
        if missing and not chosen:
            self.wrong[field] = missing
        return chosen

    def ticked(self, field: Field) -> frozenset[str]:
        return frozenset(str(option["value"]) for option in self._given(field).get("selected_options") or ())

    def people(self, field: Field, missing: str) -> tuple[str, ...]:
        """The ids of the people chosen, each once; none is wrong."""
        chosen = tuple(dict.fromkeys(str(one) for one in self._given(field).get("selected_users") or ()))
        if not chosen:
            self.wrong[field] = missing
        return chosen

    def moment(self, field: Field) -> datetime | None:
        """The instant chosen, in UTC."""
        stamp = self._given(field).get("selected_date_time")
        if not isinstance(stamp, int):
            return None
        if not 0 < stamp < 10_000_000_000:
            self.wrong[field] = "This time cannot be read. Please choose it again."
            return None
        return datetime.fromtimestamp(stamp, UTC)

    def day(self, field: Field) -> str:
        """The date chosen, as `2026-11-30`; empty where there is none."""
        return str(self._given(field).get("selected_date") or "")

    def files(self, field: Field) -> tuple[str, ...]:
        """The ids of the files."""
        return tuple(str(file["id"]) for file in self._given(field).get("files") or ())

    def has(self, field: Field) -> bool:
        """Whether the form had that field when it was sent."""
        return field in self._values

    def check(self) -> None:
        """Raises Refused with a sentence per field at fault."""
        if self.wrong:
            raise Refused("Something is missing in this form.", self.wrong)

    def _given(self, field: Field) -> dict[str, Any]:
        return _object(next(iter(_object(self._values.get(field)).values()), None))


def _object(given: Any) -> dict[str, Any]:  # Any: whatever stands in a payload
    return given if isinstance(given, dict) else {}
