"""Search over past post-mortems: the passages that say most about the words, best first (BM25)."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.incident.model import Frozen
from bot.incident.text import normalise, shorten
from bot.postmortem.assignment import document_date
from bot.postmortem.blocks import Block, Heading, Text, blocks, commented, pieces, text
from bot.postmortem.bm25 import WORD, Weighed, folded, means, weigh
from bot.postmortem.card import titled, unwritten
from bot.postmortem.words import plain, sentences

#: A passage is about so long. Words.
LENGTH = 100
#: As much of a passage is shown. Characters.
SHOWN = 300
#: Passages of one document among the hits, and words of a query that count.
A_DOCUMENT, A_QUERY = 2, 32
_PHRASE = re.compile(r'"([^"]*)"')
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")


class Hit(Frozen):
    """A passage that was found. `section` is its heading, empty above the first one; `text` is plain, on one line."""

    name: str
    title: str
    day: date | None
    section: str
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class _Passage:
    """`said` is title, heading and text as folded words, for phrases: a bar stands where one ends."""

    name: str
    title: str
    day: date | None
    section: str
    text: str
    said: str


@dataclass(frozen=True, slots=True)
class Index:
    """Documents, read once for many searches."""

    passages: tuple[_Passage, ...]
    weighed: Weighed

    def search(self, words: str, limit: int = 5) -> tuple[Hit, ...]:
        """The best passages, at most two of a document, of equals the newest first. What is in quotes must occur."""
        typed = normalise(words)
        wanted = tuple(dict.fromkeys(folded(typed)))[:A_QUERY]
        phrases = [" ".join(found) for phrase in _PHRASE.findall(typed) if (found := list(folded(phrase)))]
        scores = self.weighed.scores(wanted)
        fitting = [n for n in scores if all(f" {phrase} " in self.passages[n].said for phrase in phrases)]
        hits: list[Hit] = []
        taken: Counter[str] = Counter()
        for number in sorted(fitting, key=lambda n: (-scores[n], -_age(self.passages[n].day), n)):
            passage = self.passages[number]
            if len(hits) < limit and taken[passage.name] < A_DOCUMENT:
                taken[passage.name] += 1
                hits.append(_hit(passage, wanted, scores[number]))
        return tuple(hits)


def search(documents: Mapping[str, str], words: str, limit: int = 5) -> tuple[Hit, ...]:
    """The best passages of Markdown documents by name. For more than one search, keep the `index`."""
    return index(documents).search(words, limit)


def index(documents: Mapping[str, str]) -> Index:
    """Every passage of the documents. Never fails: what is no Markdown is text."""
    passages = tuple(passage for name in sorted(documents) for passage in _passages(name, documents[name]))
    return Index(passages, weigh([[word for word in passage.said.split() if word != "|"] for passage in passages]))


def _passages(name: str, content: str) -> Iterator[_Passage]:
    document = text(content)
    found = blocks(document)
    title = titled(found, name)
    day = document_date(name, (document.line(n)[1] for n in range(1, min(len(document.starts), 60) + 1)))
    for section, units in _sections(found, document):
        for passage in _grouped(units):
            parts = [" ".join(folded(part)) for part in (title, section, passage)]
            said = f" {' | '.join(parts)} "
            yield _Passage(name, title, day, section, passage, said)


def _sections(found: Sequence[Block], document: Text) -> Iterator[tuple[str, list[str]]]:
    """What stands under each heading, in pieces; nothing of what waits to be written or is hidden."""
    hidden = commented(document)
    section, units, seen = "", list[str](), False
    for block in found:
        if isinstance(block, Heading):
            yield section, units
            # the first heading is the document's title
            section, units, seen = (plain(block.text) if seen or block.level > 1 else ""), [], True
        else:
            said = ((line, _seen(words)) for line, words in pieces(block) if line not in hidden)
            units += [words for _, words in said if words and not unwritten(words)]
    yield section, units


def _seen(written: str) -> str:
    return unicodedata.normalize("NFC", plain(_TAG.sub(" ", written)))


def _grouped(units: Sequence[str]) -> Iterator[str]:
    """Pieces put together to passages; what is longer than one is cut between sentences."""
    kept: list[str] = []
    count = 0
    for piece in (piece for unit in units for piece in _cut(unit)):
        more = piece.count(" ") + 1
        if kept and count + more > LENGTH:
            yield " · ".join(kept)
            kept, count = [], 0
        kept.append(piece)
        count += more
    if kept:
        yield " · ".join(kept)


def _cut(unit: str) -> Iterator[str]:
    if unit.count(" ") < LENGTH and len(unit) < LENGTH * 20:
        yield unit
        return
    kept: list[str] = []
    for _, sentence in sentences(unit):
        # a word without end is no word
        said = [word[n : n + SHOWN] for word in sentence.split() for n in range(0, len(word), SHOWN)]
        if len(kept) + len(said) > LENGTH and kept:
            yield " ".join(kept)
            kept = []
        kept += said
        while len(kept) > 2 * LENGTH:
            yield " ".join(kept[:LENGTH])
            kept = kept[LENGTH:]
    if kept:
        yield " ".join(kept)


def _hit(passage: _Passage, wanted: Sequence[str], score: float) -> Hit:
    return Hit(
        name=passage.name,
        title=passage.title,
        day=passage.day,
        section=passage.section,
        text=_around(passage.text, wanted),
        score=score,
    )


def _around(text: str, wanted: Sequence[str]) -> str:
    """As much as is shown of a text, where most of the words stand close together."""
    if len(text) <= SHOWN:
        return text
    places = [
        (found.start(), word)
        for found in WORD.finditer(text)
        if (word := next((w for w in wanted if means(w, found[0].casefold())), None))
    ]
    most, begins = 0, 0
    for number, (start, _) in enumerate(places):
        near = {word for at, word in places[number : number + SHOWN] if at < start + SHOWN * 2 // 3}
        if len(near) > most:
            most, begins = len(near), start
    # a few words before the first one, so that it can be understood
    lead = max(0, begins - SHOWN // 6)
    cut = lead and (text.find(" ", lead, begins) + 1 or begins)
    return ("…" if cut else "") + shorten(text[cut:], SHOWN - 1)


def _age(day: date | None) -> int:
    return day.toordinal() if day else 0
