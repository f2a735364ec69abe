"""Text in a table's cell: whatever somebody wrote shows as just that, stays in its cell, and can be read back."""

import re

from bot.postmortem.document.model import Words

#: Takes no room; nothing here needs it, and it would hide in a name.
_INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_ADDRESS = re.compile(r"(https?://(?:[^\s<>|\"'`\\()\[\]*~&_]|&(?!#|\w+;)|(?<=\w)_(?=\w))*[\w/=#])")
#: Marks that Markdown would act on. An underscore inside a word, and a lone ampersand, it leaves alone.
_MARK = re.compile(r"[\\`*\[\]<>|~!#]|(?<![^\W_])_|_(?![^\W_])|&(?=#?\w+;)")
_ESCAPED = re.compile(r"<br>|\\([!-/:-@\[-`{-~])")
_LINE_START = re.compile(r"^(?:([+=:-])|(\d{1,9})([.)]))")
_BOLD = re.compile(r"(?<!\\)\*\*")
_LINK = re.compile(r"\[((?:[^\[\]\\]|\\.)*)\]\(([^()\s]*)\)")


def cell(text: str) -> str:
    """As Markdown for one cell. `plain_cell` turns it back, but for invisible signs and blanks at the ends."""
    parts = _ADDRESS.split(tidy(text))
    parts[::2] = [_MARK.sub(r"\\\g<0>", part).replace("\n", "<br>") for part in parts[::2]]
    return "".join(parts)


def prose(text: str) -> str:
    """What somebody wrote, as paragraphs of Markdown that show exactly that: no list, heading or code block begins."""
    lines = (cell(line) for line in tidy(text).split("\n"))
    return "\n".join(_LINE_START.sub(r"\2\\\1\3", line) for line in lines)


def tidy(text: str) -> str:
    """What of a text a cell keeps."""
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\t", " ")).strip()


def plain_cell(written: str) -> str:
    """What a cell says, given what stands in it."""
    return _ESCAPED.sub(lambda found: found[1] or "\n", written.strip())


def plain_prose(written: str) -> str:
    """What a section of ours says, for where Markdown is not read: nothing is bold, a link stands beside its words."""
    return plain_cell(_BOLD.sub("", _LINK.sub(r"\1 \2", written)))


def linked(words: Words) -> str:
    """A cell that is a link, where it has an address."""
    return f"[{cell(words.text)}]({address(words.url)})" if words.url else cell(words.text)


def address(url: str) -> str:
    """A web address that ends no link and no cell."""
    return re.sub(r"[\s()<>|\\]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url.strip())


def words(written: str) -> Words:
    """What a cell says and where it leads."""
    link = _LINK.fullmatch(written.strip())
    return Words(text=plain_cell(link[1]), url=link[2]) if link else Words(text=plain_cell(written))
