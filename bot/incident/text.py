"""Text as Slack sends it, made readable: links unwrapped, escapes undone, invisible marks and smart typing removed."""

import re

#: NUL and other controls (tab and newline stay), zero-width and right-to-left marks, byte-order mark, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00a0\u2007\u202f\u2009", " "),
        **dict.fromkeys("\r\u0085\u2028\u2029", "\n"),
        "\u2026": "...",
    }
)
_WRAPPED = re.compile(r"<([^<>|]+)(?:\|([^<>]*))?>")


def visible(text: str) -> str:
    """As it is, but for what nobody sees and no database keeps."""
    return _INVISIBLE.sub("", text)


def normalise(text: str) -> str:
    """Plain quotes, dashes and spaces, nothing invisible; Slack's `<...>` and `&amp;` are left as they are."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").translate(_TYPED)).strip()


def _unwrap(match: re.Match[str]) -> str:
    target, label = match[1], match[2] or ""
    if target[0] in "@#!":
        name = label or target[1:]
        return name if name.startswith(("@", "#")) else ("#" if target[0] == "#" else "@") + name
    address = target.removeprefix("mailto:")
    return address if not label or label in address else f"{label} ({address})"


def readable(text: str) -> str:
    """What the person typed: `<https://x|x>` is the link, `<@U1|ana>` is `@ana`, `&amp;` is `&`.

    Once, and only for the text of a command or an event: Slack escapes those. What comes from a form, a button or from
    here is plain already, and a `<` in it is a `<`.
    """
    plain = _WRAPPED.sub(_unwrap, normalise(text))
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def shorten(text: str, limit: int) -> str:
    """One line of at most `limit` characters, cut between words where it can be."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rsplit(" ", 1)[0] if " " in cut[limit // 2 :] else cut).rstrip(" ,;:-") + "…"
