"""What differs between the two sides of a planned object, and which values may not be seen: JSON of any shape."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

#: Deeper than this only the name of what holds the difference is told.
DEEPEST = 16
#: Where a value stands, and where it is said whether it is a secret.
_MARKED = (
    ("before", "before_sensitive"),
    ("after", "after_sensitive"),
    ("values", "sensitive_values"),
    ("value", "sensitive"),
    ("default", "sensitive"),
)
#: JSON of any shape.
Value = Any


class Difference(NamedTuple):
    """One value that differs: the way to it, and its two sides; None where it is not there.

    `hidden`: it is a secret. `later`: what it will be is not known before the apply.
    """

    path: tuple[str, ...]
    before: Value
    after: Value
    hidden: bool = False
    later: bool = False

    @property
    def name(self) -> str:
        """As people read it: `spec.replicas`."""
        return ".".join(self.path)


class _Side(NamedTuple):
    """A value, whether it is a secret (`marks`), and whether it is not known yet, each in the shape of the value."""

    value: Value
    marks: Value = False
    unknown: Value = False

    def below(self, key: str | int) -> "_Side":
        """The same for what stands under a key, or at a place."""
        return _Side(_child(self.value, key, None), _under(self.marks, key), _under(self.unknown, key))


def differences(change: Mapping[str, Value]) -> Iterator[Difference]:
    """What differs, by the smallest parts that can be told apart. `change` has Terraform's keys, as of one object.

    A list of one is passed over in the name, since that is how Terraform writes a block: `spec.replicas`.
    """
    before = _Side(change.get("before"), change.get("before_sensitive"))
    after = _Side(change.get("after"), change.get("after_sensitive"), change.get("after_unknown"))
    yield from _differ((), before, after)


def _differ(path: tuple[str, ...], before: _Side, after: _Side) -> Iterator[Difference]:
    unknown = _anywhere(after.unknown)
    same = _same(before.value, after.value) or (void(before.value) and void(after.value))
    if same and not unknown and _same_marks(before, after):
        return
    whole = any(side.marks is True or side.unknown is True for side in (before, after)) or len(path) >= DEEPEST
    keys = None if whole else _keys(before.value, after.value, after.unknown if unknown else None)
    if keys is None:
        yield Difference(path or ("",), before.value, after.value, _anywhere([before.marks, after.marks]), unknown)
        return
    for key in keys:
        named = (str(key),) if isinstance(key, str) else () if len(keys) == 1 else (f"[{key}]",)
        yield from _differ((*path, *named), before.below(key), after.below(key))


def _keys(*sides: Value) -> list[str] | list[int] | None:
    """What the sides can be compared by; None where they are to be compared as they are."""
    there = [side for side in sides if not void(side)]
    if there and all(isinstance(side, dict) for side in there):
        return sorted({key for side in there for key in side})
    if there and all(isinstance(side, list) for side in there):
        lengths = {len(side) for side in there}
        return list(range(lengths.pop())) if len(lengths) == 1 else None
    return None


def void(value: Value) -> bool:
    """Not there, or there without anything in it: Terraform writes now this, now that."""
    return value in (None, {}, [])


def _child(value: Value, key: str | int, default: Value) -> Value:
    if isinstance(value, dict):
        return value.get(key, default)
    if isinstance(value, list) and isinstance(key, int):
        return value[key] if key < len(value) else default
    return default


def _under(marks: Value, key: str | int) -> Value:
    """What is said of a part; what is said of the whole, or cannot be read, holds for every part."""
    if isinstance(marks, dict) and isinstance(key, str):
        return marks.get(key, False)
    if isinstance(marks, list) and isinstance(key, int):
        return marks[key] if key < len(marks) else False
    return bool(marks)


def _same(before: Value, after: Value) -> bool:
    """As JSON: 1 is not true."""
    if isinstance(before, dict) and isinstance(after, dict):
        return before.keys() == after.keys() and all(_same(before[key], after[key]) for key in before)
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(_same, before, after))
    return type(before) is type(after) and bool(before == after)


def _same_marks(before: _Side, after: _Side) -> bool:
    """Whether the same is secret on both sides; of what is not there nothing is."""
    return before.marks == after.marks or not (_anywhere(before.marks) or _anywhere(after.marks))


def _anywhere(marks: Value) -> bool:
    """Whether anything in it is marked."""
    left = [marks]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += each.values()
        elif isinstance(each, list):
            left += each
        elif each:
            return True
    return False


def secrets(plan: Value) -> frozenset[str]:
    """Every value that is marked as a secret anywhere in a plan, whatever its shape: numbers as text, no truths."""
    found: set[str] = set()
    left = [plan]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            for value, marks in _MARKED:
                if value in each and marks in each:
                    found |= set(_marked(each[value], each[marks]))
            left += each.values()
        elif isinstance(each, list):
            left += each
    return frozenset(found | set(_variables(plan)))


def _marked(value: Value, marks: Value) -> Iterator[str]:
    left = [(value, marks)]
    while left:
        value, marks = left.pop()
        if isinstance(value, dict):
            left += [(item, _under(marks, key)) for key, item in value.items()]
        elif isinstance(value, list):
            left += [(item, _under(marks, place)) for place, item in enumerate(value)]
        elif _anywhere(marks) and not isinstance(value, bool | None) and value != "":
            yield str(value)


def _variables(plan: Value) -> Iterator[str]:
    """Values of the variables that the configuration calls sensitive."""
    declared = _child(_child(_child(plan, "configuration", None), "root_module", None), "variables", None)
    for name in declared if isinstance(declared, dict) else ():
        given = _child(_child(_child(plan, "variables", None), name, None), "value", None)
        yield from _marked(given, bool(_child(declared[name], "sensitive", None)))
