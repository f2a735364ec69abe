"""Takes secrets out of everything that is kept or shown: known values, and what looks like a credential."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from bot.redact import manifests
from bot.redact.forms import forms
from bot.redact.shapes import SHAPES, Shape, looks_secret

__all__ = ["MASK", "SHORTEST", "Redactor", "looks_secret"]

#: What people read in place of a secret.
MASK = "***"
#: What a model reads begins so; see `Redactor.for_models`.
PLACEHOLDER = "[redacted:"

#: Known values shorter than this are left alone: masking `abc` everywhere would hide more than it protects.
SHORTEST = 6


class Redactor:
    """Replaces secrets by `***`. `known` are the values this process was given; order and repeats do not matter.

    `masked` counts what was taken out, by kind.
    """

    def __init__(self, known: Iterable[str] = (), *, key: bytes = b"") -> None:
        self._values = frozenset(value for value in known if len(value) >= SHORTEST)
        self._known = sorted({form for value in self._values for form in forms(value)}, key=len, reverse=True)
        self._key = key
        self.masked: Counter[str] = Counter()

    def for_models(self, nonce: str) -> "Redactor":
        """The same for one run of agents, with a count of its own. Instead of `***` stands `[redacted:3fa9:jwt]`: its
        kind, and a sign by which the same secret is known again in this run; the nonce keeps it from being guessed.
        """
        return Redactor(self._values, key=nonce.encode()[:64])

    def text(self, text: str) -> str:
        """`text` without secrets; the rest is unchanged. What was redacted already stays as it is."""
        for form in self._known:
            if form in text:
                text = text.replace(form, self._hide("known", form, text.count(form)))
        text = manifests.in_text(text, self._hide)
        small = text.lower()
        for shape in SHAPES:
            if shape.may_fit(small):  # most texts hold none of these words, and then cost nothing more
                text = self._without(shape, text)
        return text

    def deep(self, value: Any) -> Any:  # Any: JSON of any shape goes in, the same shape comes out
        """`value` with every text in it redacted, and everything under a key that names a secret masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            secret = manifests.in_data(value)
            return {
                self.text(key) if isinstance(key, str) else key: (
                    self._all(item) if key in secret or _is_secret(key, item) else self.deep(item)
                )
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return type(value)(self.deep(item) for item in value)
        return value

    def _all(self, value: Any) -> Any:  # Any: as above
        """With every text in it hidden; keys stay."""
        if isinstance(value, Mapping):
            return {key: self._all(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self._all(item) for item in value)
        return self._hide("value", str(value)) if value not in (None, "") else value

    def _without(self, shape: Shape, text: str) -> str:
        kept = "keep" in shape.pattern.groupindex

        def hidden(found: re.Match[str]) -> str:
            keep = found["keep"] if kept else ""
            return keep + self._hide(shape.kind, found[0][len(keep) :])

        if not shape.by_line:
            return shape.pattern.sub(hidden, text)
        lines = text.split("\n")
        return "\n".join(shape.pattern.sub(hidden, line) if shape.may_fit(line.lower()) else line for line in lines)

    def _hide(self, kind: str, secret: str, count: int = 1) -> str:
        if secret.startswith((MASK, PLACEHOLDER)):
            return secret
        self.masked[kind] += count
        if not self._key:
            return MASK
        sign = blake2b(secret.encode("utf-8", "surrogatepass"), key=self._key, digest_size=2).hexdigest()
        return f"{PLACEHOLDER}{sign}:{kind}]"


def _is_secret(key: object, value: object) -> bool:
    return isinstance(key, str) and isinstance(value, str | bytes) and bool(value) and bool(manifests.NAME.search(key))
