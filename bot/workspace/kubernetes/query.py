"""How a cluster's API is asked for a part of a list: selectors, limits, and where to go on."""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.workspace.kubernetes.objects import Json


class Invalid(Exception):
    """The query makes no sense; the text says why."""


class Gone(Exception):
    """Where the list was to go on is no longer known."""


@dataclass(frozen=True)
class Page:
    """A part of a list; `going` is where the next begins, empty at the end."""

    items: Sequence[Json]
    going: str
    left: int


_TERM = re.compile(r"(!?)([\w./-]+)(?:\s*(==|=|!=)\s*([\w.-]*)|\s+(in|notin)\s+\(([^)]*)\))?")


def selected(items: Iterable[Json], labels: str, fields: str) -> list[Json]:
    """Those that fit a label selector and a field selector. Raises Invalid."""
    wanted = [_label(term) for term in re.split(r",(?![^(]*\))", labels) if term]
    equal = [_field(term) for term in fields.split(",") if term]
    return [
        item
        for item in items
        if all(_fits(item["metadata"].get("labels") or {}, *term) for term in wanted)
        and all((_at(item, path) == value) == same for path, value, same in equal)
    ]


def page(items: Sequence[Json], limit: str, going: str, epoch: int) -> Page:
    """The first `limit` from where it goes on. Raises Gone where that is of another epoch, Invalid."""
    start = 0
    if going:
        try:
            place = json.loads(base64.urlsafe_b64decode(going))
            start, of = int(place["start"]), int(place["epoch"])
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise Invalid("continue key is not valid") from error
        if of != epoch:
            raise Gone
    end = start + int(limit) if limit.isdecimal() and int(limit) else len(items)
    left = max(0, len(items) - end)
    place = json.dumps({"start": end, "epoch": epoch}).encode()
    return Page(items[start:end], base64.urlsafe_b64encode(place).decode() if left else "", left)


def _label(term: str) -> tuple[str, str, tuple[str, ...]]:
    match = _TERM.fullmatch(term.strip())
    if match is None:
        raise Invalid(f"unable to parse requirement: {term}")
    absent, key, sign, value, word, values = match.groups()
    if word:
        return key, word, tuple(each.strip() for each in values.split(","))
    if sign:
        return key, "notin" if sign == "!=" else "in", (value,)
    return key, "absent" if absent else "there", ()


def _fits(labels: Json, key: str, how: str, values: tuple[str, ...]) -> bool:
    match how:
        case "in":
            return labels.get(key) in values
        case "notin":
            return labels.get(key) not in values
        case "absent":
            return key not in labels
    return key in labels


def _field(term: str) -> tuple[str, str, bool]:
    path, sign, value = term.partition("!=" if "!=" in term else "=")
    if not sign:
        raise Invalid(f"invalid selector: {term}")
    return path, value.removeprefix("="), sign == "="


def _at(item: Json, path: str) -> str:
    found: object = item
    for part in path.split("."):
        found = found.get(part, "") if isinstance(found, dict) else ""
    return str(found)
