"""A plan as people may see it: what happens to which resource, and which attributes change, without their secrets."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.change.differing import Difference, differences, secrets, void
from bot.change.model import Attribute, Planned, Projection
from bot.change.policy import Policy, matches
from bot.change.terraform import ResourceChange, Unreadable, read
from bot.redact import Redactor
from bot.redact.manifests import NAME

#: What people read in place of a value.
HIDDEN = "•••"
#: Characters of a value, and of a name or an address.
LONGEST_VALUE, LONGEST_NAME = 80, 200
#: Attributes of one resource that are told one by one.
MOST_ATTRIBUTES = 40
#: A secret this short is only known by itself, not inside other words.
_SHORT = 4

_SIGNS = {"create": "+", "update": "~", "delete": "-", "read": "<", "forget": ".", "move": ">", "import": ">"}
_WORDS: dict[tuple[str, ...], tuple[str, str]] = {
    ("delete", "create"): ("-/+", "replace"),
    ("create", "delete"): ("+/-", "replace"),
}


class Veil:
    """What may be seen of a plan: every value that it marks as a secret is hidden wherever else it stands, too."""

    def __init__(self, plan: Mapping[str, Any]) -> None:
        known = secrets(plan)
        self._all = known
        self._long = tuple(each for each in known if len(each) >= _SHORT)
        self._redactor = Redactor(known)
        self._names: dict[str, str] = {}

    def name(self, text: str) -> str:
        """A name or an address on one line, without secrets."""
        if text not in self._names:
            shown = HIDDEN if text in self._all else self._redactor.text(text)
            for secret in self._long:
                shown = shown.replace(secret, HIDDEN)
            self._names[text] = _clipped(shown, LONGEST_NAME)
        return self._names[text]

    def value(self, value: object) -> str:
        """A value that may be shown, or `•••`; empty where there is none."""
        if value is None:
            return ""
        if isinstance(value, dict | list):
            return HIDDEN
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if text in self._all or any(secret in text for secret in self._long) or self._redactor.text(text) != text:
            return HIDDEN
        return _clipped(text, LONGEST_VALUE) or '""'


def project(plan: Mapping[str, Any], policy: Policy) -> Projection:
    """What people may see of the parsed JSON of `terraform show -json`; empty where it cannot be read."""
    try:
        document = read(plan)
    except Unreadable:
        return Projection()
    veil = Veil(plan)
    outputs = (name for name, change in document.output_changes.items() if change.actions != ["no-op"])
    return Projection(
        resources=tuple(_planned(each, veil, policy) for each in document.resource_changes if not each.idle),
        outputs=tuple(veil.name(name) for name in sorted(outputs)),
        unchanged=sum(each.idle for each in document.resource_changes),
    )


def lines(projection: Projection) -> list[str]:
    """The projection to read, one line a resource and one, indented, an attribute."""
    found = []
    for each in projection.resources:
        sign, word = _WORDS.get(each.actions) or (_SIGNS.get(each.actions[0], "?"), " and ".join(each.actions))
        found.append(f"{sign} {word} {each.address}")
        found += [f"    {attribute.name}{_change(attribute)}" for attribute in each.attributes]
    found += [f"~ output {name}" for name in projection.outputs]
    if projection.unchanged:
        found.append(f"{projection.unchanged} unchanged")
    return found


def _change(attribute: Attribute) -> str:
    before, after = attribute.before, attribute.after
    if not (before or after):
        return ""
    if not before or before == after == HIDDEN:
        return f": {after}"
    return f": {before} → {after or 'none'}"


def _planned(each: ResourceChange, veil: Veil, policy: Policy) -> Planned:
    """One resource. A move and an import are no actions of Terraform's, but are told like one."""
    words = [veil.name(action) for action in each.change.actions if action != "no-op" or not each.restated]
    attributes = []
    if each.previous_address not in (None, each.address):
        words.append("move")
        attributes.append(Attribute(name="moved from", after=veil.name(str(each.previous_address))))
    if each.change.importing is not None or each.change.generated_config:
        words.append("import")
    if each.deposed is not None:
        attributes.append(Attribute(name="a leftover of an earlier replacement"))
    open_kind = not matches(policy.platform_kinds, each.type)
    for difference in differences(each.change.model_dump()):
        attributes.append(_attribute(difference, veil, policy if open_kind else None))
    return Planned(
        address=veil.name(each.address),
        type=veil.name(each.type),
        actions=tuple(words) or ("?",),
        attributes=tuple(_bounded(attributes)),
    )


def _attribute(each: Difference, veil: Veil, policy: Policy | None) -> Attribute:
    """An attribute; without a policy none of its values may be shown."""
    name = veil.name(each.name) or "all of it"
    named = next((part for part in reversed(each.path) if not part.startswith("[")), "")
    secret = any(NAME.search(part) for part in each.path)
    if each.hidden or each.later or secret or policy is None or not matches(policy.shown, named):
        before, after = (
            HIDDEN if there else "" for there in (not void(each.before), each.later or not void(each.after))
        )
        return Attribute(name=name, before=before, after=after)
    return Attribute(name=name, before=veil.value(each.before), after=veil.value(each.after))


def _bounded(attributes: list[Attribute]) -> Iterator[Attribute]:
    yield from attributes[:MOST_ATTRIBUTES]
    if more := len(attributes[MOST_ATTRIBUTES:]):
        yield Attribute(name=f"and {more} more")


def _clipped(text: str, most: int) -> str:
    """On one line, and not longer."""
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"
