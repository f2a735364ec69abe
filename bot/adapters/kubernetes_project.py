"""What is kept of an object of a cluster: what a shape names, and nothing else."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bot.redact import MASK, Redactor

#: Lists and texts are cut here: entries, characters.
ENTRIES, WORDS, PROSE = 60, 300, 1000

#: What becomes of a value; None where it goes.
Leaf = Callable[[Any], Any]  # Any: JSON of any shape
#: The fields that are kept, each with what is kept of it. A shape in brackets is that of every entry of a list.
Shape = Mapping[str, "Shape | list[Shape] | Leaf"]

_REDACTOR = Redactor()
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[@-Z\\-_])")
#: Annotations that say something about what happens; every other may hold anything.
_ANNOTATIONS = frozenset(
    {
        "deployment.kubernetes.io/revision",
        "deployment.kubernetes.io/revision-history",
        "deployment.kubernetes.io/desired-replicas",
        "kubernetes.io/change-cause",
        "kubectl.kubernetes.io/restartedAt",
        "meta.helm.sh/release-name",
    }
)
_SECRET = re.compile("pass|pwd|secret|token|credential|key|auth|dsn|salt|cert|license", re.IGNORECASE)
_GIVEN = re.compile(r"([\w.-]{1,60}=)\S+")
_FLAG = re.compile(r"-{1,2}[A-Za-z][\w.-]*")
#: A value that hides nothing: a number, a switch, a path, an address, a few words of small letters.
_PLAIN = re.compile(
    r"[0-9]{1,9}(?:\.[0-9]+)?(?:[a-zA-Z%]{1,3})?|/(?:[\w.-]{1,40}/?){0,8}|(?:[a-z0-9-]{1,40}\.){0,5}[a-z-]{1,24}"
    r"(?::[0-9]{1,5})?|:[0-9]{1,5}|[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]{1,5})?"
)


def kept(raw: Any, shape: Shape) -> dict[str, Any]:  # Any: whatever a cluster answered
    """`raw`, as far as the shape names it; empty for anything but an object.

    What is an object, or a list of them, in the shape is that or not there; a leaf is checked by whoever reads it.
    """
    if not isinstance(raw, Mapping):
        return {}
    found = {name: _part(raw[name], want) for name, want in shape.items() if name in raw}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _part(value: Any, want: "Shape | list[Shape] | Leaf") -> Any:  # Any: JSON of any shape
    if callable(want):
        return want(value)
    if isinstance(want, Mapping):
        return kept(value, want)
    entries = value[:ENTRIES] if isinstance(value, list) else []
    return [part for each in entries if (part := kept(each, want[0]))]


def prose(text: str, most: int = PROSE) -> str:
    """A text that a program wrote, without what looks secret and without control characters."""
    return shorter(clean(text[: most * 4]), most)


def clean(text: str) -> str:
    """The same, as long as it is."""
    return _REDACTOR.text(_CONTROL.sub(" ", _ESCAPES.sub("", text)))


def shorter(text: str, most: int) -> str:
    """Cut where it is longer."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def scalar(value: Any) -> Any:  # Any: JSON of any shape
    """A word, number or switch; nothing else."""
    if isinstance(value, str):
        return _CONTROL.sub(" ", value[:WORDS])
    return value if isinstance(value, bool | int | float) else None


def path(value: Any) -> Any:  # Any: JSON of any shape
    """A path on a server, without what may stand behind a question mark."""
    return scalar(value.partition("?")[0]) if isinstance(value, str) else None


def message(value: Any) -> Any:  # Any: JSON of any shape
    """A sentence for people."""
    return prose(value) if isinstance(value, str) else None


def scalars(value: Any) -> Any:  # Any: JSON of any shape
    """A list of words, or words by name: labels, resources, addresses."""
    if isinstance(value, Mapping):
        pairs = list(value.items())[:ENTRIES]
        return {str(name)[:WORDS]: word for name, each in pairs if (word := scalar(each)) is not None}
    return [word for each in value[:ENTRIES] if (word := scalar(each)) is not None] if isinstance(value, list) else None


def names(value: Any) -> Any:  # Any: JSON of any shape
    """Of things that have a name and a value, only what they are called."""
    if not isinstance(value, list):
        return None
    return [scalar(each["name"]) for each in value[:ENTRIES] if isinstance(each, Mapping) and "name" in each]


def annotations(value: Any) -> Any:  # Any: JSON of any shape
    """Those that say what happened. A cause of change may be a whole command, so no value in one is kept."""
    given = value if isinstance(value, Mapping) else {}
    return {
        name: prose(_GIVEN.sub(rf"\1{MASK}", str(given[name])), WORDS) for name in sorted(_ANNOTATIONS & given.keys())
    }


def changed(value: Any) -> Any:  # Any: JSON of any shape
    """Of managedFields: when something was last written, and by which program."""
    rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
    written = [(str(row["time"]), str(row.get("manager") or "")) for row in rows if row.get("time")]
    if not written:
        return None
    at, by = max(written)
    return {"at": at[:WORDS], "by": scalar(by)}


def arguments(value: Any) -> Any:  # Any: JSON of any shape
    """The words of a command line. A value stays where it is plain and no word says that it is a secret."""
    if not isinstance(value, list):
        return None
    shown: list[str] = []
    before = ""
    for word in value[:ENTRIES]:
        text = str(word)[:WORDS]
        flag, equals, given = text.partition("=")
        if _FLAG.fullmatch(flag):
            shown.append(f"{_flag(flag)}={_value(given, flag)}" if equals else _flag(flag))
        else:
            shown.append(_value(text, before))
        before = text
    return shown


def _flag(flag: str) -> str:
    """`-pSECRET` is a flag with its value at once."""
    return flag if flag.startswith("--") or len(flag) <= 3 else f"{flag[:2]}{MASK}"


def _value(given: str, after: str) -> str:
    plain = _PLAIN.fullmatch(given) and not (_FLAG.fullmatch(after) and _SECRET.search(after))
    return given if plain and _REDACTOR.text(given) == given else MASK
