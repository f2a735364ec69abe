"""Slack's mark-up as HTML: pure, and safe whatever is thrown at it, since everything passes through `escape`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import groupby
from typing import Any

from markupsafe import Markup, escape

from bot.workspace.page import dates, emoji

#: Links may lead here and nowhere else; anything else stays text.
SAFE_LINK = re.compile(r"(?:https?://|mailto:)[^\s<>\"']+", re.IGNORECASE)

_FENCE = re.compile(r"```\n?(.*?)```", re.DOTALL)
_QUOTE = re.compile(r"(?:&gt;|>) ?")
#: Beside a word joiner a mark is a plain sign: it marks up what begins and ends with something to be seen.
_INLINE = re.compile(
    r"`(?!\u2060)(?P<code>[^`\n]*[^`\n\u2060])`"
    r"|<(?P<entity>[^<>\n]+)>"
    r"|(?P<bare>https?://[^\s<>|\"']*[\w/=#])"
    r"|(?<![\w*])\*(?=[^\s*\u2060])(?P<strong>[^\n]*?[^\s*\u2060])\*(?![\w*])"
    r"|(?<![\w_])_(?=[^\s_\u2060])(?P<em>[^\n]*?[^\s_\u2060])_(?![\w_])"
    r"|(?<![\w~])~(?=[^\s~\u2060])(?P<s>[^\n]*?[^\s~\u2060])~(?![\w~])"
)
_BREAK = Markup("<br>\n")


@dataclass(frozen=True)
class Reader:
    """Who reads: names by id, where a channel's page is, the zone times are shown in, and what time it is."""

    people: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # id -> (name, address or nothing)
    zone: tzinfo = UTC
    now: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    me: str = ""


def to_html(text: str, reader: Reader) -> Markup:
    """A whole text: code blocks, quotes, lines, and what stands in them."""
    parts = _FENCE.split(text)
    html = [
        Markup("<pre>{}</pre>").format(_plain(part.removesuffix("\n"))) if place % 2 else _lines(part, reader)
        for place, part in enumerate(parts)
    ]
    return Markup("").join(html)


def text_object(given: Mapping[str, Any] | None, reader: Reader) -> Markup:
    """Block Kit's text object, plain or mrkdwn."""
    if not given:
        return Markup("")
    if given.get("type") == "mrkdwn":
        return to_html(str(given.get("text", "")), reader)
    return _BREAK.join(escape(emoji.replace(line)) for line in str(given.get("text", "")).split("\n"))


def link(url: str, label: str | Markup = "") -> Markup:
    """A link that opens beside us, or just its text where it leads somewhere unsafe."""
    if not SAFE_LINK.fullmatch(url):
        return escape(label or url)
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label or url)


def person(id: str, reader: Reader, fallback: str = "") -> Markup:
    """A mention; the reader's own stands out."""
    kind = "mention me" if id == reader.me else "mention"
    return Markup('<span class="{}">@{}</span>').format(kind, reader.people.get(id, fallback or id))


def channel(id: str, reader: Reader, fallback: str = "") -> Markup:
    """A channel's name, as a link where the reader may follow it."""
    name, address = reader.channels.get(id, ("", ""))
    if not name:
        return Markup('<span class="mention">{}</span>').format(f"#{fallback}" if fallback else "a private channel")
    if not address:
        return Markup('<span class="mention">#{}</span>').format(name)
    return Markup('<a class="mention" href="{}">#{}</a>').format(address, name)


def date(seconds: str | int, form: str, url: str, fallback: str, reader: Reader) -> Markup:
    """A moment in the reader's zone, or the fallback where it is no moment."""
    try:
        moment = datetime.fromtimestamp(int(seconds), reader.zone)
    except (ValueError, OverflowError, OSError):
        return escape(fallback)
    shown = dates.in_words(form, moment, reader.now)
    html = Markup('<time datetime="{}" title="{}">{}</time>').format(moment.isoformat(), dates.full(moment), shown)
    return link(url, html) if url else html


def _lines(text: str, reader: Reader) -> Markup:
    html = []
    for quoted, group in groupby(text.split("\n"), key=lambda line: bool(_QUOTE.match(line))):
        if quoted:
            inner = _BREAK.join(_inline(_QUOTE.sub("", line, count=1), reader) for line in group)
            html.append(Markup("<blockquote>{}</blockquote>").format(inner))
        else:
            html.append(_BREAK.join(_inline(line, reader) for line in group))
    return Markup("").join(html)


def _inline(text: str, reader: Reader) -> Markup:
    html, last = [], 0
    for found in _INLINE.finditer(text):
        html += [_plain(emoji.replace(text[last : found.start()])), _marked(found, reader)]
        last = found.end()
    return Markup("").join([*html, _plain(emoji.replace(text[last:]))])


def _marked(found: re.Match[str], reader: Reader) -> Markup:
    kind, inner = str(found.lastgroup), found[str(found.lastgroup)]
    if kind == "code":
        return Markup("<code>{}</code>").format(_plain(inner))
    if kind == "entity":
        return _entity(inner, reader)
    if kind == "bare":
        return link(_unescape(inner))
    return Markup("<{0}>{1}</{0}>").format(kind, _inline(inner, reader))


def _entity(inner: str, reader: Reader) -> Markup:
    target, _, label = inner.partition("|")
    if target.startswith("@"):
        return person(target[1:], reader, label)
    if target.startswith("#"):
        return channel(target[1:], reader, label)
    if target.startswith("!date^"):
        seconds, form, url = (*target.split("^")[1:4], "", "", "")[:3]
        return date(seconds, form, _unescape(url), _unescape(label), reader)
    if target.startswith("!"):
        name = label.lstrip("@") or target[1:].partition("^")[0]
        return Markup('<span class="mention">@{}</span>').format(_unescape(name))
    if not SAFE_LINK.fullmatch(_unescape(target)):
        return _plain(f"<{inner}>")
    return link(_unescape(target), _plain(emoji.replace(label)) if label else "")


def _plain(text: str) -> Markup:
    return escape(_unescape(text))


def _unescape(text: str) -> str:
    """Slack's three escapes, undone once."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
