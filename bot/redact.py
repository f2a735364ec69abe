"""Takes secrets out of everything that is kept or shown: known values, and what looks like a credential."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"

#: Known values shorter than this are left alone: masking `abc` everywhere would hide more than it protects.
SHORTEST = 6

#: Tokens that are recognised by their shape, wherever they stand.
_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:xox[a-z]-|xapp-|gh[opsur]_|github_pat_)[A-Za-z0-9_-]{4,}")
#: A credential after a word that announces it; the word stays.
_BEARER = re.compile(r"\b(Bearer|Basic|token)(\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_ASSIGNED = re.compile(r"\b((?:password|passwd|secret|token|api[_-]?key)\s*[=:]\s*)[^\s,;&\"']+", re.IGNORECASE)
#: `scheme://user:password@host`; user and host stay.
_URL = re.compile(r"\b([a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,300}:)[^\s/]{1,2000}@", re.IGNORECASE)
#: A key in structured data whose whole value is a secret.
_KEY = re.compile(r"(?:^|[_-])(?:token|secret|password|passwd|authorization|api_key|signature)$", re.IGNORECASE)


def looks_secret(text: str) -> bool:
    """Whether a token of a known shape, or a URL with a password, stands in `text`."""
    return bool(_TOKEN.search(text) or _URL.search(text))


class Redactor:
    """Replaces secrets by `***`. `known` are the values this process was given; order and repeats do not matter."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted({value for value in known if len(value) >= SHORTEST}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secrets; the rest is unchanged."""
        for value in self._known:
            text = text.replace(value, MASK)
        text = _URL.sub(rf"\1{MASK}@", text)
        text = _TOKEN.sub(MASK, text)
        text = _BEARER.sub(rf"\1\2{MASK}", text)
        return _ASSIGNED.sub(rf"\1{MASK}", text)

    def deep(self, value: Any) -> Any:  # Any: JSON of any shape goes in, the same shape comes out
        """`value` with every text in it redacted, and everything under a key that names a secret masked."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {
                self.text(key) if isinstance(key, str) else key: MASK if _is_secret(key, item) else self.deep(item)
                for key, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return type(value)(self.deep(item) for item in value)
        return value


def _is_secret(key: object, value: object) -> bool:
    return isinstance(key, str) and isinstance(value, str | bytes) and bool(value) and bool(_KEY.search(key))
