"""Issue forms as GitHub reads them from `.github/ISSUE_TEMPLATE`: what it refuses, and what it makes of one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from bot.errors import Refused

NO_RESPONSE = "_No response_"
_KEYS = {"name", "description", "title", "labels", "assignees", "projects", "type", "body"}
_KINDS = {"markdown", "input", "textarea", "dropdown", "checkboxes"}
_ID = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True)
class Question:
    """One question of a form; `options` are those of a dropdown."""

    id: str
    kind: str
    label: str
    description: str = ""
    placeholder: str = ""
    required: bool = False
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Form:
    """A form: what it is called, what its issues get, and what it asks. `intro` is the text above the questions."""

    name: str
    about: str
    title: str
    labels: tuple[str, ...]
    questions: tuple[Question, ...]
    intro: str = ""

    def body(self, given: Mapping[str, str]) -> str:
        """What GitHub writes into the issue. Raises Refused where the browser would not let it be sent."""
        parts = []
        for question in self.questions:
            answer = given.get(question.id, "").replace("\r\n", "\n").strip()
            if question.required and not answer:
                raise Refused(f"{question.label}: This field is required.")
            if question.options and answer not in ("", *question.options):
                raise Refused(f"{question.label}: {answer} is not one of the choices.")
            parts.append(f"### {question.label}\n\n{answer or NO_RESPONSE}")
        return "\n\n".join(parts)


def read(text: str) -> Form:
    """A form from its YAML. Raises Refused with GitHub's reason where GitHub would not show it."""
    try:
        form = yaml.safe_load(text)
    except yaml.YAMLError as broken:
        raise Refused("This is not YAML.") from broken
    if not isinstance(form, dict) or not form.keys() <= _KEYS:
        raise Refused("Top level keys that GitHub does not know.")
    for key in ("name", "description", "body"):
        if not form.get(key):
            raise Refused(f"Required top level key `{key}` is missing.")
    questions = [_question(part) for part in form["body"] if part.get("type") != "markdown"]
    if not questions:
        raise Refused("Body must contain at least one non-markdown field.")
    for what, values in (("ids", [q.id for q in questions]), ("labels", [q.label for q in questions])):
        if len(set(values)) < len(values):
            raise Refused(f"Body must have unique {what}.")
    intro = "\n".join(part["attributes"]["value"] for part in form["body"] if part.get("type") == "markdown")
    labels = tuple(form.get("labels", []))
    return Form(form["name"], form["description"], form.get("title", ""), labels, tuple(questions), intro)


def _question(part: dict[str, Any]) -> Question:
    kind, id, about = part.get("type", ""), part.get("id", ""), part.get("attributes", {})
    if kind not in _KINDS or not part.keys() <= {"type", "id", "attributes", "validations"}:
        raise Refused(f"Body: {kind!r} is not a valid input type, or has keys that GitHub does not know.")
    if not _ID.fullmatch(id):
        raise Refused("Body: id can only contain numbers, letters, -, _.")
    if not about.get("label"):
        raise Refused(f"Body: {id}: label is missing.")
    options = tuple(about.get("options", ()))
    if kind == "dropdown" and (not options or len(set(options)) < len(options) or not all(options)):
        raise Refused(f"Body: {id}: options must be unique, and there must be one.")
    if any(not isinstance(option, str) or option.casefold() == "none" for option in options):
        raise Refused(f"Body: {id}: options must be text, and must not include the reserved word None.")
    required = part.get("validations", {}).get("required", False) is True
    shown = (about.get("description", ""), about.get("placeholder", ""))
    return Question(id, kind, about["label"], *shown, required, options)
