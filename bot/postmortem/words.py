"""The words of a document without their markup: for comparing, for judging, and for cutting into sentences."""

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator

_SAYS_SOMETHING = 20
#: Longer texts are not judged; whoever hides something hides it in length.
LONGEST = 4000
_MARKS = re.compile(r"\*+|`+|~~|\\(?=[!-/:-@\[-`{-~])")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\(([^()]*)\)")
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)([^`]+)\1(?!`)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!|<\?")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STOP = re.compile(r"[.!?](?:[*_)\]\"”’]{0,4})(?=\s)")
_SHORT = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|approx|ca|cf|no|incl|resp)|(?:^|\s)\w|\s\d+)\.$", re.IGNORECASE)


def phrases(text: str) -> re.Pattern[str]:
    """Finds any of the phrases as whole words, in lower-case text; they are patterns, and stand apart by ` | `."""
    choices = "|".join(re.split(r"\s+\|\s+", text.strip()))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def listed(text: str) -> tuple[str, ...]:
    """The words of a list that is written with commas, over several lines."""
    return tuple(" ".join(word.split()) for word in text.split(",") if word.strip())


def folded(text: str) -> str:
    """The words for comparing two versions of an item: no emphasis, case or spacing. What changes the sense stays."""
    return " ".join(_MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold().split())


def digest(action: str) -> str:
    """The hash of an item's normalised words, in hex."""
    return hashlib.sha256(folded(action).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def line(text: str) -> str:
    """On one line, as written."""
    return " ".join(text.split())


def plain(text: str) -> str:
    """What a reader sees, on one line: no emphasis, code marks or comments; of a link, its label."""
    return " ".join(_MARKS.sub("", html.unescape(_LINK.sub(r"\1", _uncommented(text)))).split())


def judged(text: str) -> str:
    """Everything that could matter to a judgement: as `plain`, with where links lead, accents and width evened out."""
    seen = html.unescape(_LINK.sub(r"\1 \2 ", _BREAK.sub(" ", text)))
    even = unicodedata.normalize("NFKD", _MARKS.sub("", seen))
    return " ".join("".join(c for c in even if not unicodedata.combining(c)).split())


def outside_code(text: str) -> str:
    """The text with its code spans blanked."""
    return _CODE.sub(" ` ", text)


def code(text: str) -> str:
    """What stands in code spans."""
    return " ; ".join(match[2] for match in _CODE.finditer(text))


def unreadable(text: str) -> bool:
    """Whether it holds what the rules cannot read as words: other scripts, invisible marks, tags, struck-out parts."""
    prose = outside_code(_BREAK.sub(" ", text))
    if "~~" in prose or _TAG.search(prose):
        return True
    return any(_odd(character) for character in set(html.unescape(text)))


def _odd(character: str) -> bool:
    if character.isascii():
        return not (character.isprintable() or character.isspace())
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
        return True
    # Greek mu and omega are units here
    return category[0] == "L" and not unicodedata.name(character, "").startswith("LATIN") and character not in "µμΩΔ"


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence with the number of line breaks before it; `e.g.`, initials and numbers end none."""
    start = breaks = 0
    for end in (*_ends(text), len(text)):
        piece = text[start:end]
        said = piece.lstrip()
        if said:
            yield breaks + piece.count("\n", 0, len(piece) - len(said)), said
        breaks += piece.count("\n")
        start = end


def first_sentence(text: str) -> tuple[str, str]:
    """An item's action and its details: the first sentence that says something, and what follows it."""
    whole = line(text)
    for end in _ends(whole):
        if end >= _SAYS_SOMETHING:
            return whole[:end], whole[end:].strip()
    return whole, ""


def _ends(text: str) -> Iterator[int]:
    for stop in _STOP.finditer(text):
        if not _SHORT.search(text, max(0, stop.start() - 12), stop.start() + 1):
            yield stop.end()


def _uncommented(text: str) -> str:
    kept, at = [], 0
    while (opened := text.find("<!--", at)) >= 0 and (closed := text.find("-->", opened + 4)) >= 0:
        kept.append(text[at:opened])
        at = closed + 3
    return " ".join([*kept, text[at:]])
