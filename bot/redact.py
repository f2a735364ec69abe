"""Takes secrets out of everything that is kept or shown: known values, and what looks like a credential."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

MASK = "***"

#: Known values shorter than this are left alone: masking `abc` everywhere would hide more than it protects.
SHORTEST = 6

#: Tokens that are recognised by their shape, wherever they stand: Slack, GitHub, GitLab, AWS, Google, Vault, models.
_TOKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:(?:xox[a-z]-|xapp-|gh[opsur]_|github_pat_|glpat-)[A-Za-z0-9_-]{4,}"
    r"|(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])|AIza[A-Za-z0-9_-]{35}|hv[sb]\.[A-Za-z0-9_-]{20,}"
    r"|sk[-_](?=[A-Za-z0-9_-]{0,40}\d)[A-Za-z0-9_-]{20,}"
    r"|eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})"
)
#: A private key, to its end or to where the text was cut.
_PEM = re.compile(r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL)
#: Who knows the address of an incoming webhook may post there; host and team stay.
_WEBHOOK = re.compile(r"(https://hooks\.slack\.com/services/T[A-Z0-9]+/)[A-Za-z0-9/]+")
#: A credential after a word that announces it; the word stays. Outside a header the word may be one of a sentence, so
#: what follows has to look like no word: a digit in it, or a capital after a small letter.
_HEADER = re.compile(r"(\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|token)\s+)[^\s,;\"']+", re.IGNORECASE)
_BEARER = re.compile(
    r"\b((?i:bearer|basic|token)\s+)(?=[A-Za-z._~+/=-]{0,60}(?:\d|[a-z][A-Z]))[A-Za-z0-9._~+/=-]{12,}(?![A-Za-z0-9:])"
)
_NAMED = (
    r"(?<![A-Za-z0-9_.-])(?:[a-z0-9]+[_.-])*(?:password|passwd|passphrase|pwd|secret|token|credentials?"
    r"|(?:api|access|secret|private)[_-]?key)"
)
_ASSIGNED = re.compile(rf"({_NAMED}\s*=\s*)[^\s,;&\"']+", re.IGNORECASE)
_QUOTED = re.compile(rf"({_NAMED}[\"']?\s*[:=]\s*([\"']))[^\"'\n]{{4,}}(?=\2)", re.IGNORECASE)
_SAID = re.compile(
    rf"({_NAMED}(?:\s*:\s*|\s+(?:is|was)\s+))(?!https?:)(?=[^\s,;]{{0,60}}[\d!@#$%^*+~])[^\s,;&\"']{{6,}}",
    re.IGNORECASE,
)
#: `scheme://user:password@host`; user and host stay.
_URL = re.compile(r"(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}://[^\s/:@]{0,200}:)[^\s/]{1,500}@", re.IGNORECASE)
_WORDS = re.compile("pass|pwd|secret|token|credential|key", re.IGNORECASE)
#: A hint without which the rule need not be tried, the rule, and what stands there instead. What is longest comes
#: first, so that no rule leaves a part of what another one would have taken whole.
_RULES = (
    (re.compile("PRIVATE KEY"), _PEM, MASK),
    (re.compile("@"), _URL, rf"\1{MASK}@"),
    (re.compile("hooks"), _WEBHOOK, rf"\1{MASK}"),
    (re.compile("[a-zA-Z0-9]{2}[-_.]|A[KSI]"), _TOKEN, MASK),
    (re.compile("authorization", re.IGNORECASE), _HEADER, rf"\1{MASK}"),
    (re.compile("bearer|basic|token", re.IGNORECASE), _BEARER, rf"\1{MASK}"),
    (_WORDS, _QUOTED, rf"\1{MASK}"),
    (_WORDS, _ASSIGNED, rf"\1{MASK}"),
    (_WORDS, _SAID, rf"\1{MASK}"),
)
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
        for hint, rule, shown in _RULES:
            if hint.search(text):  # most texts hold none of these words, and then cost nothing more
                text = rule.sub(shown, text)
        return text

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
