"""What a model or a source wrote, as a message shows it: no mention, no address that can be followed but known ones."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from bot.incident.text import visible
from bot.views.blocks import Block, Rendered, clean, linked, one_line, safe

_MORE = "…"
#: Between a scheme and what follows it, so that no client makes a link of it.
_JOINER = "\u2060"
#: Letters that take room and show nothing, or none at all: in them a text can be hidden from whoever reads it.
_HIDDEN = re.compile("[\u115f\u1160\u180e\u3164\uffa0\U000e0000-\U000e01ef]")
_SCHEME = re.compile(":(?=//)")


def said(text: str, limit: int = 300) -> str:
    """One line of theirs, for mrkdwn: it calls nobody, has no marks, hides nothing, and its addresses lead nowhere."""
    seen = _HIDDEN.sub("", visible(text[: limit * 4]))
    return safe(_SCHEME.sub(f":{_JOINER}", one_line(seen, limit)), limit * 2, _MORE)


def known_link(url: str, label: str, hosts: Collection[str]) -> str:
    """A link where its host is one of `hosts` (`git.example.com`; `.example.com` is all below); else its words."""
    return linked(url, label) if is_known(url, hosts) else safe(label, 200)


def is_known(url: str, hosts: Collection[str]) -> bool:
    """Whether an address leads to one of these hosts and nowhere else."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").casefold()
    except ValueError:
        return False
    if parts.scheme not in {"http", "https"} or "@" in parts.netloc or "\\" in url or not host.isascii():
        return False
    return any(host == each or (each.startswith(".") and host.endswith(each)) for each in map(str.casefold, hosts))


def hosts_of(*urls: str) -> frozenset[str]:
    """The hosts of these addresses, for `known_link`; what is no address has none."""
    found = set[str]()
    for url in urls:
        try:
            found.add(urlsplit(url).hostname or "")
        except ValueError:
            continue
    return frozenset(found - {""})


def exactly(command: str) -> str:
    """A command in a code block, as it is to be copied; empty where what one reads would not be what one runs."""
    plain = command.strip()
    if not plain or len(plain) > 800 or "```" in plain or not (plain.isascii() and plain.isprintable()):
        return ""
    shown = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"```{shown}```" if len(shown) <= 1500 else ""


def as_written(rendered: Rendered) -> Rendered:
    """With every text shown as it stands: Slack makes no links of what only looks like an address or a channel."""
    blocks: list[Block] = _verbatim(rendered.blocks)
    return Rendered(text=clean(rendered.text), blocks=blocks)


def _verbatim(part: Any) -> Any:  # Any: any part of a block
    if isinstance(part, list):
        return [_verbatim(each) for each in part]
    if not isinstance(part, dict):
        return part
    mark = {"verbatim": True} if part.get("type") == "mrkdwn" else {}
    return {name: _verbatim(each) for name, each in part.items()} | mark
