"""Search over past post-mortems: the passages that say most about the words, best first (BM25)."""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.incident.model import Frozen
from bot.incident.text import normalise, shorten
from bot.postmortem.assignment import document_date
from bot.postmortem.blocks import Block, Heading, Text, blocks, commented, pieces, text
from bot.postmortem.card import titled, unwritten
from bot.postmortem.words import plain, sentences

_K1, _B = 1.2, 0.75
#: A passage is about so long. Words.
LENGTH = 100
#: As much of a passage is shown. Characters.
SHOWN = 300
#: Passages of one document among the hits, and words of a query that count.
A_DOCUMENT, A_QUERY = 2, 32
#: From so many letters on a word also finds those that begin with it, which weigh less.
_STEM, _BEGINS = 4, 0.5
_WORD = re.compile(r"[^\W_]+")
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
    length: int


@dataclass(frozen=True, slots=True)
class Index:
    """Documents, read once for many searches: where each word stands how often, and all words in order."""

    passages: tuple[_Passage, ...]
    postings: Mapping[str, Mapping[int, int]]
    vocabulary: Sequence[str]
    average: float

    def search(self, words: str, limit: int = 5) -> tuple[Hit, ...]:
        """The best passages, at most two of a document, of equals the newest first. What is in quotes must occur."""
        typed = normalise(words)
        wanted = tuple(dict.fromkeys(_words(typed)))[:A_QUERY]
        phrases = [" ".join(found) for phrase in _PHRASE.findall(typed) if (found := list(_words(phrase)))]
        scores = self._scores(wanted)
        fitting = [n for n in scores if all(f" {phrase} " in self.passages[n].said for phrase in phrases)]
        hits: list[Hit] = []
        taken: Counter[str] = Counter()
        for number in sorted(fitting, key=lambda n: (-scores[n], -_age(self.passages[n].day), n)):
            passage = self.passages[number]
            if len(hits) < limit and taken[passage.name] < A_DOCUMENT:
                taken[passage.name] += 1
                hits.append(_hit(passage, wanted, scores[number]))
        return tuple(hits)

    def _scores(self, wanted: Sequence[str]) -> dict[int, float]:
        scores: defaultdict[int, float] = defaultdict(float)
        for word in wanted:
            often: defaultdict[int, float] = defaultdict(float)
            for found in self._begun(word):
                for number, count in self.postings[found].items():
                    often[number] += count if found == word else count * _BEGINS
            rare = math.log(1 + (len(self.passages) - len(often) + 0.5) / (len(often) + 0.5))
            for number, weight in often.items():
                long = 1 - _B + _B * self.passages[number].length / self.average
                scores[number] += rare * weight * (_K1 + 1) / (weight + _K1 * long)
        return scores

    def _begun(self, word: str) -> Iterator[str]:
        """The word, and those that begin with it where it is long enough to mean them."""
        at = bisect_left(self.vocabulary, word)
        while at < len(self.vocabulary) and _means(word, self.vocabulary[at]):
            yield self.vocabulary[at]
            at += 1


def search(documents: Mapping[str, str], words: str, limit: int = 5) -> tuple[Hit, ...]:
    """The best passages of Markdown documents by name. For more than one search, keep the `index`."""
    return index(documents).search(words, limit)


def index(documents: Mapping[str, str]) -> Index:
    """Every passage of the documents. Never fails: what is no Markdown is text."""
    passages = tuple(passage for name in sorted(documents) for passage in _passages(name, documents[name]))
    postings: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, passage in enumerate(passages):
        for word, count in Counter(passage.said.split(" ")).items():
            postings[word][number] = count
    for mark in ("", "|"):
        postings.pop(mark, None)
    average = sum(passage.length for passage in passages) / len(passages) if passages else 1.0
    return Index(passages, postings, sorted(postings), average)


def _passages(name: str, content: str) -> Iterator[_Passage]:
    document = text(content)
    found = blocks(document)
    title = titled(found, name)
    day = document_date(name, (document.line(n)[1] for n in range(1, min(len(document.starts), 60) + 1)))
    for section, units in _sections(found, document):
        for passage in _grouped(units):
            parts = [" ".join(_words(part)) for part in (title, section, passage)]
            said = f" {' | '.join(parts)} "
            yield _Passage(name, title, day, section, passage, said, sum(part.count(" ") + 1 for part in parts))


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
        for found in _WORD.finditer(text)
        if (word := next((w for w in wanted if _means(w, found[0].casefold())), None))
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


def _means(wanted: str, word: str) -> bool:
    return word == wanted or (len(wanted) >= _STEM and word.startswith(wanted))


def _words(said: str) -> Iterator[str]:
    return (word.casefold() for word in _WORD.findall(unicodedata.normalize("NFC", said)))


def _age(day: date | None) -> int:
    return day.toordinal() if day else 0
