"""Which texts say most about some words: BM25, where a word also finds those that begin with it."""

import math
import re
import unicodedata
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

_K1, _B = 1.2, 0.75
#: From so many letters on a word also finds those that begin with it, which weigh less.
_STEM, _BEGINS = 4, 0.5
#: What counts as a word.
WORD = re.compile(r"[^\W_]+")


def folded(said: str) -> Iterator[str]:
    """The words of a text, folded, in order."""
    return (word.casefold() for word in WORD.findall(unicodedata.normalize("NFC", said)))


def means(wanted: str, word: str) -> bool:
    """Whether who looks for `wanted` is content with `word`; both folded."""
    return word == wanted or (len(wanted) >= _STEM and word.startswith(wanted))


@dataclass(frozen=True, slots=True)
class Weighed:
    """Texts, read once for many questions: where each word stands how often, all words in order, and lengths."""

    postings: Mapping[str, Mapping[int, int]]
    vocabulary: Sequence[str]
    lengths: Sequence[int]
    average: float

    def scores(self, wanted: Sequence[str]) -> dict[int, float]:
        """By the text's place, for the texts in which any of the folded words occurs; above 0."""
        scores: defaultdict[int, float] = defaultdict(float)
        for word in wanted:
            often = self._often(word)
            rare = self._rare(len(often))
            for number, weight in often.items():
                long = 1 - _B + _B * self.lengths[number] / self.average
                scores[number] += rare * weight * (_K1 + 1) / (weight + _K1 * long)
        return scores

    def having(self, word: str) -> Collection[int]:
        """The texts in which the folded word occurs, by their places."""
        return self._often(word).keys()

    def most(self, wanted: Sequence[str]) -> float:
        """What no text can reach with those of the words that occur anywhere; 0 where none does."""
        found = (len(self._often(word)) for word in wanted)
        return sum(self._rare(count) * (_K1 + 1) for count in found if count)

    def _rare(self, found: int) -> float:
        return math.log(1 + (len(self.lengths) - found + 0.5) / (found + 0.5))

    def _often(self, word: str) -> Mapping[int, float]:
        often: defaultdict[int, float] = defaultdict(float)
        for found in self._begun(word):
            for number, count in self.postings[found].items():
                often[number] += count if found == word else count * _BEGINS
        return often

    def _begun(self, word: str) -> Iterator[str]:
        """The word, and those that begin with it where it is long enough to mean them."""
        at = bisect_left(self.vocabulary, word)
        while at < len(self.vocabulary) and means(word, self.vocabulary[at]):
            yield self.vocabulary[at]
            at += 1


def weigh(texts: Sequence[Sequence[str]]) -> Weighed:
    """Texts as lists of folded words."""
    postings: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, text in enumerate(texts):
        for word, count in Counter(text).items():
            postings[word][number] = count
    lengths = [len(text) for text in texts]
    return Weighed(postings, sorted(postings), lengths, max(1.0, sum(lengths) / max(1, len(lengths))))
