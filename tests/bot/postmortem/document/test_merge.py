"""Two edits of one text: both are kept, or somebody is asked, and no person's word is lost."""

from hypothesis import given
from hypothesis import strategies as st

from bot.postmortem.document.merge import merge

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d", "\r\n", "| x |\n", "🙂\n"]), max_size=8).map("".join)
BASE = "one\ntwo\nthree\nfour\nfive\n"


def test_edits_of_different_lines_are_both_kept() -> None:
    """A status that the bot sets, a line that a person adds."""
    ours = BASE.replace("two", "TWO")
    theirs = BASE.replace("four\n", "four\nfour and a half\n")
    assert merge(BASE, ours, theirs).text == "one\nTWO\nthree\nfour\nfour and a half\nfive\n"
    assert merge(BASE, ours, theirs).conflicts == ()


def test_the_same_line_in_two_ways_is_a_question() -> None:
    """The person's words stand until it is answered."""
    merged = merge(BASE, BASE.replace("two", "ours"), BASE.replace("two", "theirs"))
    assert merged.text == BASE.replace("two", "theirs")
    (conflict,) = merged.conflicts
    assert (conflict.base, conflict.ours, conflict.theirs) == ("two\n", "ours\n", "theirs\n")


def test_a_line_that_one_takes_out_and_the_other_changes_is_a_question() -> None:
    """Neither is done in silence."""
    merged = merge(BASE, BASE.replace("two\n", ""), BASE.replace("two", "theirs"))
    assert merged.text == BASE.replace("two", "theirs")
    assert [conflict.ours for conflict in merged.conflicts] == [""]


def test_thousands_of_equal_lines_take_no_time() -> None:
    """Nor do they hide an edit at the end."""
    base = "| a |\n\n" * 4000 + "end\n"
    grouped = "| a |\n" * 4000 + "\n" * 4000 + "end\n"
    assert merge(base, base.replace("end", "ours"), grouped).text.startswith("| a |\n| a |")
    merged = merge(base, base.replace("end", "ours"), "top\n" + base)
    assert (merged.text, merged.conflicts) == ("top\n" + base.replace("end", "ours"), ())


@given(LINES, LINES)
def test_whoever_changed_nothing_loses_nothing(base: str, edited: str) -> None:
    """One edit against none is that edit; the same edit twice is that edit."""
    assert merge(base, edited, base).text == edited
    assert merge(base, base, edited).text == edited
    assert merge(base, edited, edited).text == edited
    assert merge(base, edited, base).conflicts == ()


@given(LINES, LINES, LINES)
def test_a_person_loses_no_line(base: str, ours: str, theirs: str) -> None:
    """Every line that they put in is there afterwards, and a conflict names what stood there."""
    merged = merge(base, ours, theirs)
    for line in set(theirs.splitlines(keepends=True)) - set(base.splitlines(keepends=True)):
        assert line in merged.text
    for conflict in merged.conflicts:
        assert conflict.base in base
        assert conflict.ours in ours
        assert conflict.theirs in theirs


@given(LINES, LINES, LINES)
def test_without_a_conflict_it_does_not_matter_who_is_who(base: str, ours: str, theirs: str) -> None:
    """Both orders come to the same text."""
    merged = merge(base, ours, theirs)
    if not merged.conflicts:
        assert merge(base, theirs, ours).text == merged.text
