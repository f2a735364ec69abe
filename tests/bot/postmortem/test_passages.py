"""Search over past documents: the best passages, in a time that nobody notices."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.todos import document
from bot.postmortem.document.model import Document, Part
from bot.postmortem.document.render import render
from bot.postmortem.passages import SHOWN, index, search
from tests.bot.postmortem.test_properties import MESS

MAIL = """# Post-mortem: Mail is down

**Date:** 2026-03-02

## Summary

The **queue** was [full](https://example.com/q), since the disk of `node-3` was full.

## Timeline (UTC)

| Time | Event |
|---|---|
| 14:00 | The certificate expired |
| 15:00 | It was renewed by hand |

## Lessons

- Certificates need an alert
- Disks do too

```
secretword in code
```

<!-- hiddenword -->

<!--

hiddentoo

-->
"""
VPN = "# 2026-01-01 — VPN is slow\n\nAbove any section: wireguard.\n\n## Root cause\n\nThe certificate of the disk.\n"
BOTH = {"2026-03-02-mail.md": MAIL, "2026-01-01-vpn.md": VPN}


def test_a_hit_says_where_it_stands() -> None:
    """Its document, its day, its heading, and its words without Markdown."""
    (hit,) = search(BOTH, "queue")
    assert (hit.name, hit.title, hit.day, hit.section) == (
        "2026-03-02-mail.md",
        "Mail is down",
        date(2026, 3, 2),
        "Summary",
    )
    assert hit.text == "The queue was full, since the disk of node-3 was full."
    (above,) = search(BOTH, "WireGuard")
    assert (above.section, above.day, above.text) == ("", date(2026, 1, 1), "Above any section: wireguard.")


def test_what_fits_better_comes_first() -> None:
    """A rare word says more than a common one, a whole word more than one that only begins so."""
    assert [hit.section for hit in search(BOTH, "certificates")] == ["Lessons"]
    assert [hit.section for hit in search(BOTH, "certificate")][:2] == ["Root cause", "Timeline (UTC)"]
    assert "Lessons" in [hit.section for hit in search(BOTH, "certificate")]
    assert search(BOTH, "dis") == ()
    assert {hit.name for hit in search(BOTH, "disk")} == set(BOTH)


def test_quoted_words_must_occur_together() -> None:
    """Quoted in whatever way; the title's and the heading's words count for the passages below them."""
    assert [hit.section for hit in search(BOTH, '"disk of node" vpn')] == ["Summary"]
    assert [hit.section for hit in search(BOTH, "“DISK of Node”")] == ["Summary"]
    assert search(BOTH, '"of disk"') == ()
    assert {hit.name for hit in search(BOTH, '"mail is down"')} == {"2026-03-02-mail.md"}
    assert [hit.text for hit in search(BOTH, "root cause")] == ["The certificate of the disk."]


def test_two_passages_of_a_document_at_most_and_the_newest_of_equals_first() -> None:
    """Whatever the order in which they are given."""
    body = "# T\n\n" + "".join(f"## S{n}\n\nThe same words about failover.\n\n" for n in range(5))
    documents = {f"2026-0{n}-01-x.md": body for n in (1, 3, 2)}
    found = search(documents, "failover", 5)
    assert [hit.day.month for hit in found if hit.day] == [3, 3, 2, 2, 1]
    assert found == search(dict(reversed(documents.items())), "failover", 5)
    assert len(search(documents, "failover", 1)) == 1


@pytest.mark.parametrize("word", ["secretword", "hiddenword", "hiddentoo", "", '""', '"', "🙂", "nobody"])
def test_what_is_not_to_be_found(word: str) -> None:
    """Code, comments, and no word at all."""
    assert search(BOTH, word) == ()


def test_what_waits_to_be_written_is_no_passage() -> None:
    """A placeholder says nothing about what happened."""
    draft = Document(title="Photos", date=date(2026, 3, 2), parts={Part.IMPACT: "Nobody could look at pictures."})
    assert search({"x.md": render(draft)}, "whom it hurt and how it ended") == ()
    assert [hit.section for hit in search({"x.md": render(draft)}, "pictures")] == ["Impact"]


def test_a_long_passage_is_shown_around_its_best_place() -> None:
    """Where most of the words stand together, cut between words."""
    story = "Nothing of note was seen here. " * 12
    body = f"# T\n\n## S\n\n{story}The lease of the worker ran out. {story}\n"
    (hit,) = search({"x.md": body}, "lease worker", 1)
    assert "The lease of the worker ran out." in hit.text
    assert len(hit.text) <= SHOWN
    assert hit.text.startswith("…")


def test_three_hundred_documents_take_no_time() -> None:
    """Read once; each search after that is well under a tenth of a second."""
    ready = index({f"2026-01-{number % 28 + 1:02}-{number}.md": document(number) for number in range(300)})
    began = time.process_time()
    for _ in range(5):
        assert len(ready.search('queue "stalled since" lease worker alert depth runbook', 5)) == 5
    assert time.process_time() - began < 0.5


def test_a_text_without_end_takes_no_time() -> None:
    """Neither a word nor a line nor a query."""
    hostile = {"a.md": "a-" * 200_000, "b.md": "word " * 100_000, "c.md": "# " + "x" * 300_000}
    began = time.process_time()
    ready = index(hostile)
    assert ready.search("a word " * 10_000 + '"' * 10_000)
    assert time.process_time() - began < 5


@given(st.dictionaries(st.sampled_from(["2026-01-01-a.md", "b.md", "c.md"]), MESS | st.text()), MESS | st.text())
def test_no_text_breaks_it_and_every_hit_has_a_word(documents: dict[str, str], words: str) -> None:
    """In its title, its heading or its passage; each score is one, best first."""
    found = search(documents, words)
    assert found == search(documents, words)
    assert [hit.score for hit in found] == sorted((hit.score for hit in found), reverse=True)
    for hit in found:
        assert hit.score > 0
        assert 0 < len(hit.text) <= SHOWN
        said = f"{hit.title} {hit.section} {hit.text}".casefold()
        assert any(word.casefold() in said for word in _split(words)), (hit, words)


def _split(words: str) -> list[str]:
    return ["".join(c for c in part if c.isalnum()) for part in _spaced(words).split()]


def _spaced(words: str) -> str:
    return "".join(c if c.isalnum() else " " for c in words)


@given(st.sampled_from(["Queue", "certifi", "ÜBERLAST", "straße", "14:00"]), st.integers(0, 3))
def test_what_is_there_is_found(word: str, number: int) -> None:
    """In a paragraph, an entry, a row or below a heading."""
    shapes = (f"about {word}s and", f"- one\n  - {word}", f"| a | b |\n|---|---|\n| x | {word} |", f"## {word}\n\ntext")
    assert search({"x.md": f"# T\n\n{shapes[number]}\n"}, word.upper() if number else word)
